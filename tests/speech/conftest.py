"""Fixtures of suite speech: the program, the tool that decodes as it does, and a recording of each kind."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from decoding import Tool

from harness import listener, recordings
from harness.listener import Listener

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def decode_tool() -> Tool:
    return Tool(Path(os.environ.get("HAUL_BINARY", ROOT / "build" / "check" / "bin" / "haul")).parent / "speech_decode_tool")


@pytest.fixture(scope="session")
def kinds():
    """Name -> path; not to be changed."""
    folder = Path(tempfile.mkdtemp(prefix="haul-recordings-"))
    yield recordings.make(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def models() -> Path:
    return listener.models()


@pytest.fixture
def listens(space, models):
    program = Listener(space, models)
    yield program
    program.end()
