"""One flipped bit anywhere in a part, a manifest or the set's record: verify ends with 5 and says where."""

import random
import shutil

import pytest
from harness import make, sets


@pytest.fixture(scope="module")
def packed(binary, tmp_path_factory):
    from harness.program import Haul
    space = tmp_path_factory.mktemp("damage")
    source = make.files(space / "source", 12, biggest=3000)
    make.file(source / "big", random.Random(3).randbytes(100_000))
    Haul(binary, space).run("pack", source, space / "out", "--part-size", "60kB", code=0)
    return space / "out" / "source"


def flip(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def findings_at(haul, folder, name: str, bit: int) -> list[dict]:
    """What verify finds with one bit flipped; the file is whole again afterwards."""
    flip(folder / name, bit)
    finished = haul.run("verify", "--json", folder, code=5)
    flip(folder / name, bit)
    last = finished.events()[-1]
    assert last["event"] == "verified" and last["finding_count"] == len(last["findings"]) > 0, finished
    return last["findings"]


def bits_of(path, full: bool) -> list[int]:
    """All over the file, both ends among them; a different bit of each byte."""
    size = path.stat().st_size
    step = max(1, size // (4000 if full else 60))
    return [byte * 8 + number % 8 for number, byte in enumerate(sorted({*range(0, size, step), size - 1}))]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["part-*.jsonl.zst", "haul-*.json"])
def test_a_flipped_bit_of_a_record_names_it(haul, space, packed, kind, full):
    shutil.copytree(packed, space / "set")
    for victim in sorted((space / "set").glob(kind)):
        for bit in bits_of(victim, full):
            found = findings_at(haul, space / "set", victim.name, bit)
            assert {one["object"] for one in found} == {victim.name}, (bit, found)


@pytest.mark.timeout(1800)  # in full some ten thousand runs
def test_a_flipped_bit_of_a_part_is_located(haul, space, packed, full):
    """Within a member's contents: that member, where it begins. Elsewhere, in headers and directory: the very byte."""
    shutil.copytree(packed, space / "set")
    for part in sets.parts(space / "set"):
        members = [one for one in sets.manifest(part)[1] if "offset" in one]
        for bit in bits_of(part, full):
            found = findings_at(haul, space / "set", part.name, bit)
            hit = next((m for m in members if 0 <= bit // 8 - m["offset"] < m.get("size", 0)), None)
            assert {one["object"] for one in found} == {part.name}, (bit, found)
            if hit:
                assert {(one["path"], one["offset"]) for one in found} == {(hit["path"], hit["offset"])}, (bit, found)
            else:
                assert bit // 8 in [one["offset"] for one in found], (bit, found)


def test_verify_says_which_member_and_where(haul, space, packed):
    shutil.copytree(packed, space / "set")
    part = next(p for p in sets.parts(space / "set") if "big" in sets.names(p))
    member = next(m for m in sets.manifest(part)[1] if m["path"] == "big")
    flip(part, (member["offset"] + 70_001) * 8)
    finished = haul.run("verify", space / "set", code=5)
    assert f"{part.name}: big: at byte {member['offset']}: the contents' CRC-32" in finished.out + finished.err, finished


@pytest.mark.parametrize("kind", ["part-*.zip", "part-*.jsonl.zst"])
def test_truncated_or_missing(haul, space, packed, kind):
    shutil.copytree(packed, space / "set")
    victim = sorted((space / "set").glob(kind))[0]
    victim.write_bytes(victim.read_bytes()[:-1])
    for more in ([], ["--quick"]):
        finished = haul.run("verify", space / "set", *more, code=5)
        assert victim.name in finished.out + finished.err
    victim.unlink()
    for more in ([], ["--quick"]):
        assert haul.run("verify", space / "set", *more).code in (4, 5)


def test_unpack_puts_no_damaged_file_in_place(haul, space, packed):
    shutil.copytree(packed, space / "set")
    part = next(p for p in sets.parts(space / "set") if "big" in sets.names(p))
    member = next(m for m in sets.manifest(part)[1] if m["path"] == "big")
    flip(part, (member["offset"] + 50_000) * 8)
    finished = haul.run("unpack", space / "set", space / "back")
    assert finished.code in (3, 5), finished
    assert "big" in finished.err
    assert not (space / "back" / "big").exists()


def test_verify_against_a_changed_source(haul, space):
    source = make.files(space / "source", 10)
    haul.run("pack", source, space / "out", code=0)
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    victim = source / "folder 1" / "file-00001.bin"
    about = victim.stat()
    data = bytearray(victim.read_bytes())
    data[0] ^= 1
    make.file(victim, bytes(data), about.st_mtime_ns)
    finished = haul.run("verify", space / "out" / "source", "--against", source, code=5)
    assert "file-00001.bin" in finished.out + finished.err
