"""Room for an unpack: refused early and with numbers where it is not enough, never where it is."""

import re

import pytest
from harness import make, trees
from harness.mounts import MOUNT, script

UNPACK = '"$HAUL" unpack "$SPACE/out/source" "$PLACE/back"'
REFUSED = r"it needs [\d.]+ [KM]B, [\d.]+ [KM]B are free at .*small"


@pytest.fixture
def packed(haul, space):
    """About 4 MB."""
    make.files(space / "source", 130, biggest=60_000)
    haul.run("pack", space / "source", space / "out", "--part-size", "1MB", code=0)


def assert_refused(finished):
    assert re.search(REFUSED, finished.err), finished
    assert "o space left on device" not in finished.err and "to do: make room there" in finished.err, finished


def test_nothing_is_written_where_it_is_too_much(haul, space, packed):
    text = MOUNT + UNPACK + '''; echo "first: $?"
        find "$PLACE/back" -mindepth 1
        mount -o remount,size=16m "$PLACE"
        ''' + UNPACK + ' || exit 98; cp -a "$PLACE/back" "$SPACE/back"'
    finished = script(haul, space, text, SIZE="3m")
    assert_refused(finished)
    assert finished.out.startswith("first: 7\nUnpacked 130 files"), finished
    trees.assert_same(trees.record(space / "back"), trees.record(space / "source"))


def test_small_files_take_whole_blocks(haul, space):
    make.files(space / "source", 2000, biggest=100)
    haul.run("pack", space / "source", space / "out", code=0)
    text = MOUNT + UNPACK + '; echo "first: $?"; find "$PLACE/back" -mindepth 1'
    finished = script(haul, space, text, SIZE="4m")
    assert_refused(finished)
    assert finished.out == "first: 7\n", finished


def test_what_is_there_already_needs_no_room(haul, space, packed):
    text = MOUNT + f'{UNPACK} && head -c 500k /dev/zero >"$PLACE/other" && {UNPACK}'
    script(haul, space, text, SIZE="5m", code=0)


@pytest.mark.parametrize("lost", ["", 'rm -r "$XDG_STATE_HOME"'])
def test_what_an_earlier_run_did_needs_no_room(haul, space, packed, lost):
    text = MOUNT + f'HAUL_FAULT=kill:unpack.close.after_symlinks {UNPACK}; head -c 500k /dev/zero >"$PLACE/other"; {lost}\n{UNPACK}'
    script(haul, space, text, SIZE="5m", code=0)


def test_only_what_is_wanted_counts(haul, space, packed):
    text = MOUNT + UNPACK + ' --include "folder 1/"'
    assert "Unpacked 19 files" in script(haul, space, text, SIZE="3m", code=0).out
    assert_refused(script(haul, space, text.replace("folder 1/", "*.bin"), SIZE="3m", code=7))


def test_others_fill_the_disk_meanwhile(haul, space, packed):
    """The check before each run."""
    text = MOUNT + f'''
        HAUL_FAULT=hold:unpack.after_claim HAUL_FAULT_HOLD="$SPACE/held" {UNPACK} & child=$!
        until [ -e "$SPACE/held" ]; do sleep 0.01; kill -0 $child || exit 98; done
        head -c 6m /dev/zero >"$PLACE/other"
        rm "$SPACE/held"; wait $child; echo "first: $?"
        rm "$PLACE/other"; {UNPACK}'''
    finished = script(haul, space, text, SIZE="8m", code=0)
    assert_refused(finished)
    assert finished.out.startswith("first: 7\nUnpacked 130 files"), finished


@pytest.mark.parametrize(("size", "code"), [("3m", 7), ("7m", 0)])
def test_a_file_that_is_replaced_is_there_until_the_new_one_is_whole(haul, space, size, code):
    make.file(space / "source" / "large", bytes(1) + b"x" * 2_000_000)
    haul.run("pack", space / "source", space / "out", code=0)
    text = MOUNT + 'mkdir "$PLACE/back"; head -c 2000001 /dev/zero >"$PLACE/back/large"; ' + UNPACK + " --if-exists overwrite"
    finished = script(haul, space, text, SIZE=size, code=code)
    assert code == 0 or re.search(REFUSED, finished.err), finished


def test_files_with_holes_fit_if_told_so(haul, space):
    make.file(space / "source" / "disk.img", b"start" + bytes(40_000_000))
    haul.run("pack", space / "source", space / "out", code=0)
    finished = script(haul, space, MOUNT + UNPACK, SIZE="4m", code=7)
    assert_refused(finished)
    assert "--no-space-check" in finished.err
    script(haul, space, MOUNT + UNPACK + ' --no-space-check && cmp "$SPACE/source/disk.img" "$PLACE/back/disk.img"', SIZE="4m", code=0)


def test_a_foreign_archive(haul, space, packed):
    finished = script(haul, space, MOUNT + '"$HAUL" unpack "$SPACE/out/source/part-00001.zip" "$PLACE/back"; find "$PLACE/back" -mindepth 1', SIZE="500k")
    assert_refused(finished)
    assert finished.out == ""
