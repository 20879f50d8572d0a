"""An unpack that was killed, and what it finds when it goes on: other archives, damage from before, a ledger that is lost."""

import signal

import pytest
from harness import make, sets, zips
from harness.program import interrupt_at, wait, wait_until_stopped
from harness.zips import Entry


def archive(letter: str, count: int) -> bytes:
    return zips.build([Entry(f"{letter}/{number:04}".encode(), f"{letter} {number}".encode()) for number in range(count)])


def files(folder) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_an_archive_came_in_front(haul, space):
    make.file(space / "zips" / "b.zip", archive("b", 120))
    command = ["unpack", space / "zips", space / "back"]
    haul.killed_at("unpack.batch.after_write", *command, code=-9)
    make.file(space / "zips" / "a.zip", archive("a", 500))
    haul.run(*command, code=0)
    assert files(space / "back") == 620 and sets.remains(space / "back") == []


@pytest.mark.parametrize("point", ["unpack.batch.before_write", "unpack.close.after_symlinks"])
def test_an_archive_was_replaced_by_a_smaller_one(haul, space, point):
    make.file(space / "x.zip", archive("x", 500))
    command = ["unpack", space / "x.zip", space / "back"]
    haul.killed_at(point, *command, code=-9)
    make.file(space / "x.zip", archive("y", 3), make.OLD + 5_000_000_000)
    haul.run(*command, code=0)
    assert files(space / "back" / "y") == 3 and sets.remains(space / "back") == []


def test_the_last_archive_went(haul, space):
    make.file(space / "zips" / "a.zip", archive("a", 5))
    make.file(space / "zips" / "b.zip", archive("b", 5))
    command = ["unpack", space / "zips", space / "back", "--jobs", "1"]
    haul.killed_at("unpack.batch.before_write", *command, code=-9)
    (space / "zips" / "b.zip").unlink()
    haul.run(*command, code=0)
    assert files(space / "back") == 5 and sets.remains(space / "back") == []


def test_the_same_archives_are_not_begun_again(haul, space):
    make.file(space / "zips" / "a.zip", archive("a", 50))
    make.file(space / "zips" / "b.zip", archive("b", 50))
    command = ["unpack", space / "zips", space / "back"]
    haul.killed_at("unpack.close.after_symlinks", *command, code=-9)
    finished = haul.run(*command, code=0)
    assert "looked at again" not in finished.err, finished


def test_damage_from_before_an_interruption_still_ends_with_5(haul, space):
    make.file(space / "x.zip", zips.build([Entry(b"bad", b"x" * 100, crc=1), Entry(b"good", b"good")]))
    command = ["unpack", space / "x.zip", space / "back"]
    assert wait(interrupt_at(haul, "unpack.batch.after_write", *command)).code == 130
    finished = haul.run(*command, code=5)
    assert "1 member or archive is damaged" in finished.err, finished
    assert (space / "back" / "good").read_bytes() == b"good" and not (space / "back" / "bad").exists()


def test_a_private_file_is_private_while_it_is_unpacked(haul, space):
    make.file(space / "source" / "secret", bytes(9 << 20), mode=0o600)
    make.file(space / "source" / "public", bytes(9 << 20), mode=0o644)
    haul.run("pack", space / "source", space / "out", code=0)
    child = haul.start("unpack", space / "out" / "source", space / "back", env={"HAUL_FAULT": "stop:unpack.large.before_finish:2"})
    wait_until_stopped(child)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (space / "back" / ".haul" / "tmp").iterdir()}
    child.send_signal(signal.SIGCONT)
    assert wait(child).code == 0
    assert list(modes.values()) == [0o600], modes
    assert (space / "back" / "public").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("rule", ["fail", "newer"])
def test_our_own_files_are_known_without_the_ledger(haul, space, rule):
    make.file(space / "zips" / "a.zip", archive("a", 50))
    make.file(space / "zips" / "b.zip", archive("b", 50))
    command = ["unpack", space / "zips", space / "back", "--if-exists", rule]
    haul.killed_at("unpack.close.after_symlinks", *command, code=-9)
    for ledger in haul.state.rglob("ledger.sqlite*"):
        ledger.unlink()
    # Units of several workers get other ids in another run.
    for lists in (space / "back" / ".haul" / "batches").iterdir():
        lists.rename(lists.with_name("9" + lists.name))
    finished = haul.run(*command, code=0)
    assert "skipped" not in finished.err.lower(), finished
    assert files(space / "back") == 100 and sets.remains(space / "back") == []
