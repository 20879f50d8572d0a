"""Fixtures of suite speech: the tool that decodes as haul-speech does, and a recording of each kind."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from decoding import Tool

from harness import recordings

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
