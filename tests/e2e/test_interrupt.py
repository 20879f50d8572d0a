"""Ctrl+C drains and leaves a job that the same command, or resume, completes; a second one stops now."""

import signal
import time

import pytest
from harness import make, sets, trees
from harness.program import interrupt_at, wait


@pytest.fixture
def source(space):
    return make.with_large_one(space / "source", 100, megabytes=60)


@pytest.mark.parametrize("point", ["pack.list.after_write", "pack.part.before_publish"])
def test_pack(haul, space, source, point):
    arguments = ["pack", source, space / "out", "--part-size", "10MB"]
    began = time.monotonic()
    finished = wait(interrupt_at(haul, point, *arguments), 30)
    assert finished.code == 130, finished
    assert time.monotonic() - began < 12
    assert "haul resume" in (space / "said").read_text()  # how to go on
    haul.run("ls", space / "out" / "source", code=4)
    haul.run(*arguments, code=0)
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    assert sets.remains(space / "out") == []


def test_unpack(haul, space, source):
    haul.run("pack", source, space / "out", "--part-size", "10MB", code=0)
    arguments = ["unpack", space / "out" / "source", space / "back"]
    finished = wait(interrupt_at(haul, "unpack.batch.before_write", *arguments))
    assert finished.code == 130, finished
    haul.run(*arguments, code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))


def test_a_second_signal_stops_now(haul, space, source):
    arguments = ["pack", source, space / "out", "--part-size", "10MB"]
    began = time.monotonic()
    child = interrupt_at(haul, "pack.part.before_publish", *arguments, signals=(signal.SIGINT, signal.SIGINT))
    assert wait(child).code == 130
    assert time.monotonic() - began < 5
    haul.run(*arguments, code=0)


def test_term_is_the_same(haul, space, source):
    child = interrupt_at(haul, "pack.list.after_write", "pack", source, space / "out", "--part-size", "10MB",
                         signals=(signal.SIGTERM,))
    assert wait(child).code == 130
