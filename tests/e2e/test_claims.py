"""A destination belongs to one job at a time; who finds it taken is told, and harms nothing."""

import signal
import time

import pytest
from harness import make, sets, trees
from harness.program import wait, wait_until_stopped

POINT = "pack.part.before_publish"
OTHER = {"HAUL_TEST_MACHINE_ID": "0123456789abcdef0123456789abcdef"}


@pytest.fixture
def source(space):
    return make.files(space / "source", 20)


def stopped(haul, source, space, *more, env=None):
    child = haul.start("pack", source, space / "out", *more, env={**(env or {}), "HAUL_FAULT": f"stop:{POINT}"})
    wait_until_stopped(child)
    return child


def go_on(child):
    child.send_signal(signal.SIGCONT)
    return wait(child)


def assert_whole(haul, space, source):
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    assert sets.remains(space / "out") == []


def test_same_job_twice_at_once(haul, space, source):
    first = stopped(haul, source, space)
    finished = haul.run("pack", source, space / "out", code=8)
    assert str(first.pid) in finished.err
    assert go_on(first).code == 0
    assert_whole(haul, space, source)


def test_same_set_from_another_state_folder(haul, space, source):
    first = stopped(haul, source, space)
    haul.run("pack", source, space / "out", "--state", space / "other-state", code=8)
    assert go_on(first).code == 0
    assert_whole(haul, space, source)


def test_another_source_into_a_set_at_work(haul, space, source):
    first = stopped(haul, source, space)
    make.files(space / "second", 5)
    finished = haul.run("pack", space / "second", space / "out", "--name", "source", code=2)
    assert str(source) in finished.err
    assert go_on(first).code == 0


def test_another_source_into_a_complete_set(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    before = sets.files_of(space / "out")
    make.files(space / "second", 5)
    haul.run("pack", space / "second", space / "out", "--name", "source", code=2)
    assert sets.files_of(space / "out") == before


def test_other_options_into_a_set_at_work(haul, space, source):
    first = stopped(haul, source, space)
    finished = haul.run("pack", source, space / "out", "--part-size", "50kB", code=2)
    assert "50" in finished.err
    assert go_on(first).code == 0


def test_two_jobs_side_by_side(haul, space, source):
    make.files(space / "second", 20, seed=2)
    children = [haul.start("pack", space / name, space / "out") for name in ("source", "second")]
    assert [wait(child).code for child in children] == [0, 0]
    for name in ("source", "second"):
        haul.run("verify", space / "out" / name, "--against", space / name, code=0)


@pytest.mark.parametrize("state", ["kept", "lost"])
def test_a_dead_owner_on_this_machine_is_followed_at_once(haul, space, source, state):
    haul.killed_at(POINT, "pack", source, space / "out", code=-9)
    more = ["--state", space / "fresh"] if state == "lost" else []
    assert haul.run("pack", source, space / "out", *more, code=0).seconds < 20
    assert_whole(haul, space, source)


def test_an_owner_on_another_machine_is_followed_after_the_timeout(haul, space, source):
    haul.killed_at(POINT, "pack", source, space / "out", env=OTHER, code=-9)
    again = ["pack", source, space / "out", "--state", space / "fresh", "--claim-timeout", "3s"]
    haul.run(*again, code=8)
    deadline = time.monotonic() + 30
    while haul.run(*again).code == 8:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert_whole(haul, space, source)


def test_an_owner_that_wakes_up_too_late_ends_with_8(haul, space, source):
    more = ["--claim-timeout", "2s"]
    first = stopped(haul, source, space, *more, env=OTHER)
    time.sleep(3)
    haul.run("pack", source, space / "out", "--state", space / "fresh", *more, code=0)
    after = sets.files_of(space / "out")
    assert go_on(first).code == 8
    assert sets.files_of(space / "out") == after
    assert_whole(haul, space, source)


def test_unpack_into_a_folder_at_work(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    make.files(space / "second", 5, seed=2)
    haul.run("pack", space / "second", space / "out", code=0)
    child = haul.start("unpack", space / "out" / "source", space / "back",
                       env={"HAUL_FAULT": "stop:unpack.after_claim"})
    wait_until_stopped(child)
    haul.run("unpack", space / "out" / "source", space / "back", code=8)
    haul.run("unpack", space / "out" / "second", space / "back", code=2)
    assert go_on(child).code == 0
    trees.assert_same(trees.record(space / "back"), trees.record(source))
