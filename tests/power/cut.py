"""What a power cut leaves: puts a disk together from what was synced (lose_unsynced.cc) and, by chance, some of what was not."""

import ctypes
import os
import random
import shutil
import stat
import struct
import subprocess
from pathlib import Path

PAGE = 4096
LIBC = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_INO, STATX_BTIME = -100, 0x100, 0x100, 0x800


class Disk:
    """A folder whose unsynced changes can be lost. Programs that write to it must run with `environment`."""

    def __init__(self, root: Path, shadow: Path, layer: Path):
        self.root, self.shadow = root, shadow
        self.environment = {"LD_PRELOAD": str(layer), "POWER_DISK": str(root), "POWER_SHADOW": str(shadow)}
        for kind in ("files", "folders", "unfinished"):
            (shadow / kind).mkdir(parents=True)
        root.mkdir()
        self.sync()

    def sync(self) -> None:
        subprocess.run(["sync", "-f", self.root], env={**os.environ, **self.environment}, check=True)

    def cut(self, seed: int | None) -> None:
        """None: nothing survives that was not synced. A seed: some of it does, in folders, files and single pages."""
        chance = random.Random(seed) if seed is not None else None
        made = self.root.with_name(self.root.name + ".after")
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        Cut(self.shadow, self.root, chance).folder(key_of(self.root), made)
        shutil.rmtree(self.root)
        made.rename(self.root)
        shutil.rmtree(self.shadow)
        for kind in ("files", "folders", "unfinished"):
            (self.shadow / kind).mkdir(parents=True)
        self.sync()


class Cut:
    def __init__(self, shadow: Path, root: Path, chance: random.Random | None):
        self.shadow, self.chance = shadow, chance
        self.live = {key_of(root): root}
        for path in root.rglob("*"):
            if not path.is_symlink():
                self.live[key_of(path)] = path

    def survives(self) -> bool:
        return self.chance is not None and self.chance.random() < 0.5

    def folder(self, key: str, made: Path) -> None:
        mode, mtime, lines = self.listing(key)
        for kind, what, name in lines:
            path = os.path.join(os.fsencode(made), bytes.fromhex(name))
            if kind == "l":
                target, when = what.split(".")
                os.symlink(bytes.fromhex(target), path)
                os.utime(path, ns=(int(when), int(when)), follow_symlinks=False)
            elif kind == "s":
                os.mknod(path, stat.S_IFSOCK | 0o600)
            elif kind == "d":
                os.mkdir(path)
                self.folder(what, Path(os.fsdecode(path)))
            else:
                self.file(what, path)
        os.chmod(made, mode)
        os.utime(made, ns=(mtime, mtime))

    def listing(self, key: str) -> tuple[int, int, list]:
        """A folder's entries change in one step here: a journal keeps their order."""
        noted = self.shadow / "folders" / key
        if key in self.live and (not noted.exists() or self.survives()):
            about = os.stat(self.live[key])
            entries = live_entries(self.live[key]) if noted.exists() or self.survives() else []
            return about.st_mode & 0o7777, about.st_mtime_ns, entries
        if not noted.exists():
            return 0o755, 0, []
        head, *lines = noted.read_text().splitlines()
        mode, mtime = map(int, head.split())
        return mode, mtime, [line.split(" ") for line in lines]

    def file(self, key: str, path: bytes) -> None:
        noted = self.shadow / "files" / key
        synced = noted.read_bytes() if noted.exists() else b""
        live = self.live.get(key)
        data = self.torn(synced, live.read_bytes()) if live and self.survives() else synced
        with open(path, "wb") as out:
            out.write(data)
        about = os.stat(noted) if noted.exists() else os.stat(path)
        os.chmod(path, about.st_mode & 0o7777)
        os.utime(path, ns=(about.st_mtime_ns, about.st_mtime_ns))

    def torn(self, synced: bytes, live: bytes) -> bytes:
        """Pages reach the disk in any order; the length is that of one of the two."""
        size = len(live) if self.survives() else len(synced)
        pages = []
        for at in range(0, size, PAGE):
            page = (live if self.survives() else synced)[at:min(at + PAGE, size)]
            pages.append(page.ljust(min(PAGE, size - at), b"\0"))
        return b"".join(pages)


def key_of(path: Path) -> str:
    """As lose_unsynced.cc names inodes: Python's stat does not tell the birth time."""
    about = ctypes.create_string_buffer(256)
    if LIBC.statx(AT_FDCWD, os.fsencode(path), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, about) != 0:
        raise OSError(ctypes.get_errno(), "statx", path)
    inode, = struct.unpack_from("=Q", about, 32)
    seconds, nanoseconds = struct.unpack_from("=qI", about, 80)
    return f"{inode}-{seconds}.{nanoseconds}"


def live_entries(folder: Path) -> list:
    found = []
    for name in os.listdir(os.fsencode(folder)):
        path = os.path.join(os.fsencode(folder), name)
        if os.path.islink(path):
            found.append(["l", f"{os.readlink(path).hex()}.{os.lstat(path).st_mtime_ns}", name.hex()])
        else:
            kind = "d" if os.path.isdir(path) else "f" if os.path.isfile(path) else "s"
            found.append([kind, key_of(Path(os.fsdecode(path))), name.hex()])
    return found
