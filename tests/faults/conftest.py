"""One collection a worker, packed once; each test packs or unpacks it under faults."""

import tempfile
from pathlib import Path

import pytest
from harness import collection
from harness.fixtures import remove
from harness.program import Haul


@pytest.fixture(scope="session")
def place():
    folder = Path(tempfile.mkdtemp(prefix="haul-faults-"))
    yield folder
    remove(folder)


@pytest.fixture(scope="session")
def runner(binary, place):
    # A checkpoint at every tile and batch: there is no waiting two seconds for one.
    program = Haul(binary, place, {"HAUL_CHECKPOINT_MS": 0})
    yield program
    program.end()


@pytest.fixture(scope="session")
def flows(runner, place):
    return collection.flows(runner, place)
