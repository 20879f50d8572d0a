"""The programs of others: compiled once a run, then run over archives; each must end with 0 and say nothing of errors."""

import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parents[1] / "build" / "interop"
LIMIT = 600


def run(*command, cwd: Path | None = None, keep_output: bool = True) -> str:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE if keep_output else subprocess.DEVNULL,
                          stderr=subprocess.PIPE, cwd=cwd, check=False, timeout=LIMIT, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stderr[-1500:]!r}"
    # 7z and bsdtar warn on standard error and still end with 0.
    assert not done.stderr.strip(), f"{command} complains: {done.stderr[-1500:]!r}"
    return (done.stdout or b"").decode(errors="surrogateescape")


def java(name: str, folder: str) -> list:
    """The command that runs a Java program of ours, compiled when its source is newer."""
    source, classes = HERE / folder / f"{name}.java", BUILT / "java"
    with building():
        if older(classes / f"{name}.class", source):
            classes.mkdir(parents=True, exist_ok=True)
            run("javac", "-d", classes, source)
    return ["java", "-XX:+UseSerialGC", "-cp", classes, name]


def go() -> Path:
    program = BUILT / "zips"
    with building():
        if older(program, HERE / "readers" / "go" / "main.go"):
            run("env", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", "GOPROXY=off", "go", "build", "-o", f"{program}.new", ".",
                cwd=HERE / "readers" / "go")
            Path(f"{program}.new").replace(program)
    return program


@contextmanager
def building():
    """One of the processes that run tests side by side builds; the others wait and find it built."""
    BUILT.mkdir(parents=True, exist_ok=True)
    with open(BUILT / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def python(name: str) -> list:
    return [sys.executable, "-B", HERE / "readers" / f"{name}.py"]


# Readers that print what they read: `crc size name-in-hex`.
LISTING_READERS = {
    "python": lambda part: run(*python("read_zip"), part),
    "python-stream": lambda part: run(*python("read_stream"), part),
    "java-stream": lambda part: run(*java("ReadZip", "readers"), "stream", part),
    "java-file": lambda part: run(*java("ReadZip", "readers"), "file", part),
    "go": lambda part: run(go(), "read", part),
}
# Readers that only test.
TESTING_READERS = {
    "unzip": lambda part: run("unzip", "-tqq", part),
    "7z": lambda part: run("7z", "t", "-bso0", "-bsp0", part),
    "bsdtar": lambda part: run("bsdtar", "-tf", part, keep_output=False),
    "bsdtar-contents": lambda part: run("bsdtar", "-xOf", part, keep_output=False),
}


def listed(text: str) -> dict[str, tuple[int, int]]:
    """Name -> (size, CRC-32) of what a listing reader printed."""
    found = {}
    for line in text.splitlines():
        crc, size, name = line.split(" ")
        found[bytes.fromhex(name).decode()] = (int(size), int(crc, 16))
    return found
