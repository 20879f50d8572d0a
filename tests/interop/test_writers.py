"""Archives of other writers, stored and deflated, unpacked by us: the same contents, and times to the second."""

from dataclasses import replace
from pathlib import Path

import pytest
import tools
from harness import make, trees

# Writer -> command over (archive, source); run in the source.
WRITERS = {
    "zip-stored": lambda archive, source: tools.run("zip", "-q0r", archive, ".", cwd=source),
    "zip-deflated": lambda archive, source: tools.run("zip", "-q9r", archive, ".", cwd=source),
    "zip-no-extra": lambda archive, source: tools.run("zip", "-qXr", archive, ".", cwd=source),
    "python-stored": lambda archive, source: python(archive, source, 0),
    "python-deflated": lambda archive, source: python(archive, source, 8),
    "java-stored": lambda archive, source: java(archive, source, "stored"),
    "java-deflated": lambda archive, source: java(archive, source, "deflated"),
    "go-stored": lambda archive, source: tools.run(tools.go(), "write", "stored", archive, source),
    "go-deflated": lambda archive, source: tools.run(tools.go(), "write", "deflated", archive, source),
    "7z-stored": lambda archive, source: tools.run("7z", "a", "-tzip", "-mx0", "-bso0", "-bsp0", archive, ".", cwd=source),
    "7z-deflated": lambda archive, source: tools.run("7z", "a", "-tzip", "-mx5", "-bso0", "-bsp0", archive, ".", cwd=source),
    "bsdtar": lambda archive, source: tools.run("bsdtar", "--format", "zip", "-cf", archive, ".", cwd=source),
    "bsdtar-stored": lambda archive, source: tools.run(
        "bsdtar", "--format", "zip", "--options", "zip:compression=store", "-cf", archive, ".", cwd=source),
}


def python(archive: Path, source: Path, method: int) -> None:
    import zipfile
    with zipfile.ZipFile(archive, "w", method) as out:
        for path in sorted(source.rglob("*")):
            out.write(path, path.relative_to(source))


def java(archive: Path, source: Path, method: str) -> None:
    tools.run(*tools.java("WriteZip", "writers"), method, archive, source)


@pytest.fixture
def source(space):
    root = make.files(space / "source", 40)
    (root / "link").unlink()  # not every writer keeps symlinks
    make.file(root / "zeros", bytes(3_000_000))
    make.file(root / "text.txt", b"the same line again and again\n" * 50_000)
    make.file(root / "umlaut äöü 日本.txt", b"name")
    make.file(root / "empty")
    return root


def contents(entries: trees.Record) -> trees.Record:
    """Kinds and contents; writers differ in what else they keep."""
    return {path: replace(entry, mode=0, mtime_ns=0) for path, entry in entries.items() if path != b"."}


@pytest.mark.parametrize("writer", WRITERS)
def test_foreign_archive_unpacks(haul, space, source, writer):
    archive = space / "foreign.zip"
    WRITERS[writer](archive, source)
    haul.run("unpack", archive, space / "back", code=0)
    ours, theirs = trees.record(space / "back"), trees.record(source)
    trees.assert_same(contents(ours), contents(theirs))
    # DOS times count two seconds and know no zone, hence a day's grace where a writer keeps nothing better.
    for path, entry in theirs.items():
        if entry.kind == "file":
            assert abs(ours[path].mtime_ns - entry.mtime_ns) < 86_400e9, path


def test_symlinks_and_modes_of_info_zip(haul, space):
    root = make.files(space / "source", 5)
    make.file(root / "program", b"#!/bin/sh\n", mode=0o755)
    tools.run("zip", "-qyr", space / "foreign.zip", ".", cwd=root)
    haul.run("unpack", space / "foreign.zip", space / "back", code=0)
    back = trees.record(space / "back")
    assert back[b"link"].content == trees.record(root)[b"link"].content
    assert back[b"program"].mode == 0o755
    assert back[b"program"].mtime_ns == make.OLD // 10**9 * 10**9


def test_a_folder_of_archives(haul, space):
    make.files(space / "one" / "a", 10, seed=1)
    make.files(space / "two" / "b", 10, seed=2)
    (space / "zips").mkdir()
    for name in ("one", "two"):
        tools.run("zip", "-qyr", space / "zips" / f"{name}.zip", ".", cwd=space / name)
    haul.run("unpack", space / "zips", space / "back", code=0)
    back = contents(trees.record(space / "back"))
    expected = contents({**trees.record(space / "one"), **trees.record(space / "two")})
    trees.assert_same(back, expected)
