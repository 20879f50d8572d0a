"""What unpack takes for a set, for ZIPs, and for neither."""

import shutil
import struct
import time

import pytest
from harness import make, sets, zips
from harness.zips import Entry


def test_a_set_in_the_making_is_no_folder_of_zips(haul, space):
    """Its parts alone would unpack without a word of the files that are missing."""
    make.files(space / "source", 60)
    haul.killed_at("pack.part.before_publish", "pack", space / "source", space / "out", "--part-size", "100kB", nth=3, code=-9)
    left = space / "out" / "source"
    shutil.rmtree(left / ".haul")
    assert sets.parts(left) and not list(left.glob("haul-*.json")) and not (left / ".haul").exists()
    finished = haul.run("unpack", left, space / "back", code=4)
    assert "not complete" in finished.err, finished
    assert not (space / "back").exists()


def test_parts_without_their_manifests_are_zips_like_others(haul, space):
    source = make.files(space / "source", 30)
    haul.run("pack", source, space / "out", "--part-size", "100kB", code=0)
    for path in [*(space / "out" / "source").glob("*.jsonl.zst"), *(space / "out" / "source").glob("*.json")]:
        path.unlink()
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    assert (space / "back" / "link").is_symlink()


@pytest.mark.parametrize("name", ["archive.cbz", "archive", "archive.zip"])
def test_a_zip_of_any_name(haul, space, name):
    make.file(space / name, zips.build([Entry(b"page", b"page")]))
    haul.run("unpack", space / name, space / "back", code=0)
    assert (space / "back" / "page").read_bytes() == b"page"


def test_a_file_that_is_no_zip(haul, space):
    make.file(space / "notes.txt", b"notes")
    finished = haul.run("unpack", space / "notes.txt", space / "back", code=5)
    assert "notes.txt" in finished.err, finished
    finished = haul.run("unpack", space / "not-there", space / "back", code=4)
    assert "not-there" in finished.err, finished


def ntfs(ticks: int) -> bytes:
    """Extra field of times: 100 ns since 1601."""
    return struct.pack("<HHIHHQQQ", 0x000A, 32, 0, 1, 24, ticks, 0, 0)


def test_times_that_64_bits_of_nanoseconds_cannot_say(haul, space):
    usual = (make.OLD // 1_000_000_000 + 11_644_473_600) * 10_000_000
    entries = [Entry(b"early", b"x", extra=ntfs(1)), Entry(b"late", b"x", extra=ntfs(2**63 - 1)),
               Entry(b"latest", b"x", extra=ntfs(2**64 - 1)), Entry(b"usual", b"x", extra=ntfs(usual))]
    make.file(space / "times.zip", zips.build(entries))
    began = int(time.time())
    haul.run("unpack", space / "times.zip", space / "back", code=0)
    assert (space / "back" / "usual").stat().st_mtime_ns == make.OLD // 1_000_000_000 * 1_000_000_000
    for name in ("early", "late", "latest"):
        assert began - 1 <= (space / "back" / name).stat().st_mtime <= time.time() + 1, "a time that cannot be said is left out"
