"""What is packed comes back as it was, and packing it twice gives the same bytes."""

from pathlib import Path

import pytest
from harness import awkward, make, sets, trees


@pytest.mark.timeout(600)
@pytest.mark.parametrize("source", ["/usr/share/tuxpaint/stamps", "/usr/share"])
def test_real_folder(haul, space, source):
    before = trees.packed(trees.record(source))
    haul.run("pack", source, space / "out", "--part-size", "100MB", "--name", "set", code=0, limit=300)
    haul.run("verify", space / "out" / "set", code=0, limit=300)
    haul.run("unpack", space / "out" / "set", space / "back", code=0, limit=300)
    trees.assert_same(trees.packed(trees.record(source)), before)
    trees.assert_same(trees.record(space / "back"), before)
    assert sets.remains(space / "out") == [] and sets.remains(space / "back") == []


@pytest.mark.timeout(900)
def test_awkward_tree(haul, space):
    source = awkward.make(space / "source", 5 << 30, 70_000)
    before = trees.record(source)
    packed = haul.run("pack", source, space / "out", code=0, limit=600)
    assert "fifo" in packed.err and "socket" in packed.err
    record = sets.set_record(space / "out" / "source")
    assert {item["path"] for item in record["skipped"]["items"]} == {"fifo", "socket"}
    haul.run("unpack", space / "out" / "source", space / "back", code=0, limit=600)
    trees.assert_same(trees.record(space / "back"), trees.packed(before))
    assert sum(p.lstat().st_blocks for p in (space / "back").glob("sparse.bin")) * 512 < 100 << 20, "zeros became no holes"


def test_packed_twice_gives_the_same_bytes(haul, space):
    source = make.with_large_one(space / "source")
    for place, jobs in (("one", "1"), ("two", "3")):
        haul.run("pack", source, space / place, "--part-size", "10MB", "--jobs", jobs, code=0)
    one, two = sets.files_of(space / "one"), sets.files_of(space / "two")
    assert one == two and len([name for name in one if name.endswith(".zip")]) >= 3


def test_from_and_to_relative_paths(haul, space):
    make.files(space / "source", 10)
    haul.run("pack", "source", "./out", cwd=space, code=0)
    haul.run("unpack", "out/source", "back", cwd=space, code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(space / "source"))


@pytest.mark.parametrize("made", ["empty folder", "one file", "only folders"])
def test_tiny_sources(haul, space, made):
    source = space / "source"
    source.mkdir()
    if made == "one file":
        make.file(source / "f", b"x")
    if made == "only folders":
        (source / "a" / "b").mkdir(parents=True)
    haul.run("pack", source, space / "out", code=0)
    haul.run("verify", space / "out" / "source", code=0)
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))


def test_a_part_never_passes_its_size(haul, space):
    source = make.files(space / "source", 100, biggest=50_000)
    haul.run("pack", source, space / "out", "--part-size", "200kB", code=0)
    sizes = [part.stat().st_size for part in sets.parts(space / "out" / "source")]
    assert len(sizes) > 10 and max(sizes) <= 200_000


def test_a_file_above_the_part_size(haul, space):
    source = make.files(space / "source", 20)
    make.file(source / "big", b"b" * 500_000)
    packed = haul.run("pack", source, space / "out", "--part-size", "100kB", code=0)
    assert "big" in packed.err
    record = sets.set_record(space / "out" / "source")
    over = [part for part in record["parts"] if part.get("oversize")]
    assert len(over) == 1 and over[0]["members"] == 1
    haul.run("verify", space / "out" / "source", code=0)
    assert Path(space / "out" / "source" / over[0]["name"]).stat().st_size > 500_000
