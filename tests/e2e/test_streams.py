"""Standard streams that are closed, full, or read by nobody: nothing lands in our own files, and a result that was lost is told."""

import os
import signal
import subprocess

import pytest
from harness import make
from harness.program import wait, wait_until_stopped

CLOSED = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]


@pytest.fixture
def source(space):
    return make.files(space / "source", 10)


def test_closed_streams_are_guarded(haul, space, source):
    child = haul.start("pack", source, space / "out", before=CLOSED, env={"HAUL_FAULT": "stop:pack.part.before_publish"})
    wait_until_stopped(child)
    assert [os.readlink(f"/proc/{child.pid}/fd/{number}") for number in range(3)] == ["/dev/null"] * 3
    child.send_signal(signal.SIGCONT)
    assert wait(child).code == 0
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_result_that_finds_no_room_is_told(haul, space, source, form):
    with open("/dev/full", "wb") as full:
        finished = wait(haul.start("pack", source, space / "out", *form, stdout=full))
    assert finished.code == 7
    assert "tell the result" in finished.err and "kept: all that was done" in finished.err
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    with open("/dev/full", "wb") as full:
        assert wait(haul.start("pack", source, space / "out", "--quiet", stdout=full)).code == 0


def test_a_reader_that_went_away_is_told(haul, space, source):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        finished = wait(haul.start("pack", source, space / "out", stdout=writing, stderr=subprocess.PIPE))
    finally:
        os.close(writing)
    assert finished.code == 1 and "tell the result" in finished.err
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
