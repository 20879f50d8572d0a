"""Builds the forgetful disk, and makes one a test."""

import subprocess
from pathlib import Path

import pytest
from cut import Disk
from harness import collection
from harness.fixtures import remove
from harness.one_collection import place, runner

__all__ = ["place", "runner"]

HERE = Path(__file__).parent


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
def flows(runner, place):
    return collection.flows(runner, place, destinations=place / "disk")
