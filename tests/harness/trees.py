"""Trees of files: a record of everything that must survive a round trip, and what differs between two records."""

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path

CHUNK = 1 << 20
ZEROS = bytes(CHUNK)


@dataclass(frozen=True)
class Entry:
    kind: str  # file folder symlink fifo socket
    mode: int = 0
    mtime_ns: int = 0
    size: int = 0
    content: str = ""  # digest of a file; target of a symlink


Record = dict[bytes, Entry]


def record(root: Path | str | bytes) -> Record:
    """Path (bytes, "." is the root itself) -> entry, for everything beneath."""
    top = os.fsencode(root)
    entries = {b".": entry_of(top)}
    pending = [b""]
    while pending:
        folder = pending.pop()
        with os.scandir(os.path.join(top, folder)) as found:
            for item in found:
                path = os.path.join(folder, item.name)
                entries[path] = entry_of(os.path.join(top, path))
                if entries[path].kind == "folder":
                    pending.append(path)
    return entries


def entry_of(path: bytes) -> Entry:
    about = os.lstat(path)
    mode = stat.S_IMODE(about.st_mode)
    if stat.S_ISDIR(about.st_mode):
        return Entry("folder", mode, about.st_mtime_ns)
    if stat.S_ISLNK(about.st_mode):
        return Entry("symlink", 0, about.st_mtime_ns, about.st_size, os.readlink(path).hex())
    if stat.S_ISREG(about.st_mode):
        return Entry("file", mode, about.st_mtime_ns, about.st_size, digest(path, about.st_size))
    return Entry("fifo" if stat.S_ISFIFO(about.st_mode) else "socket", mode, about.st_mtime_ns)


def digest(path: bytes, size: int) -> str:
    """Of the bytes alone: chunks of zeros are left out, whether they are holes or written, so that huge sparse files are cheap."""
    sum_of = hashlib.blake2b(digest_size=16)
    fd = os.open(path, os.O_RDONLY)
    try:
        offset = 0
        while offset < size:
            try:
                offset = os.lseek(fd, offset, os.SEEK_DATA) // CHUNK * CHUNK
            except OSError:
                break  # a hole up to the end
            data = os.pread(fd, CHUNK, offset)
            if data != ZEROS[:len(data)]:
                sum_of.update(offset.to_bytes(8, "little"))
                sum_of.update(data)
            offset += CHUNK
    finally:
        os.close(fd)
    return sum_of.hexdigest()


def packed(entries: Record) -> Record:
    """What comes back of a tree: no FIFOs and sockets, no setuid and setgid bits."""
    return {path: replace(entry, mode=entry.mode & 0o1777) for path, entry in entries.items()
            if entry.kind in ("file", "folder", "symlink")}


def without_times(entries: Record) -> Record:
    return {path: replace(entry, mtime_ns=0) for path, entry in entries.items()}


def differences(one: Record, other: Record, limit: int = 20) -> list[str]:
    found = []
    for path in sorted(set(one) | set(other)):
        if one.get(path) != other.get(path):
            found.append(f"{path!r}: {one.get(path)} / {other.get(path)}")
    return found[:limit]


def assert_same(one: Record, other: Record) -> None:
    found = differences(one, other)
    assert not found, "\n".join(["trees differ (first / second):", *found])
