"""Killed at the points that only a disturbed run passes: checkpoints of a drain, and changed sources."""

import os
import shutil
import signal

import pytest
from harness import make, sets, trees
from harness.points import CORPORA, SERVICES, all_points
from harness.program import interrupt_at, wait, wait_until_stopped

# Where a Ctrl+C comes, so that the drain finds a part or a run half done: the fourth tile is in the middle of the large file.
DRAINED = {"pack.checkpoint.": "pack.part.before_send:4", "unpack.run.": "unpack.batch.before_write"}
CHANGED = ("pack.revision.", "pack.settle.")
# Passed by `haul cancel` alone.
CANCELLED = ("pack.abandon.",)
# Of `haul doctor`, which leaves no work behind: tests/e2e/test_doctor.py.
EXAMINED = ("doctor.",)
# Checkpoints as rare as for users: the one that is meant is that of the drain or the change.
RARE = {"HAUL_CHECKPOINT_MS": 2000}
STATES = ["kept", "lost"]


def points(*beginnings: str) -> list[str]:
    return [point for point in all_points() if point.startswith(beginnings)]


def test_every_point_is_passed(reached):
    """A point that no test passes would be killed nowhere."""
    passed = set().union(*reached.values()) | set(points(*DRAINED, *CHANGED, *CANCELLED, *EXAMINED, *SERVICES, *CORPORA))
    assert sorted(set(all_points()) - passed) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("point", points(*DRAINED))
def test_killed_while_draining(runner, flows, point, state):
    flow = flows[point.split(".")[0]]
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    where = next(where for beginning, where in DRAINED.items() if point.startswith(beginning))
    child = interrupt_at(runner, where, *flow.arguments, "--jobs", "1", env={"HAUL_FAULT": f"kill:{point}", **RARE})
    assert_killed(wait(child), point)
    if state == "lost":
        shutil.rmtree(runner.state_home)
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


def assert_killed(finished, point: str) -> None:
    assert finished.code == -9, f"{point} was planned and not passed: {finished}"


@pytest.mark.parametrize("point", points(*CANCELLED))
def test_killed_while_cancelling(runner, flows, point):
    flow = flows["pack"]
    job = interrupted_pack(runner, flow)
    assert_killed(runner.killed_at(point, "cancel", job), point)
    runner.run("cancel", job, code=0)
    assert list((flow.destination / "source").iterdir()) == []
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


def interrupted_pack(runner, flow, *more, **options) -> str:
    """The id of a pack that has made all its parts and no set."""
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    runner.killed_at("pack.set.before_record", *flow.arguments, *more, code=-9, **options)
    return runner.run("jobs", code=0).out.split()[0]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("point", points(*CHANGED))
def test_killed_while_a_source_changes(runner, space, point, state):
    source = make.files(space / "source", 60)
    shutil.rmtree(runner.state_home, ignore_errors=True)
    arguments = ["pack", source, space / "out", "--part-size", "200kB"]
    victim = source / "folder 1" / "file-00001.bin"
    child = runner.start(*arguments, env={"HAUL_FAULT": f"stop:pack.list.after_write,kill:{point}", **RARE})
    wait_until_stopped(child)
    victim.write_bytes(os.urandom(7000))
    child.send_signal(signal.SIGCONT)
    assert_killed(wait(child), point)
    if state == "lost":
        shutil.rmtree(runner.state_home)
    runner.run(*arguments, code=0)
    assert sets.remains(space / "out") == []
    runner.run("verify", space / "out" / "source", "--against", source, code=0)
    runner.run("unpack", space / "out" / "source", space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))
