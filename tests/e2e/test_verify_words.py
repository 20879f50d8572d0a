"""What verify and the summaries say is true of what was found, and counts alike."""

import json

import pytest
from harness import make, sets

RESTORE = "restore the damaged objects"


@pytest.fixture
def source(space):
    return make.files(space / "source", 20)


@pytest.fixture
def packed(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    return space / "out" / "source"


def test_a_source_that_changed_needs_nothing_restored(haul, source, packed):
    (source / "link").unlink()
    make.file(source / "new", b"new")
    said = haul.run("verify", packed, "--against", source, code=5).out
    assert RESTORE not in said and "The set itself is whole." in said


def test_a_damaged_set_and_a_source_that_changed(haul, source, packed):
    make.file(source / "new", b"new")
    with open(sets.parts(packed)[0], "r+b") as out:
        out.write(b"X")
    said = haul.run("verify", packed, "--against", source, code=5).out
    assert RESTORE in said and "The source is not as it was" in said and "itself is whole" not in said


def test_a_record_that_cannot_be_read(haul, packed):
    (packed / "haul-00001.json").write_bytes(b"{}")
    said = haul.run("verify", packed, code=5).out
    assert "0 parts" not in said and "no part was checked" in said


def test_pack_and_unpack_count_alike(haul, space, source, packed):
    again = haul.run("pack", source, space / "out", code=0).out
    back = haul.run("unpack", packed, space / "back", code=0).out
    assert "20 files (" in again and ", 1 folder, 1 symlink in 1 part" in again
    assert back.startswith("Unpacked 20 files (") and ", 1 folder, 1 symlink" in back


def test_one_entry_is_one(haul, space):
    make.file(space / "one" / "file", b"x")
    assert "done: 1 entry," in haul.run("pack", space / "one", space / "out", code=0).err
