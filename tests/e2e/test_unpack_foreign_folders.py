"""Folders that were there before and belong to somebody else: everything in them is restored, their mode and time stay."""

import os

import pytest
from harness import make, sets
from harness.program import NOBODY


@pytest.fixture
def packed(haul, space):
    source = make.files(space / "source", 20)
    make.file(source / "folder 1" / "inner" / "f", b"f")
    for folder in (source / "folder 1" / "inner", source / "folder 1", source):
        folder.chmod(0o755)
        os.utime(folder, ns=(make.OLD, make.OLD))
    haul.run("pack", source, space / "out", code=0)
    space.chmod(0o777)
    haul.state_home = space / "state-of-nobody"
    return space / "out" / "source"


def roots_folder(path):
    path.mkdir(exist_ok=True)
    path.chmod(0o777)
    return path


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_destination_is_somebody_elses(haul, space, packed):
    back = roots_folder(space / "back")
    finished = haul.run("unpack", packed, back, before=NOBODY, code=0)
    assert f"warning: {back}: the folder belongs to somebody else and keeps its mode and time" in finished.err, finished
    assert contents(back) == contents(space / "source")
    assert back.stat().st_mode & 0o777 == 0o777 and back.stat().st_mtime_ns != make.OLD
    assert (back / "folder 1").stat().st_mtime_ns == make.OLD, "folders of our own have theirs"
    assert sets.remains(back) == []
    assert haul.run("unpack", packed, back, before=NOBODY, code=0).out.startswith("Unpacked 21 files")


def test_folders_in_it_are_somebody_elses(haul, space, packed):
    back = roots_folder(space / "back")
    for name in ("folder 1", "folder 1/inner", "folder 2"):
        roots_folder(back / name)
    finished = haul.run("unpack", packed, back, before=NOBODY, code=0)
    assert contents(back) == contents(space / "source")
    assert finished.err.count("belongs to somebody else") == 2, "one line for the destination, one for all folders"
    assert "; so do 2 more folders" in finished.err, finished
    assert (back / "folder 1").stat().st_mode & 0o777 == 0o777
    assert (back / "folder 3").stat().st_mtime_ns == (space / "source" / "folder 3").stat().st_mtime_ns


def test_a_folder_that_may_not_be_written(haul, space, packed):
    back = roots_folder(space / "back")
    (back / "folder 2").mkdir(mode=0o755)
    finished = haul.run("unpack", packed, back, before=NOBODY, code=3)
    assert "folder 2/" in finished.out and "ermission denied" in finished.out, finished
    assert "to do: give yourself the right to it" in finished.out, finished
    assert contents(back).keys() == {path for path in contents(space / "source") if path.parts[0] != "folder 2"}


def test_owners_that_were_asked_for_are_failed_items(haul, space, packed):
    back = roots_folder(space / "back")
    finished = haul.run("unpack", packed, back, "--owner", "--include", "folder 1/", before=NOBODY, code=3)
    assert "set owner of" in finished.out, finished
    back = roots_folder(space / "other")
    (space / "empty").mkdir()
    haul.run("pack", space / "empty", space / "sets", code=0)
    finished = haul.run("unpack", space / "sets" / "empty", back, "--owner", before=NOBODY, code=3)
    assert f"set owner of {back}" in finished.out, finished
