"""The destination's own folder: like the set's root where it was new or empty, else as it was."""

import os

import pytest
from harness import make, sets, trees
from harness.program import NOBODY


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


def test_a_root_that_shuts_its_owner_out(haul, space):
    """Mode 0555 comes back with the set: a second unpack cannot write there, and says what lets it."""
    source, back = space / "source", space / "back"
    make.file(source / "file", b"contents")
    source.chmod(0o555)
    haul.run("pack", source, space / "out", code=0)
    space.chmod(0o777)
    haul.state_home = space / "state-of-nobody"
    command = ["unpack", space / "out" / "source", back]
    haul.run(*command, before=NOBODY, code=0)
    assert back.stat().st_mode & 0o7777 == 0o555
    refused = haul.run(*command, before=NOBODY, code=6)
    assert f"write {back}/.haul: Permission denied" in refused.err, refused
    assert f"to do: nothing was written; where the folder is yours, `chmod u+w {back}` lets you" in refused.err, refused
    assert back.stat().st_mode & 0o7777 == 0o555 and sets.remains(back) == []
    back.chmod(0o755)
    haul.run(*command, before=NOBODY, code=0)
    assert (back / "file").read_bytes() == b"contents"


def test_cancelling_leaves_no_mark(haul, space, packed):
    haul.killed_at("unpack.batch.after_write", "unpack", packed, space / "back", code=-9)
    haul.run("cancel", haul.run("jobs", code=0).out.split()[0], code=0)
    assert sets.remains(space / "back") == []
