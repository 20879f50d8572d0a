"""The destination's own folder: like the set's root where it was new or empty, else as it was."""

import os

import pytest
from harness import make, sets, trees


@pytest.fixture
def packed(haul, space):
    source = make.files(space / "source", 20)
    source.chmod(0o750)
    os.utime(source, ns=(10**18, 10**18 + 123456789))
    haul.run("pack", source, space / "out", code=0)
    return space / "out" / "source"


@pytest.mark.parametrize("there", ["new", "empty"])
def test_a_new_folder_becomes_the_root(haul, space, packed, there):
    if there == "empty":
        (space / "back").mkdir(mode=0o700)
    haul.run("unpack", packed, space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(space / "source"))
    haul.run("unpack", packed, space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(space / "source"))


@pytest.mark.parametrize("killed", [False, True])
def test_a_folder_that_held_something_keeps_its_mode(haul, space, packed, killed):
    back = space / "back"
    make.file(back / "of the user", b"mine")
    back.chmod(0o1777)
    os.utime(back, ns=(10**17, 10**17))
    if killed:
        haul.killed_at("unpack.batch.after_write", "unpack", packed, back, code=-9)
    haul.run("unpack", packed, back, code=0)
    assert back.stat().st_mode & 0o7777 == 0o1777
    assert killed or back.stat().st_mtime_ns == 10**17
    assert sets.remains(back) == [] and (back / "of the user").read_bytes() == b"mine"


def test_cancelling_leaves_no_mark(haul, space, packed):
    haul.killed_at("unpack.batch.after_write", "unpack", packed, space / "back", code=-9)
    haul.run("cancel", haul.run("jobs", code=0).out.split()[0], code=0)
    assert sets.remains(space / "back") == []
