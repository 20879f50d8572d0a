"""Sets whose digests are right and whose manifests lie: refused, and nothing outside what was read or written for them."""

import random

import pytest
from harness import make, sets, tampered


@pytest.fixture
def packed(haul, space):
    source = space / "source"
    make.file(source / "a", random.Random(1).randbytes(8 << 20))
    make.file(source / "b", b"b")
    haul.run("pack", source, space / "out", code=0)
    return space / "out" / "source"


def member(members: list[dict], path: str) -> dict:
    return next(one for one in members if one["path"] == path)


def overlapping(header, members):
    member(members, "b")["offset"] = member(members, "a")["offset"] + 1


def descending(header, members):
    member(members, "b")["offset"] = 0


def far(header, members):
    member(members, "b")["offset"] = 2**64 - 1


def around(header, members):
    member(members, "a")["size"] = 2**64 - 20


def another_layout(header, members):
    member(members, "b")["mtime"] += 5_000_000_000


def another_size(header, members):
    header["size"] += 1


def long_name(header, members):
    member(members, "b")["zip_name"] = "n" * 65_537


LIES = [overlapping, descending, far, around, another_layout, another_size, long_name]


@pytest.mark.parametrize("lie", LIES)
def test_a_manifest_that_contradicts_itself_is_damage(haul, space, packed, lie):
    part = sets.parts(packed)[0]
    tampered.manifest(part, lie)
    finished = haul.run("unpack", packed, space / "back", "--jobs", "1", limit=60)
    assert finished.code in (3, 5), finished
    assert "part-00001.jsonl.zst" in finished.err, finished
    assert not (space / "back" / "b").exists()
    verified = haul.run("verify", packed, code=5)
    assert "part-00001.jsonl.zst" in verified.out + verified.err


def test_a_manifest_written_anew_is_no_damage(haul, space, packed):
    tampered.manifest(sets.parts(packed)[0], lambda header, members: None)
    haul.run("verify", packed, code=0)
    haul.run("unpack", packed, space / "back", code=0)
    assert (space / "back" / "b").read_bytes() == b"b"


def test_members_in_our_own_folder_fail_by_name(haul, space):
    """They would be swept with it, or pass for claims."""
    source = space / "source"
    make.file(source / ".haul" / "tmp" / "q", b"q")
    make.file(source / ".haul" / "claim-000002.json", b"{}")
    (source / ".haul" / "link").symlink_to("tmp")
    make.file(source / "large" / "big", bytes(9 << 20))
    make.file(source / "good", b"good")
    haul.run("pack", source, space / "out", code=0)
    finished = haul.run("unpack", space / "out" / "source", space / "back", code=3)
    for name in (".haul/tmp/q", ".haul/claim-000002.json", ".haul/link"):
        assert name in finished.err, finished
    assert sorted(p.name for p in (space / "back").iterdir()) == ["good", "large"]
