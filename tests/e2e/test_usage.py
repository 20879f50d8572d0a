"""Requests that make no sense end with 2, and say why, before anything is written."""

import os

import pytest
from harness import make
from harness.program import wait, wait_for


@pytest.mark.parametrize("arguments", [
    [], ["nonsense"], ["pack"], ["pack", "a"], ["pack", "a", "b", "--nonsense"], ["pack", "a", "b", "--part-size", "many"],
    ["unpack", "a", "b", "--if-exists", "perhaps"], ["status"], ["pack", "a", "b", "--jobs", "0"]])
def test_bad_command_line(haul, space, arguments):
    (space / "a").mkdir()
    finished = haul.run(*arguments, cwd=space, code=2)
    assert finished.err.strip()
    assert not (space / "b").exists()


@pytest.mark.parametrize("destination", ["source", "source/inner", "source/inner/deeper", "link-to-source/x"])
def test_destination_inside_source(haul, space, destination):
    make.files(space / "source", 3)
    (space / "link-to-source").symlink_to("source")
    finished = haul.run("pack", space / "source", space / destination, code=2)
    assert "inside" in finished.err or "contain" in finished.err
    assert not (space / "source" / "inner").exists() and not (space / "source" / "x").exists()


def test_source_inside_destination_set(haul, space):
    make.files(space / "out" / "set" / "source", 3)
    haul.run("pack", space / "out" / "set" / "source", space / "out", "--name", "set", code=2)


def test_state_inside_destination(haul, space):
    make.files(space / "source", 3)
    haul.run("pack", space / "source", space / "out", "--state", space / "out" / "source" / "state", code=2)


def test_state_inside_source_is_left_out(haul, space):
    from harness import sets
    make.files(space / "source", 3)
    finished = haul.run("pack", space / "source", space / "out", "--state", space / "source" / "my-state", code=0)
    assert "my-state" in finished.err
    names = [name for part in sets.parts(space / "out" / "source") for name in sets.names(part)]
    assert names and not [name for name in names if name.startswith("my-state")]


def test_a_service_that_is_not_built_yet(haul, space):
    finished = haul.run("pack", "rclone:remote:x", space / "out", code=1)
    assert "rclone" in finished.err and "not built yet" in finished.err
    assert not (space / "out").exists()


def test_source_that_does_not_exist(haul, space):
    finished = haul.run("pack", space / "nothing", space / "out", code=4)
    assert "nothing" in finished.err
    assert not (space / "out").exists()


@pytest.mark.parametrize("command", ["unpack", "verify", "ls", "cat"])
def test_set_that_does_not_exist(haul, space, command):
    (space / "empty").mkdir()
    more = {"unpack": [space / "back"], "cat": ["x"]}.get(command, [])
    haul.run(command, space / "empty", *more, code=4)
    haul.run(command, space / "nothing", *more, code=4)


def test_closed_standard_streams_stay_nobodys(haul, space):
    """The files that are opened first would take their numbers, and be written to by whoever prints."""
    source = make.files(space / "source", 20)
    held = space / "held"
    child = haul.start("pack", source, space / "out", before=["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"],
                       env={"HAUL_FAULT": "hold:pack.part.before_publish", "HAUL_FAULT_HOLD": held})
    wait_for(held.exists, child)
    assert {os.readlink(f"/proc/{child.pid}/fd/{number}") for number in range(3)} == {"/dev/null"}
    held.unlink()
    wait(child)
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
