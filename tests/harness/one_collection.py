"""Fixtures of suites that kill and disturb: one collection a worker, since packing it anew for each test would be most of the time.

A suite's conftest.py imports what it needs of them.
"""

import tempfile
from pathlib import Path

import pytest

from harness import collection
from harness.fixtures import remove
from harness.program import Haul


@pytest.fixture(scope="session")
def place():
    folder = Path(tempfile.mkdtemp(prefix="haul-disturbed-"))
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
