"""What cannot be put there is told, and never passes for restored."""

import stat

import pytest
from harness import make, zips
from harness.zips import Entry


@pytest.mark.parametrize("rule", ["same", "fail", "newer", "overwrite"])
def test_a_folder_at_a_files_name(haul, space, rule):
    make.file(space / "source" / "plain", b"plain")
    haul.run("pack", space / "source", space / "out", code=0)
    (space / "back" / "plain").mkdir(parents=True)
    finished = haul.run("unpack", space / "out" / "source", space / "back", "--if-exists", rule, code=3)
    assert "plain" in finished.err and (space / "back" / "plain").is_dir(), finished


@pytest.mark.parametrize("kind", [stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFCHR, stat.S_IFBLK])
def test_special_files_of_a_foreign_zip_are_skipped_and_told(haul, space, kind):
    make.file(space / "x.zip", zips.build([Entry(b"special", b"", mode=kind | 0o644), Entry(b"plain", b"plain")]))
    finished = haul.run("unpack", space / "x.zip", space / "back", code=0)
    assert "special" in finished.err and "FIFO" in finished.err, finished
    assert [path.name for path in (space / "back").iterdir()] == ["plain"]
