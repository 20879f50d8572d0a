"""An error that a user can do something about says what."""

import re
import shutil

import pytest
from harness import make, zips
from harness.program import NOBODY
from harness.zips import Entry


@pytest.mark.parametrize("words", [
    ["pack", "MISSING", "OUT"], ["estimate", "MISSING", "OUT"], ["unpack", "MISSING", "OUT"],
    ["unpack", "MISSING/some.zip", "OUT"], ["unpack", "HERE/some.zip", "OUT"], ["verify", "MISSING"],
    ["ls", "MISSING"], ["cat", "MISSING", "f"]])
def test_a_source_that_is_missing(haul, space, words):
    (space / "here").mkdir()
    names = {"MISSING": space / "here" / "no" / "such", "OUT": space / "out", "HERE": space / "here"}
    words = [re.sub("MISSING|OUT|HERE", lambda found: str(names[found[0]]), word) for word in words]
    finished = haul.run(*words, code=4)
    assert re.search(r"^  to do: check the path", finished.err, re.MULTILINE), finished


@pytest.mark.parametrize("command", ["pack", "verify", "ls"])
def test_a_file_for_a_folder(haul, space, command):
    make.file(space / "file", b"x")
    finished = haul.run(command, space / "file", *([space / "out"] if command == "pack" else []), code=4)
    assert f"to do: name a folder: {space}/file is none" in finished.err, finished


def damaged(entries: list[Entry]) -> bytes:
    whole = zips.build(entries)
    return whole.replace(b"the contents", b"THE CONTENTS")


def test_damage_in_a_foreign_zip(haul, space):
    """`haul verify` takes sets alone."""
    make.file(space / "x.zip", damaged([Entry(b"good", b"good"), Entry(b"a", b"the contents"), Entry(b"b", b"the contents")]))
    finished = haul.run("unpack", space / "x.zip", space / "back", code=5)
    assert "haul verify" not in finished.err + finished.out, finished
    assert "to do: get the archive again" in finished.err, finished
    assert (space / "back" / "good").exists()


def test_damage_in_a_set(haul, space):
    make.files(space / "source", 10)
    haul.run("pack", space / "source", space / "out", code=0)
    part = space / "out" / "source" / "part-00001.zip"
    data = bytearray(part.read_bytes())
    data[2000] ^= 1
    part.write_bytes(data)
    finished = haul.run("unpack", space / "out" / "source", space / "back", code=5)
    assert f"to do: `haul verify {space}/out/source` says where" in finished.err, finished


def test_equal_remedies_are_said_once(haul, space):
    make.file(space / "x.zip", zips.build([Entry(b"f%02d" % n, b"new") for n in range(30)]))
    for number in range(30):
        make.file(space / "back" / f"f{number:02}", b"old")
    finished = haul.run("unpack", space / "x.zip", space / "back", code=3)
    assert finished.out.count("to do: remove it, unpack elsewhere, or give --if-exists=overwrite") == 1, finished
    items = haul.run("unpack", space / "x.zip", space / "back", "--json", code=3).events()[-1]["failed_items"]
    assert len(items) == 20 and {item["remedy"] for item in items} == {"remove it, unpack elsewhere, or give --if-exists=overwrite"}


def test_several_remedies_say_what_they_are_for(haul, space):
    entries = [Entry(b"a", b"new"), Entry(b"b", b"new"), Entry(b"c", b"c"), Entry(b"d" * 300, b"long")]
    make.file(space / "x.zip", zips.build(entries))
    for name in "ab":
        make.file(space / "back" / name, b"old")
    finished = haul.run("unpack", space / "x.zip", space / "back", code=3)
    assert "  to do for a and 1 more: remove it" in finished.out, finished
    assert f"  to do for {'d' * 300}: give --rename-unfit" in finished.out, finished


def test_what_cannot_be_packed(haul, space):
    make.files(space / "source", 5)
    make.file(space / "source" / "secret", b"x", mode=0)
    make.file(space / "names", b"folder 1\nnot-there\nsecret\n")
    space.chmod(0o777)
    haul.state_home = space / "state-of-nobody"
    for command in ("pack", "estimate"):
        items = haul.run(command, space / "source", space / "out", "--files-from", space / "names", "--json", before=NOBODY).events()
        errors = {e["subject"]: e["error"] for e in items if e["event"] == "item_failed"}
        assert "take it out of the list" in errors["not-there"]["remedy"], errors
    assert "make it readable" in errors_of(haul, space)["secret"], "of a file that may not be opened"


def errors_of(haul, space) -> dict[str, str]:
    shutil.rmtree(space / "out")
    items = haul.run("pack", space / "source", space / "out", "--json", before=NOBODY, code=3).events()[-1]["failed_items"]
    return {item["path"]: item["remedy"] for item in items}


def test_other_mistakes(haul, space):
    make.files(space / "source", 3)
    haul.run("pack", space / "source", space / "out", code=0)
    packed = space / "out" / "source"
    for words, code in [(["ls", packed, "no*such"], 4), (["ls", packed, "-l", "--print0"], 2), (["cat", packed, "link"], 2),
                        (["pack", space / "source", space / "o", "--min-size", "9", "--max-size", "8"], 2),
                        (["unpack", packed, space / "o", "--claim-timeout", "0s"], 2), (["status", ""], 2),
                        (["unpack", packed, space / "o", "--max-outage", "0s"], 2),
                        (["pack", space / "source", space / "o", "--max-outage", "0s"], 2)]:
        finished = haul.run(*words, code=code)
        assert "  to do: " in finished.err, finished
