"""Fixtures of suite collect: the program with haul-speech beside it, and channels of real speakers."""

import shutil
import tempfile
from pathlib import Path

import pytest
from collecting import Collector
from harness import channels, listener
from harness.s3 import exact, exact_client  # noqa: F401  pylint: disable=unused-import


@pytest.fixture(scope="session")
def models() -> Path:
    return listener.models()


@pytest.fixture(scope="session")
def speakers():
    """A folder a channel: three recordings each; not to be changed."""
    folder = Path(tempfile.mkdtemp(prefix="haul-channels-"))
    channels.make(folder, channels.CHILDREN | channels.ADULTS, 3)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def collector(space, models):
    program = Collector(space, models)
    yield program
    program.end()
