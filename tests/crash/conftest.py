"""One collection a worker, and the points that its flows pass."""

import shutil

import pytest
from harness import points
from harness.one_collection import flows, place, runner

__all__ = ["flows", "place", "runner"]


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
