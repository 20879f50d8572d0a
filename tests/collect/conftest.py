"""Fixtures of suite collect: the program with haul-speech beside it, and channels of real speakers."""

import shutil
import tempfile
from pathlib import Path

import pytest
from batch import ITEMS, MANY, names_of, serving, source
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


@pytest.fixture(scope="session")
def voices(tmp_path_factory) -> list[Path]:
    """A batch of short recordings of one child."""
    return channels.many(tmp_path_factory.mktemp("voices"), {"ada": channels.CHILDREN["sanne"]}, ITEMS)


@pytest.fixture(scope="session")
def accepted(voices, models, tmp_path_factory) -> set[str]:
    """What is accepted of them where nothing fails."""
    program = Collector(tmp_path_factory.mktemp("calm"), models)
    with serving(voices) as server:
        program.write_plan(source(server, voices), **MANY)
        program.collect()
        return names_of(program.assert_sound())


@pytest.fixture
def site(voices):
    with serving(voices) as server:
        yield server


@pytest.fixture
def collector(space, models):
    program = Collector(space, models)
    yield program
    program.end()
