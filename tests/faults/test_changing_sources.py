"""Sources that somebody writes to while they are packed: whole files of one moment, or none, and then the next generation."""

import subprocess
import sys

import pytest
from harness import faults, make, sets, trees
from harness.program import wait_for

NAME = "folder 1/file-00001.bin"
BLOCK = 4096
# Appends blocks that tell their place, as fast as it can.
APPENDS = """
import sys
with open(sys.argv[1], "ab", buffering=0) as out:
    block = 0
    while True:
        out.write((b"%08d" % block) * (4096 // 8))
        block += 1
"""
# Puts a file of one letter, of another size each time, in the place of the last.
REPLACES = """
import os, sys
turn = 0
while True:
    turn += 1
    with open(sys.argv[2], "wb") as out:
        out.write(bytes([65 + turn % 26]) * (1000 + turn % 7))
    os.rename(sys.argv[2], sys.argv[1])
"""


def of_blocks(data: bytes) -> bool:
    return len(data) % BLOCK == 0 and all(data[at:at + BLOCK] == b"%08d" % (at // BLOCK) * (BLOCK // 8)
                                          for at in range(0, len(data), BLOCK))


def of_one_letter(data: bytes) -> bool:
    return 1000 <= len(data) < 1007 and len(set(data)) == 1


@pytest.fixture
def packer(haul, space):
    """Packs a small tree; `pack(plan)` is a run under faults."""
    source = make.files(space / "source", 30)

    class Packer:
        packed = space / "out" / "source"
        victim = source / NAME
        arguments = ["pack", source, space / "out"]

        def pack(self, plan: list[str], code: int) -> faults.Disturbed:
            return faults.run(haul, *self.arguments, plan=[f"{one}@{source}" for one in plan], code=code)

        def assert_all_is_packed(self) -> None:
            assert sets.remains(space / "out") == []
            haul.run("verify", self.packed, "--against", source, code=0)

        def unpacked(self, name: str) -> trees.Record:
            haul.run("unpack", self.packed, space / name, code=0)
            return trees.record(space / name)
    return Packer()


@pytest.mark.parametrize("times", [1, 2])
def test_a_member_that_changes_and_comes_to_rest_is_packed(packer, times):
    packer.pack([f"read~file-00001.bin:1x{times}:error=changed"], code=0)
    assert sets.set_record(packer.packed)["failed"]["count"] == 0
    packer.assert_all_is_packed()


def test_a_member_that_changes_at_each_read_is_failed(packer, space):
    ended = packer.pack(["read~file-00001.bin:1x*:error=changed"], code=3)
    assert f"failed {NAME}" in ended.finished.err and "changed 3 times" in ended.finished.err, ended.finished
    assert next(iter(ended.faults.values()))["fired"] == 3
    assert [item["path"] for item in sets.set_record(packer.packed)["failed"]["items"]] == [NAME]
    there = packer.unpacked("back")
    wanted = {path: entry for path, entry in trees.record(space / "source").items() if path != NAME.encode()}
    trees.assert_same(there, wanted)


def test_then_the_same_command_makes_the_next_generation_with_just_it(haul, packer):
    packer.pack(["read~file-00001.bin:1x*:error=changed"], code=3)
    before = sets.files_of(packer.packed)
    haul.run(*packer.arguments, code=0)
    after = sets.files_of(packer.packed)
    assert before.items() <= after.items()
    assert set(after) - set(before) == {"haul-00002.json", "part-00002.zip", "part-00002.jsonl.zst"}
    assert [sets.path_of(member).decode() for member in sets.manifest(packer.packed / "part-00002.zip")[1]] == [NAME]
    packer.assert_all_is_packed()


def test_many_members_that_change(packer):
    packer.pack([f"read~file-0000{n}.bin:1x{3 if n % 2 else 1}:error=changed" for n in range(6)], code=3)
    assert sets.set_record(packer.packed)["failed"]["count"] == 3


@pytest.mark.parametrize("writer, whole", [(APPENDS, of_blocks), (REPLACES, of_one_letter)], ids=["appends", "replaces"])
def test_a_writer_at_work(haul, packer, space, writer, whole):
    packer.victim.write_bytes(b"")
    with subprocess.Popen([sys.executable, "-c", writer, packer.victim, space / "next"]) as child:
        wait_for(lambda: packer.victim.stat().st_size > 0, child)
        finished = haul.run(*packer.arguments, limit=60)
        child.kill()
    # It may have been caught between two writes; mostly it was not, and is failed.
    assert finished.code in (0, 3), finished
    haul.run("verify", packer.packed, code=0)
    packer.unpacked("first")
    if finished.code == 0:
        assert whole((space / "first" / NAME).read_bytes())
        return
    assert not (space / "first" / NAME).exists()
    assert NAME in [item["path"] for item in sets.set_record(packer.packed)["failed"]["items"]]
    haul.run(*packer.arguments, code=0)
    assert whole(packer.victim.read_bytes())
    there = packer.unpacked("second")
    assert there[NAME.encode()] == trees.entry_of(bytes(packer.victim))
