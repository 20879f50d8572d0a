"""--include and --exclude: the first that matches decides, in the order given; who gets nothing is told."""

import os

import pytest
from harness import make, sets


@pytest.fixture
def source(space):
    root = space / "source"
    for name in ("a", "b/x", "b/deep/y", "c/z", "cache/k", "cache/p.jpg"):
        make.file(root / name, name.encode())
    (root / "b" / "deep").chmod(0o750)
    return root


def packed(haul, space, source, *words) -> tuple[list[str], str]:
    finished = haul.run("pack", source, space / "out", *words, code=0)
    found = [os.fsdecode(sets.path_of(member)) for part in sets.parts(space / "out" / "source") for member in sets.manifest(part)[1]]
    return sorted(found), finished.err


@pytest.mark.parametrize("words, wanted", [
    (["--include", "b/**", "--exclude", "**"], [".", "b", "b/deep", "b/deep/y", "b/x"]),
    (["--include", "b/deep/", "--exclude", "*"], [".", "b", "b/deep", "b/deep/y"]),
    (["--include", "b/d*/y", "--exclude", "b"], [".", "b", "b/deep", "b/deep/y"]),
    (["--include", "*.jpg", "--exclude", "cache"], [".", "cache", "cache/p.jpg"]),
    (["--exclude", "cache", "--include", "*.jpg"], ["."]),
    (["--exclude", "b", "--include", "b/**", "--include", "a"], [".", "a"]),
    (["--exclude", "cache"], [".", "a", "b", "b/deep", "b/deep/y", "b/x", "c", "c/z"]),
])
def test_the_first_rule_that_matches_decides(haul, space, source, words, wanted):
    assert packed(haul, space, source, *words)[0] == wanted
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


@pytest.mark.parametrize("words", [["--include", "b"], ["--include", "./a"], ["--min-size", "1GB"], ["--include", "a", "--exclude", "**", "--max-size", "0"]])
def test_a_pack_of_nothing_is_told(haul, space, source, words):
    names, said = packed(haul, space, source, *words)
    assert names == ["."] and f"nothing matched {words[0]}" in said


def test_an_empty_list_is_told(haul, space, source):
    names, said = packed(haul, space, source, "--files-from", make.file(space / "names", b""))
    assert names == ["."] and "nothing matched --files-from" in said


def test_an_empty_source_is_no_surprise(haul, space):
    (space / "source").mkdir()
    assert "nothing matched" not in packed(haul, space, space / "source")[1]


def test_an_unpack_of_nothing_is_told(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    assert "nothing matched --include zzz" in haul.run("unpack", space / "out" / "source", space / "back", "--include", "zzz", code=0).err
    assert "nothing matched" not in haul.run("unpack", space / "out" / "source", space / "more", "--include", "a", code=0).err


def test_a_list_with_the_line_ends_of_windows(haul, space, source):
    finished = haul.run("pack", source, space / "out", "--files-from", make.file(space / "names", b"a\r\nnone\r\n"), code=3)
    assert finished.err.count("Unix line ends") == 1
