"""One collection a worker: packing it anew for each of some hundred kills would be most of the time."""

import shutil
import tempfile
from pathlib import Path

import pytest
from harness import collection, points
from harness.fixtures import remove
from harness.program import Haul


@pytest.fixture(scope="session")
def place():
    folder = Path(tempfile.mkdtemp(prefix="haul-crash-"))
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


@pytest.fixture(scope="session")
def reached(runner, flows):
    """Flow -> the points that an uninterrupted run passes."""
    found = {}
    for name, flow in flows.items():
        flow.start_over()
        shutil.rmtree(runner.state_home, ignore_errors=True)
        found[name] = points.reached(runner, *flow.arguments)
        flow.start_over()
        shutil.rmtree(runner.state_home)
    return found
