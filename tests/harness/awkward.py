"""A tree of everything that file systems allow and archives dislike."""

import os
import socket
from pathlib import Path

from harness.make import OLD, file

NAMES = [
    b"with space", b" leading and trailing ", b"new\nline", b"tab\tand\rreturn", b"quo'te", b'double"quote', b"back`tick",
    b"-rf", b"--help", b"$(echo x)", b"a;b|c&d", b"star*?[x]", b"percent%41%", b"hash#tilde~", b"colon:semicolon;",
    "emoji \U0001f600\U0001f468\u200d\U0001f469".encode(), "umlaut äöü €".encode(), "combining e\u0301".encode(),
    "日本語".encode(), "عربى".encode(), b"back\\slash", b"not utf-8 \xff\xfe\x80", b"half \xc3", b"overlong \xc0\xaf",
    b"\x01\x02\x7f control", b"n" * 255, "é".encode() * 127, b"CON", b"nul.txt", b"trailing dot.", b"...", b"..a",
    b"a", b"a.txt", b"a-b", b"A", b"%2e%2e", b"haul-00001.json",
]
# Seconds; the last digits are nanoseconds. Before 1970, before 1980, the edges of DOS and 32-bit times, after 2107.
TIMES = [-1_000_000_000_999_999_999, -1, 0, 1, 100_000_000_000_000_001, 315_532_799_999_999_999, 315_532_800_000_000_000,
         2_147_483_647_999_999_999, 2_147_483_648_000_000_000, 4_294_967_295_000_000_001, 4_354_819_199_123_456_789,
         5_000_000_000_111_222_333]
MODES = [0o000, 0o400, 0o444, 0o600, 0o640, 0o755, 0o777, 0o4755, 0o2755, 0o1644, 0o6711]


def make(root: Path, sparse_bytes: int, empty_files: int) -> Path:
    root.mkdir()
    for make_one in (names, times, modes, folders, symlinks, special):
        make_one(root)
    sparse(root / "sparse.bin", sparse_bytes)
    many = root / "many"
    many.mkdir()
    for number in range(empty_files):
        os.close(os.open(f"{many}/{number:05}", os.O_CREAT | os.O_WRONLY, 0o644))
    os.utime(many, ns=(OLD, OLD + 7))
    shut = root / "shut"
    file(shut / "inside", b"in a folder that nobody may write to")
    shut.chmod(0o555)
    os.utime(root, ns=(OLD, OLD + 1))
    return root


def names(root: Path) -> None:
    top = os.fsencode(root / "names")
    for place in (top, os.path.join(top, "ordner ä".encode()), os.path.join(top, b"not utf-8 folder \xfe")):
        os.makedirs(place)
        for number, name in enumerate(NAMES):
            path = os.path.join(place, name)
            with open(path, "wb") as out:
                out.write(name * number)
            os.utime(path, ns=(OLD, OLD + number))
    # "a" is a file beside the folder "a.d" and the file "a.txt": byte order of whole paths puts them in a trap.
    file(root / "names" / "a.d" / "x", b"x")
    file(root / "names" / "a0" / "y", b"y")


def times(root: Path) -> None:
    for number, when in enumerate(TIMES):
        file(root / "times" / f"{number:02}", b"t", when)
        folder = root / "times" / f"folder {number:02}"
        folder.mkdir()
        os.utime(folder, ns=(when, when))


def modes(root: Path) -> None:
    for mode in MODES:
        file(root / "modes" / f"{mode:04o}", b"m", mode=mode)
        folder = root / "modes" / f"folder {mode:04o}"
        folder.mkdir()
        file(folder / "f", b"f")
        folder.chmod(mode)


def folders(root: Path) -> None:
    deep = root / "deep"
    for level in range(60):
        deep = deep / f"level {level}"
    deep.mkdir(parents=True)
    file(deep / "bottom", b"down here")
    (root / "empty").mkdir()
    (root / "nested" / "empty" / "folders").mkdir(parents=True)


def symlinks(root: Path) -> None:
    place = root / "symlinks"
    place.mkdir()
    targets = {"dangling": "nowhere", "absolute": "/etc/passwd", "to a folder": "../deep", "up and out": "../../../..",
               "to itself": "to itself", "long": "x" * 1000, "to the tree": ".", "ümlaut": "../names/ümlaut"}
    for name, target in targets.items():
        link = place / name
        link.symlink_to(target)
        os.utime(link, ns=(OLD, OLD + len(name)), follow_symlinks=False)
    os.symlink(b"not utf-8 \xff", os.fsencode(place / "to bytes"))


def special(root: Path) -> None:
    os.mkfifo(root / "fifo")
    listener = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(root)  # the path of a socket must be short
    try:
        listener.bind("socket")
    finally:
        os.chdir(here)
        listener.close()


def sparse(path: Path, size: int) -> None:
    with open(path, "wb") as out:
        out.truncate(size)
        for offset in (0, size // 3, size - 4097):
            out.seek(max(0, offset))
            out.write(b"data amid holes")
    os.utime(path, ns=(OLD, OLD + 5))
