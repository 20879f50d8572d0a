"""Fixtures of every suite: `space`, a folder that is gone after the test, and `haul`, the program."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from harness.program import Haul

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def space():
    """Everyone may enter it: some tests run the program as an unprivileged user."""
    folder = Path(tempfile.mkdtemp(prefix="haul-test-"))
    folder.chmod(0o755)
    yield folder
    remove(folder)


@pytest.fixture(scope="session")
def binary():
    """A copy of the program at a place that every user may enter."""
    built = Path(os.environ.get("HAUL_BINARY", ROOT / "build" / "check" / "bin" / "haul"))
    folder = Path(tempfile.mkdtemp(prefix="haul-bin-"))
    folder.chmod(0o755)
    copy = folder / "haul"
    shutil.copy2(built, copy)
    yield copy
    shutil.rmtree(folder)


@pytest.fixture
def haul(binary, space):
    program = Haul(binary, space)
    yield program
    program.end()


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether the long forms are asked for: ./check full."""
    return bool(os.environ.get("HAUL_TEST_FULL"))


def remove(folder: Path) -> None:
    def open_up(function, path, _):
        os.chmod(os.path.dirname(path), stat.S_IRWXU)
        function(path)
    shutil.rmtree(os.fsencode(folder), onerror=open_up)
