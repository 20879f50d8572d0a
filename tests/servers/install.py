"""Programs that Debian does not have: installed once a machine, at a pinned version, beneath ~/.cache/haul-tests/."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Callable

CACHE = Path(os.environ.get("HAUL_TEST_CACHE") or Path.home() / ".cache" / "haul-tests")


class InstallError(Exception):
    pass


def once(name: str, version: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled. It is built aside and renamed: what is there is whole, however many ask at a time."""
    folder = CACHE / f"{name}-{version}"
    if folder.is_dir():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f".{name}-{version}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder
        # Nobody else builds while the lock is ours: what lies there is of an install that was killed.
        for left in CACHE.glob(f".{name}-{version}.new-*"):
            shutil.rmtree(left)
        new = Path(tempfile.mkdtemp(prefix=f".{name}-{version}.new-", dir=CACHE))
        try:
            make(new)
            new.chmod(0o755)
            new.rename(folder)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
    return folder


def wheel(target: Path, requirement: str, sha256: list[str]) -> None:
    """One package into `target`. pip refuses every file whose hash is none of `sha256` (one a processor)."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        pinned.write(requirement + "".join(f" --hash=sha256:{one}" for one in sha256) + "\n")
        pinned.flush()
        run(["/usr/bin/python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary", ":all:", "--require-hashes", "--no-compile", "--target", target, "-r", pinned.name],
            {"PIP_ROOT_USER_ACTION": "ignore"})


def run(command: list, environment: dict | None = None, limit: float = 900) -> None:
    done = subprocess.run([str(word) for word in command], env={**os.environ, **(environment or {})},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", timeout=limit, check=False)
    if done.returncode != 0:
        raise InstallError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-3000:]}")
