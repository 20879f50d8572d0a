"""What an unpack counts: files, folders and symlinks apart, as pack does, the same in the summary, the events and a dry run."""

import subprocess

import pytest
from harness import make, zips
from harness.zips import Entry

FILES = 40


@pytest.fixture
def packed(haul, space):
    make.files(space / "source", FILES, biggest=3000)
    for number in range(5):
        (space / "source" / f"empty {number}").mkdir()
    (space / "source" / "second link").symlink_to("link")
    events = haul.run("pack", space / "source", space / "out", "--part-size", "30kB", "--json", code=0).events()
    return space / "out" / "source", events[-1]["totals"]


def amounts(finished, event: str) -> list[tuple[int, int]]:
    return [(one["files"], one["bytes"]) for one in finished.events() if one["event"] == event]


def test_kinds_are_counted_apart_as_pack_counts_them(haul, space, packed):
    source, made = packed
    finished = haul.run("unpack", source, space / "back", "--json", code=0)
    totals = finished.events()[-1]["totals"]
    kinds = ("files", "folders", "symlinks", "bytes")
    assert {kind: totals[kind] for kind in kinds} == {kind: made[kind] for kind in kinds}
    assert totals["files"] == FILES and totals["folders"] == 6 and totals["symlinks"] == 2, totals
    assert amounts(finished, "total")[-1] == amounts(finished, "progress")[-1] == (FILES, totals["bytes"])
    assert amounts(finished, "job_finished") == [(FILES, totals["bytes"])]


def test_a_dry_run_counts_the_same(haul, space, packed):
    source, made = packed
    totals = haul.run("unpack", source, space / "back", "--dry-run", "--json", code=0).events()[-1]["totals"]
    assert (totals["files"], totals["folders"], totals["symlinks"], totals["bytes"]) == (FILES, 6, 2, made["bytes"])
    assert f"Would unpack {FILES} files" in haul.run("unpack", source, space / "back", "--dry-run", code=0).out


def test_the_total_is_of_what_is_wanted(haul, space, packed):
    finished = haul.run("unpack", packed[0], space / "back", "--include", "file-0000[0-4].bin", "--json", code=0)
    assert amounts(finished, "total")[-1] == amounts(finished, "progress")[-1], finished
    assert amounts(finished, "total")[-1][0] == 5


def test_foreign_archives_have_a_total_too(haul, space):
    entries = [Entry(b"folder/", mode=0o40755), Entry(b"folder/a", b"aaa"), Entry(b"link", b"folder/a", mode=0o120777), Entry(b"b", b"b")]
    make.file(space / "x.zip", zips.build(entries))
    finished = haul.run("unpack", space / "x.zip", space / "back", "--json", code=0)
    assert amounts(finished, "total") == [(2, 4)] and amounts(finished, "progress")[-1] == (2, 4)
    totals = finished.events()[-1]["totals"]
    assert (totals["files"], totals["folders"], totals["symlinks"], totals["bytes"]) == (2, 1, 1, 4)


def test_what_earlier_runs_did_is_in_the_progress(haul, space, packed):
    source, made = packed
    haul.killed_at("unpack.close.after_symlinks", "unpack", source, space / "back", code=-9)
    finished = haul.run("unpack", source, space / "back", "--json", code=0)
    assert amounts(finished, "progress")[-1] == amounts(finished, "total")[-1] == (FILES, made["bytes"])
    assert finished.events()[-1]["totals"]["files"] == FILES
    subprocess.run(["diff", "-r", "--no-dereference", space / "source", space / "back"], check=True)
