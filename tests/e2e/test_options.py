"""What the options of pack and unpack select and change."""

import os

import pytest
from harness import make, sets, trees


@pytest.fixture
def source(space):
    root = space / "source"
    make.file(root / "keep.txt", b"keep")
    make.file(root / "drop.tmp", b"drop it")
    make.file(root / "cache" / "inner.txt", b"inner")
    make.file(root / "new.txt", b"new", 1_900_000_000_000_000_000)
    make.file(root / "large.txt", b"l" * 5000)
    (root / "empty").mkdir()
    (root / "link").symlink_to("keep.txt")
    (root / "link to folder").symlink_to("cache")
    return root


def packed_names(haul, space, source, *options):
    haul.run("pack", source, space / "out", *options, code=0)
    haul.run("verify", space / "out" / "source", code=0)
    return sorted(name for part in sets.parts(space / "out" / "source") for name in sets.names(part))


ALL = ["cache/inner.txt", "drop.tmp", "keep.txt", "large.txt", "link", "link to folder", "new.txt"]


def less(*names):
    return [name for name in ALL if name not in names]


@pytest.mark.parametrize("options, expected", [
    ([], ALL),
    (["--exclude", "*.tmp"], less("drop.tmp")),
    (["--exclude", "cache/**"], less("cache/inner.txt")),
    (["--max-size", "4kB"], less("large.txt")),
    (["--symlinks", "skip"], less("link", "link to folder")),
])
def test_filters(haul, space, source, options, expected):
    names = packed_names(haul, space, source, *options)
    assert [name for name in names if not name.endswith("/")] == expected


@pytest.mark.parametrize("folders, expected", [("empty", ["empty/"]), ("all", ["cache/", "empty/"])])
def test_folders(haul, space, source, folders, expected):
    names = packed_names(haul, space, source, "--folders", folders)
    assert [name for name in names if name.endswith("/") and name != "./"] == expected


def test_include_takes_only_what_fits(haul, space, source):
    names = packed_names(haul, space, source, "--include", "*.txt")
    assert "keep.txt" in names and "drop.tmp" not in names


def test_min_size(haul, space, source):
    names = packed_names(haul, space, source, "--min-size", "7")
    assert "large.txt" in names and "drop.tmp" in names and "keep.txt" not in names


def test_newer(haul, space, source):
    names = packed_names(haul, space, source, "--newer", "2026-01-01")
    assert "new.txt" in names and "keep.txt" not in names


def test_files_from(haul, space, source):
    (space / "list").write_text("keep.txt\ncache/inner.txt\n")
    names = packed_names(haul, space, source, "--files-from", space / "list")
    assert [n for n in names if not n.endswith("/")] == ["cache/inner.txt", "keep.txt"]


def test_follow_symlinks(haul, space, source):
    names = packed_names(haul, space, source, "--symlinks", "follow")
    assert "link to folder/inner.txt" in names
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    assert not (space / "back" / "link").is_symlink() and (space / "back" / "link").read_bytes() == b"keep"


@pytest.mark.parametrize("digest", ["xxh128", "sha256", "md5", "none"])
def test_digest(haul, space, source, digest):
    import hashlib
    haul.run("pack", source, space / "out", "--digest", digest, code=0)
    haul.run("verify", space / "out" / "source", code=0)
    members = [m for part in sets.parts(space / "out" / "source") for m in sets.manifest(part)[1]]
    kept = next(m for m in members if m.get("path") == "keep.txt")
    if digest == "none":
        assert "digest" not in kept
    else:
        assert kept["digest"].startswith(digest + ":")
    if digest in ("sha256", "md5"):
        assert kept["digest"] == f"{digest}:{hashlib.new(digest, b'keep').hexdigest()}"


def test_verify_full_reads_back(haul, space, source):
    haul.run("pack", source, space / "out", "--verify", "full", code=0)


def test_small_memory(haul, space):
    make.with_large_one(space / "big", 50, megabytes=60)
    haul.run("pack", space / "big", space / "out", "--memory", "64MiB", "--jobs", "4", "--part-size", "20MB", code=0)
    haul.run("unpack", space / "out" / "big", space / "back", "--memory", "64MiB", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(space / "big"))


def test_estimate_writes_nothing(haul, space, source):
    before = sorted(os.listdir(space))
    finished = haul.run("estimate", source, space / "out", code=0)
    assert sorted(set(os.listdir(space)) - {"state-home"}) == before
    assert not list((space / "state-home").rglob("*.sqlite"))
    events = haul.run("estimate", source, space / "out", "--json", code=0).events()
    assert events[-1]["files"] == 5 and finished.out.strip()


@pytest.fixture
def a_set(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    return space / "out" / "source"


def test_unpack_again_does_nothing(haul, space, source, a_set):
    for _ in range(2):
        haul.run("unpack", a_set, space / "back", code=0)
        trees.assert_same(trees.record(space / "back"), trees.record(source))


@pytest.mark.parametrize("how, code, text", [
    ("same", 3, b"mine"), ("fail", 3, b"mine"), ("overwrite", 0, b"keep"), ("newer", 0, b"mine")])
def test_if_exists(haul, space, a_set, how, code, text):
    make.file(space / "back" / "keep.txt", b"mine", 1_950_000_000_000_000_000)
    finished = haul.run("unpack", a_set, space / "back", "--if-exists", how, code=code)
    assert (space / "back" / "keep.txt").read_bytes() == text
    assert code == 0 or "keep.txt" in finished.err
    assert (space / "back" / "large.txt").exists()


def test_setuid_comes_back_only_with_owner(haul, space):
    make.file(space / "source" / "program", b"x", mode=0o4755)
    os.chown(space / "source" / "program", 1234, 4321)
    (space / "source" / "program").chmod(0o4755)
    haul.run("pack", space / "source", space / "out", code=0)
    haul.run("unpack", space / "out" / "source", space / "plain", code=0)
    haul.run("unpack", space / "out" / "source", space / "owned", "--owner", code=0)
    plain, owned = (space / "plain" / "program").stat(), (space / "owned" / "program").stat()
    assert (plain.st_mode & 0o7777, plain.st_uid) == (0o755, os.getuid())
    assert (owned.st_mode & 0o7777, owned.st_uid, owned.st_gid) == (0o4755, 1234, 4321)
