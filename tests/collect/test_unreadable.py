"""A file of this machine that cannot be read costs itself alone: it is set aside, and everything else is done."""

import os
import shutil
import socket

import pytest
from batch import accounts
from collecting import files

# Root as anybody else: without the right to read whatever it likes.
LIKE_OTHERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"]


def shut(path) -> None:
    path.chmod(0)


def removed(path) -> None:
    path.unlink()


def replaced_by_a_loop(path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def replaced_by_a_folder(path) -> None:
    path.unlink()
    path.mkdir()


def replaced_by_a_pipe(path) -> None:
    path.unlink()
    os.mkfifo(path)


def replaced_by_a_socket(path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


SPOILT = [(shut, "Permission denied"), (removed, "No such file"), (replaced_by_a_loop, "Too many levels"),
          (replaced_by_a_folder, "no file any more"), (replaced_by_a_pipe, "no file any more"), (replaced_by_a_socket, "No such device")]


@pytest.fixture
def place(space, speakers):
    return shutil.copytree(speakers, space / "in")


def collect_without(collector, bad, said) -> None:
    finished = collector.run(*collector.words(), before=LIKE_OTHERS, code=3, env=collector.quick)
    last = finished.events()[-1]
    failed, = last["units_set_aside"]
    assert str(bad) in failed["reason"] and said in failed["reason"] and "the same command tries it again" in failed["remedy"], failed
    assert last["totals"]["accepted"] == 2 and last["totals"]["left_out"] == {}
    assert not any(error["data_at_risk"] for error in accounts(finished.events()))
    assert len(collector.assert_sound()) == 2


def mend(bad, speakers) -> None:
    if bad.is_dir() and not bad.is_symlink():
        bad.rmdir()
    bad.unlink(missing_ok=True)
    shutil.copy2(speakers / bad.parent.name / bad.name, bad)


def spoil_and_mend(collector, speakers, bad, spoil, said) -> None:
    """A run without it, and one with it."""
    spoil(bad)
    collect_without(collector, bad, said)
    mend(bad, speakers)
    assert collector.collect()["accepted"] == 3
    collector.assert_sound()


@pytest.mark.parametrize("spoil, said", SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_a_file_that_cannot_be_read_is_set_aside_by_itself(collector, speakers, place, spoil, said):
    """Whatever became of it since it was found."""
    collector.write_plan(files(place))
    collector.collect("--phase", "search")
    collector.collect("--phase", "probe")
    spoil_and_mend(collector, speakers, place / "sanne" / "item-01.ogg", spoil, said)


@pytest.mark.parametrize("spoil, said", SPOILT[:3], ids=[spoil.__name__ for spoil, _ in SPOILT[:3]])
def test_a_channel_is_judged_by_the_files_that_can_be_read(collector, speakers, place, spoil, said):
    collector.write_plan(files(place))
    collector.collect("--phase", "search")
    spoil_and_mend(collector, speakers, place / "sanne" / "item-00.ogg", spoil, said)
