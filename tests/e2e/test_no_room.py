"""Full disks, and places that cannot be written: clear errors, nothing lost, and on it goes when there is room."""

import re
import shutil

import pytest
from harness import make, trees
from harness.mounts import MOUNT, assert_says_what_to_do, script

def test_destination_too_small_from_the_start(haul, space):
    make.with_large_one(space / "source", 20, megabytes=10)
    text = MOUNT + '"$HAUL" pack "$SPACE/source" "$PLACE/out" --part-size 3MB; code=$?; du -sk "$PLACE"; exit $code'
    finished = script(haul, space, text, code=7, SIZE="4m")
    assert re.search(r"needs [\d.]+ MB, [\d.]+ [KM]B are free", finished.err) and "to do: " in finished.err, finished


def test_destination_fills_up_and_grows(haul, space):
    make.files(space / "source", 300, biggest=60_000)
    text = MOUNT + '''
        "$HAUL" pack "$SPACE/source" "$PLACE/out" --part-size 1MB; echo "first: $?"
        mount -o remount,size=64m "$PLACE"
        "$HAUL" pack "$SPACE/source" "$PLACE/out" --part-size 1MB || exit 98
        "$HAUL" unpack "$PLACE/out/source" "$SPACE/back" || exit 97
        find "$PLACE" -name ".haul*" | grep . && exit 96
        exit 0'''
    finished = script(haul, space, text, SIZE="4m")
    assert "first: 7" in finished.out, finished
    assert_says_what_to_do(finished)
    trees.assert_same(trees.record(space / "back"), trees.record(space / "source"))


def test_unpack_into_a_place_too_small(haul, space):
    make.files(space / "source", 300, biggest=60_000)
    haul.run("pack", space / "source", space / "out", code=0)
    text = MOUNT + '''
        "$HAUL" unpack "$SPACE/out/source" "$PLACE/back"; echo "first: $?"
        mount -o remount,size=64m "$PLACE"
        "$HAUL" unpack "$SPACE/out/source" "$PLACE/back" || exit 98
        cp -a "$PLACE/back" "$SPACE/back"
        '''
    finished = script(haul, space, text, SIZE="4m")
    assert "first: 7" in finished.out, finished
    assert_says_what_to_do(finished)
    trees.assert_same(trees.record(space / "back"), trees.record(space / "source"))


def state_of(haul, space, kilobytes: int) -> tuple[str, int]:
    """How a pack ends whose state folder has so much room, and how many parts were there by then. With more room the same
    command completes."""
    pack = '"$HAUL" pack "$SPACE/source" "$SPACE/out" --part-size 30kB --state "$PLACE/state"'
    text = MOUNT + f'''
        {pack}; echo "first: $?"
        echo "parts: $(ls "$SPACE/out/source" | grep -c zip$)"
        mount -o remount,size=64m "$PLACE"
        {pack} || exit 98'''
    finished = script(haul, space, text, SIZE=f"{kilobytes}k")
    first = re.search(r"first: (\d+)", finished.out)[1]
    assert first in ("0", "7"), finished
    if first == "7":
        assert_says_what_to_do(finished)
    haul.run("verify", space / "out" / "source", "--against", space / "source", code=0)
    return first, int(re.search(r"parts: (\d+)", finished.out)[1])


@pytest.mark.parametrize("kilobytes", [4, 16, 40, 64, 96, 192, 256])
def test_state_folder_fills_up(haul, space, kilobytes):
    make.files(space / "source", 2000, biggest=200)
    first, _ = state_of(haul, space, kilobytes)
    if kilobytes <= 40:
        assert first == "7"


def test_state_folder_fills_up_in_the_middle(haul, space):
    """Room for the ledger and some parts: how much that is depends on how commits fall together."""
    make.files(space / "source", 2000, biggest=200)
    ends = {}
    for kilobytes in range(100, 300, 12):
        ends[kilobytes] = state_of(haul, space, kilobytes)
        shutil.rmtree(space / "out")
        if ends[kilobytes][0] == "7" and ends[kilobytes][1] > 0:
            return
    raise AssertionError(f"no pack ended with some parts done: {ends}")


READ_ONLY = 'mkdir -p "$SPACE/there"; mount --bind "$SPACE/there" "$SPACE/there" && mount -o remount,ro,bind "$SPACE/there" || exit 99; '


def test_destination_read_only(haul, space):
    make.files(space / "source", 5)
    finished = script(haul, space, READ_ONLY + '"$HAUL" pack "$SPACE/source" "$SPACE/there"', code=6)
    assert f"write to {space}/there/source" in finished.err and "ead-only" in finished.err, finished
    assert "to do: " in finished.err, finished


def test_state_folder_unwritable(haul, space):
    make.files(space / "source", 5)
    finished = script(haul, space, READ_ONLY + '"$HAUL" pack "$SPACE/source" "$SPACE/out" --state "$SPACE/there/state"', code=6)
    assert "--state" in finished.err
    assert not (space / "out").exists()


def test_source_read_only(haul, space):
    make.files(space / "there", 5)
    script(haul, space, READ_ONLY + '"$HAUL" pack "$SPACE/there" "$SPACE/out"', code=0)
    haul.run("verify", space / "out" / "there", "--against", space / "there", code=0)
