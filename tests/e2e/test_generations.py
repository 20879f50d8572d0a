"""Sets of several generations: what a later part replaced, and what is gone, is in no answer any more."""

import json
import os

import pytest
from harness import generations, make, sets, trees
from harness.program import NOBODY

PART = "part-00001.zip"
OLDER, NEWER = make.OLD, make.OLD + 5_000_000_000


def first(space):
    source = space / "first" / "set"
    make.file(source / "changed", b"old contents", OLDER)
    make.file(source / "gone", b"gone", OLDER)
    make.file(source / "gone folder" / "inside", b"gone too", OLDER)
    make.file(source / "stays", b"stays", OLDER)
    make.file(source / "was a file", b"a file", OLDER)
    (source / "was a link").symlink_to("stays")
    (source / "was empty").mkdir()
    os.utime(source, ns=(OLDER, OLDER))
    return source


def second(space):
    """What a later run would pack: new and changed members alone."""
    source = space / "second" / "set"
    make.file(source / "changed", b"new contents, and longer", NEWER)
    make.file(source / "new", b"new", NEWER)
    make.file(source / "was a file" / "inside", b"a folder now", NEWER)
    make.file(source / "was a link", b"a file now", NEWER)
    make.file(source / "was empty" / "file", b"not empty", NEWER)
    return source


SUPERSEDED = [".", "changed", "was a file", "was a link", "was empty"]
GONE = ["gone", "gone folder", "gone folder/inside"]


def now(space):
    """The source as it is now: the first, changed to the second."""
    source = space / "now" / "set"
    for name in ("changed", "new", "was a file/inside", "was a link", "was empty/file"):
        make.file(source / name, (space / "second" / "set" / name).read_bytes(), NEWER)
    make.file(source / "stays", b"stays", OLDER)
    return source


@pytest.fixture
def a_set(haul, space):
    """Two generations; of the first, two thirds are replaced or gone."""
    haul.run("pack", first(space), space / "out", code=0)
    haul.run("pack", second(space), space / "later", code=0)
    generations.add(space / "out" / "set", space / "later" / "set", [(path, PART) for path in SUPERSEDED],
                    [(path, PART) for path in GONE],
                    {"files": 6, "folders": 0, "symlinks": 0, "folder_lines": 3, "bytes": 63})
    return space / "out" / "set"


def listed(haul, a_set) -> dict[str, str]:
    """Path -> part; a path that is listed twice fails."""
    lines = [json.loads(line) for line in haul.run("ls", "--json", a_set, code=0).out.splitlines()]
    found = {line["path"]: line["part"] for line in lines}
    assert len(found) == len(lines), lines
    return found


def test_ls_lists_each_path_once(haul, space, a_set):
    wanted = {path.decode() for path in trees.record(now(space))}
    found = listed(haul, a_set)
    assert set(found) == wanted
    assert [path for path, part in found.items() if part == PART] == ["stays"]
    for pattern in GONE:
        haul.run("ls", a_set, pattern, code=4)


def test_cat_gives_the_newer_one(haul, a_set):
    assert haul.run("cat", a_set, "changed", code=0).out == "new contents, and longer"
    assert haul.run("cat", a_set, "was a link", code=0).out == "a file now"
    assert haul.run("cat", a_set, "stays", code=0).out == "stays"
    for path in ("gone", "gone folder/inside"):
        assert haul.run("cat", a_set, path, code=4).out == ""


@pytest.mark.parametrize("jobs", ["1", "4"])
def test_unpack_brings_the_newer_ones_back(haul, space, a_set, jobs):
    finished = haul.run("unpack", a_set, space / "back", "--jobs", jobs, "--json", code=0)
    back, wanted = trees.record(space / "back"), trees.record(now(space))
    folders = [path for path, entry in wanted.items() if entry.kind == "folder"]
    for path in folders:  # those of `now` were made by this test, at a time of their own
        wanted[path] = back[path]
    trees.assert_same(back, wanted)
    assert finished.events()[-1]["totals"]["files"] == 6


@pytest.mark.parametrize("how", [[], ["--quick"]])
def test_verify_takes_it(haul, a_set, how):
    haul.run("verify", a_set, *how, code=0)


def test_verify_against_the_source_as_it_is_now(haul, space, a_set):
    source = now(space)
    haul.run("verify", a_set, "--against", source, code=0)
    make.file(source / "gone", b"gone", OLDER)
    finished = haul.run("verify", a_set, "--against", source, "--json", code=5)
    assert [finding["path"] for finding in finished.events()[-1]["findings"]] == ["gone"], finished


def test_verify_reads_what_no_longer_counts_too(haul, a_set):
    """Its bytes lie in a part that other members need."""
    member = next(one for one in sets.manifest(a_set / PART)[1] if one["path"] == "gone")
    with open(a_set / PART, "r+b") as out:
        out.seek(member["offset"])
        out.write(b"X")
    finished = haul.run("verify", a_set, code=5)
    assert f"byte {member['offset']}" in finished.out and "gone" in finished.out


def test_damage_of_what_no_longer_counts_keeps_nothing_back(haul, space, a_set):
    member = next(one for one in sets.manifest(a_set / PART)[1] if one["path"] == "changed")
    with open(a_set / PART, "r+b") as out:
        out.seek(member["offset"])
        out.write(b"X")
    haul.run("unpack", a_set, space / "back", code=0)
    assert (space / "back" / "changed").read_bytes() == b"new contents, and longer"
    assert haul.run("cat", a_set, "changed", code=0).out == "new contents, and longer"


def test_a_record_that_does_not_say_what_is_superseded(haul, space):
    """Against the rule (F22): whichever comes back, it is said by name that there are two."""
    haul.run("pack", make.file(space / "1" / "set" / "twice", b"old", OLDER).parent, space / "out", code=0)
    haul.run("pack", make.file(space / "2" / "set" / "twice", b"newer", NEWER).parent, space / "later", code=0)
    folder = space / "out" / "set"
    generations.add(folder, space / "later" / "set", [], [])
    assert haul.run("cat", folder, "twice", code=0).out == "newer"
    finished = haul.run("unpack", folder, space / "back", code=3)
    assert "twice" in finished.out and (space / "back" / "twice").read_bytes() in (b"old", b"newer")


@pytest.mark.parametrize("change", [False, True])
def test_packing_again_compares_with_what_counts(haul, space, change):
    source = space / "set"
    for path, data, when in [("same", b"same", OLDER), ("changed", b"old", OLDER), ("gone", b"gone", OLDER)]:
        make.file(source / path, data, when)
    haul.run("pack", source, space / "out", code=0)
    later = make.file(space / "later source" / "set" / "changed", b"newer", NEWER)
    haul.run("pack", later.parent, space / "later", code=0)
    make.file(source / "changed", b"newer", NEWER)
    (source / "gone").unlink()
    folder = space / "out" / "set"
    generations.add(folder, space / "later" / "set", [("changed", PART), (".", PART)], [("gone", PART)],
                    {"files": 2, "folder_lines": 1, "bytes": 9})
    before = sets.files_of(folder)
    if change:
        make.file(source / "same", b"not so", NEWER)
    finished = haul.run("pack", source, space / "out", "--state", space / "another", code=2 if change else 0)
    assert ("same" in finished.err) == change
    assert sets.files_of(folder) == before


def test_a_second_generation_of_the_programs_own(haul, space):
    """What could not be read at first is in a part of the second one; all looks see both."""
    source = make.files(space / "set", 20)
    make.file(source / "folder 2" / "secret", b"not for all", mode=0o600)
    for place in (space, space / "out", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)
    haul.run("pack", source, space / "out", before=NOBODY, code=3)
    folder = space / "out" / "set"
    haul.run("cat", folder, "folder 2/secret", code=4)
    (source / "folder 2" / "secret").chmod(0o644)
    haul.run("pack", source, space / "out", before=NOBODY, code=0)
    assert len(sets.parts(folder)) == 2 and sets.set_record(folder, 2)["generation"] == 2
    found = listed(haul, folder)
    assert set(found) == {path.decode() for path in trees.record(source)}
    assert [path for path, part in found.items() if part != PART] == ["folder 2/secret"]
    assert haul.run("cat", folder, "folder 2/secret", code=0).out == "not for all"
    haul.run("verify", folder, "--against", source, code=0)
    haul.run("unpack", folder, space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))
