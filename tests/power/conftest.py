"""Builds the forgetful disk, and makes one a test."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from cut import Disk
from harness import collection
from harness.fixtures import remove
from harness.program import Haul

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def place():
    folder = Path(tempfile.mkdtemp(prefix="haul-power-"))
    yield folder
    remove(folder)


@pytest.fixture(scope="session")
def layer(place):
    made = place / "lose_unsynced.so"
    subprocess.run(["g++", "-std=gnu++20", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", made,
                    HERE / "lose_unsynced.cc"], check=True)
    return made


@pytest.fixture
def disk(place, layer):
    made = Disk(place / "disk", place / "shadow", layer)
    yield made
    remove(made.root)
    remove(made.shadow)


@pytest.fixture(scope="session")
def runner(binary, place):
    # A checkpoint at every tile and batch: there is no waiting two seconds for one.
    program = Haul(binary, place, {"HAUL_CHECKPOINT_MS": 0})
    yield program
    program.end()


@pytest.fixture(scope="session")
def flows(runner, place):
    return collection.flows(runner, place, destinations=place / "disk")
