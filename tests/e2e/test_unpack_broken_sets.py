"""Sets that are damaged, not complete, or lie beneath the folder that was named."""

import pytest
from harness import make, sets, trees


@pytest.fixture
def source(space):
    return make.files(space / "source", 40)


@pytest.fixture
def packed(haul, space, source):
    haul.run("pack", source, space / "out", "--part-size", "100kB", code=0)
    return space / "out" / "source"


def test_a_folder_that_holds_sets_is_not_taken_for_zips(haul, space, packed):
    haul.run("pack", space / "source", space / "out", "--name", "other", code=0)
    finished = haul.run("unpack", space / "out", space / "back", code=2)
    assert str(packed) in finished.err and str(space / "out" / "other") in finished.err, finished
    assert not (space / "back").exists()


def test_an_unfinished_set_beneath(haul, space, packed):
    (packed / "haul-00001.json").unlink()
    finished = haul.run("unpack", space / "out", space / "back", code=4)
    assert str(packed) in finished.err and "not complete" in finished.err, finished
    assert not (space / "back").exists()


def test_zips_in_folders_are_unpacked_as_ever(haul, space, packed):
    make.file(space / "zips" / "a" / "part-00001.zip", (packed / "part-00001.zip").read_bytes())
    haul.run("unpack", space / "zips", space / "back", code=0)
    assert any((space / "back").rglob("*.bin"))


@pytest.mark.parametrize("name, size", [("part-00002.zip", None), ("part-00002.zip", -1), ("part-00002.jsonl.zst", None)])
def test_what_is_missing_is_seen_before_anything_is_written(haul, space, packed, name, size):
    content = (packed / name).read_bytes()
    (packed / name).unlink()
    if size is not None:
        (packed / name).write_bytes(content[:size])
    finished = haul.run("unpack", packed, space / "back", code=5)
    assert name in finished.err and "tried again" not in finished.err, finished
    assert not (space / "back").exists() or list((space / "back").iterdir()) == []


@pytest.mark.parametrize("part", ["part-00001", "part-00002"])  # the first holds the line of the root
def test_a_damaged_manifest(haul, space, source, packed, part):
    manifest = packed / f"{part}.jsonl.zst"
    data = bytearray(manifest.read_bytes())
    data[len(data) // 2] ^= 1
    manifest.write_bytes(data)
    finished = haul.run("unpack", packed, space / "back", code=5)
    assert part in finished.err and "tried again" not in finished.err, finished
    assert f"{packed}: 1 member or archive is damaged" in finished.err, finished
    assert f"to do: `haul verify {packed}`" in finished.err.splitlines()[-1], finished
    assert sets.remains(space / "back") == []
    left = {path.relative_to(space / "back") for path in (space / "back").rglob("*.bin")}
    lost = {path.relative_to(source) for path in source.rglob("*.bin")} - left
    assert left and lost
    haul.run("unpack", packed, space / "back", code=5)
    data[len(data) // 2] ^= 1
    manifest.write_bytes(data)
    haul.run("unpack", packed, space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))
