"""Where suites write. In memory they do not wait for a disk to sync, which was most of their time."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED = 3 << 30  # several times what two tests at once and their servers hold


@contextmanager
def scratch(wanted: bool):
    """A folder that every user may enter, as TMPDIR of a suite's programs; gone afterwards. On the disk where memory is not wanted or short."""
    where = MEMORY if wanted and has_room() else None
    with tempfile.TemporaryDirectory(prefix="haul-check-", dir=where, ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o755)
        yield {"TMPDIR": name}


def has_room() -> bool:
    try:
        there = os.statvfs(MEMORY)
    except OSError:
        return False
    free = min(there.f_bavail * there.f_frsize, available())
    return free >= NEEDED and not there.f_flag & os.ST_NOEXEC  # tests put programs there


def available() -> int:
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) * 1024
