"""What may not be reached fails by name, and never passes for an outage that is waited for."""

import os

import pytest
from harness import make, sets, zips
from harness.program import NOBODY
from harness.zips import Entry


@pytest.fixture
def linked(haul, space):
    """A set, and a destination where one of its folders is a symlink."""
    source = space / "source"
    make.file(source / "folder" / "large", bytes(9 << 20))
    make.file(source / "folder" / "small", b"small")
    make.file(source / "good", b"good")
    haul.run("pack", source, space / "out", code=0)
    (space / "elsewhere").mkdir()
    (space / "back").mkdir()
    (space / "back" / "folder").symlink_to("../elsewhere")
    return space / "out" / "source"


@pytest.mark.parametrize("rule", ["same", "fail", "newer", "overwrite"])
def test_a_symlink_in_the_way(haul, space, linked, rule):
    finished = haul.run("unpack", linked, space / "back", "--if-exists", rule, limit=30, code=3)
    assert "folder/large" in finished.err and "folder/small" in finished.err, finished
    assert (space / "back" / "good").read_bytes() == b"good"
    assert list((space / "elsewhere").iterdir()) == []
    assert sets.remains(space / "back") == []


@pytest.fixture
def for_nobody(space):
    space.chmod(0o777)
    (space / "back").mkdir()
    os.chown(space / "back", 65534, 65534)


@pytest.mark.parametrize("kind", ["*.zip", "*.jsonl.zst"])
def test_an_archive_that_may_not_be_read(haul, space, for_nobody, kind):
    make.files(space / "source", 20)
    haul.run("pack", space / "source", space / "out", "--part-size", "100kB", code=0)
    packed = space / "out" / "source"
    next(iter(sorted(packed.glob(kind)))).chmod(0)
    haul.state_home = space / "state-of-nobody"
    finished = haul.run("unpack", packed, space / "back", before=NOBODY, limit=100, code=3)
    assert "part-00001" in finished.err and "ermission" in finished.err, finished
    assert any((space / "back").rglob("*.bin")), "the other parts are unpacked"


def test_a_file_there_that_may_not_be_read(haul, space, for_nobody):
    make.file(space / "x.zip", zips.build([Entry(b"a", b"same"), Entry(b"b", b"b")]))
    make.file(space / "back" / "a", b"same", mode=0o600)
    finished = haul.run("unpack", space / "x.zip", space / "back", before=NOBODY, limit=30, code=3)
    assert " a" in finished.err or "/a" in finished.err, finished
    assert (space / "back" / "b").read_bytes() == b"b"


def test_a_folder_that_may_not_be_read_is_unpacked_again(haul, space, for_nobody):
    source = make.files(space / "source", 20)
    make.file(source / "drop" / "inner" / "f", b"f")
    make.file(source / "drop" / "large", bytes(9 << 20))
    (source / "drop").chmod(0o311)
    haul.run("pack", source, space / "out", "--folders", "all", code=0)
    haul.state_home = space / "state-of-nobody"
    for _ in range(2):
        haul.run("unpack", space / "out" / "source", space / "back", before=NOBODY, limit=60, code=0)
        assert (space / "back" / "drop").stat().st_mode & 0o777 == 0o311
        assert (space / "back" / "drop" / "inner" / "f").read_bytes() == b"f"
