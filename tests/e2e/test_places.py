"""Places that are no folders, or cannot be made: the error names the whole path, why, and what to do, each once."""

import os

import pytest
from harness import make
from harness.program import NOBODY


@pytest.fixture
def source(space):
    return make.files(space / "source", 5)


@pytest.fixture
def plain(space):
    return make.file(space / "plain.txt", b"text")


def assert_said(finished, path, what) -> None:
    assert f"{path}: {what}" in finished.err and "to do: " in finished.err, finished
    assert finished.err.count(what) == 1, finished


IS_A_FILE = "it is a file, and a folder is needed"


def test_a_file_as_source(haul, space, plain):
    assert_said(haul.run("pack", plain, space / "out", code=4), plain, IS_A_FILE)


@pytest.mark.parametrize("command", [["verify"], ["ls"], ["cat"]])
def test_a_file_as_set(haul, plain, command):
    words = [*command, plain, *(["x"] if command == ["cat"] else [])]
    assert_said(haul.run(*words, code=4), plain, IS_A_FILE)


def test_a_file_as_destination(haul, source, plain):
    assert_said(haul.run("pack", source, plain, code=4), plain / "source", f"{plain} is a file, nothing lies beneath it")
    assert "cannot be written to" in haul.run("estimate", source, plain, code=0).out


def test_a_file_in_the_place_of_the_set(haul, space, source):
    there = make.file(space / "out" / "source", b"mine")
    assert_said(haul.run("pack", source, space / "out", code=4), there, IS_A_FILE)
    assert "cannot be written to" in haul.run("estimate", source, space / "out", code=0).out
    assert there.read_bytes() == b"mine"


def test_a_symlink_to_nothing_as_destination(haul, space, source):
    link = space / "link"
    link.symlink_to("nowhere")
    assert_said(haul.run("pack", source, link, code=4), link / "source", f"{link} is a symlink to something that does not exist")
    assert not (space / "nowhere").exists()


def test_a_place_that_may_not_be_made(haul, space, source):
    (space / "shut").mkdir(mode=0o555)
    for path in (space / "state-home", source):
        path.mkdir(exist_ok=True)
        os.chown(path, 65534, 65534)
    finished = haul.run("pack", source, space / "shut" / "a", before=NOBODY, code=6)
    assert_said(finished, f"make folder {space}/shut/a/source", "Permission denied")


def test_a_state_folder_that_cannot_be_made(haul, space, source):
    finished = haul.run("pack", source, space / "out", env={"XDG_STATE_HOME": "/proc/x"}, code=4)
    assert_said(finished, "make folder /proc/x/haul", "No such file or directory")


def test_a_folder_that_may_not_be_read_tells_its_cause_once(haul, space, source):
    for path in (space, space / "out", space / "state-home"):
        path.mkdir(exist_ok=True)
        os.chown(path, 65534, 65534)
    (source / "closed").mkdir(mode=0o700)
    finished = haul.run("pack", source, space / "out", before=NOBODY, code=3)
    line, = [line for line in finished.err.splitlines() if "failed closed" in line]
    assert line.count("Permission denied") == 1
