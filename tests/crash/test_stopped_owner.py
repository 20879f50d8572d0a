"""An owner that is stopped past its claim, at every named point, wakes up, sees its successor, ends with 8 and harms nothing."""

import os
import shutil
import signal
import time

import pytest
from harness import make, sets, trees
from harness.collection import Flow
from harness.points import all_points, of_flows
from harness.program import interrupt_at, process_state, wait, wait_until_stopped
from test_rare_points import CHANGED, DRAINED, RARE, points

AWAY = {"HAUL_TEST_MACHINE_ID": "0123456789abcdef0123456789abcdef"}
TIMEOUT = ["--claim-timeout", "1s"]
# First passed before there is a claim: with the job's own record and ledger, and with the claim itself on its way to its name.
# Who wakes up there takes its turn like anyone, and finds all done.
EARLY = ["claim.before_create", "file.durable.after_rename", "file.durable.before_rename", "file.durable.before_sync",
         "job.before_record", "ledger.commit.after", "ledger.commit.before", "pack.before_claim",
         "store.local.write_many.before_rename", "store.local.write_many.before_sync", "unpack.before_claim"]
# Behind the last look at the claim, when all is done: what is left to remove, the successor has removed.
LATE = ["claim.before_release", "claim.between_release", "job.before_shrink"]


def start_over(runner, flow: Flow, place) -> None:
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    shutil.rmtree(place / "successor", ignore_errors=True)


def begin(runner, flow: Flow, place, *faults: str):
    start_over(runner, flow, place)
    return runner.start(*flow.arguments, *TIMEOUT,
                        env={**AWAY, "HAUL_FAULT": ",".join(f"stop:{one}" for one in faults)})


def wake_after_a_successor(runner, flow: Flow, place, child) -> int:
    """What the owner ends with; nothing of what its successor made has changed by then."""
    follow(runner, flow, place)
    after = flow.outcome()
    child.send_signal(signal.SIGCONT)
    woken = wait(child, 60)
    assert of_the_user(flow.outcome()) == of_the_user(after), woken
    # Between its last look at the claims and what it does next nothing can warn it: a temporary may come to lie in .haul/.
    # The next run removes it.
    runner.run(*flow.arguments, *TIMEOUT, "--state", place / "successor", code=0)
    flow.assert_done()
    return woken.code


def of_the_user(found: dict) -> dict:
    """The destination itself changes its time when something comes or goes in it."""
    return {name: one for name, one in found.items()
            if b".haul" not in os.fsencode(name).split(b"/") and name != b"."}


def follow(runner, flow: Flow, place) -> None:
    deadline = time.monotonic() + 30
    while True:
        successor = runner.run(*flow.arguments, *TIMEOUT, "--state", place / "successor")
        if successor.code == 0:
            return
        assert successor.code == 8 and time.monotonic() < deadline, successor
        time.sleep(0.2)


@pytest.mark.parametrize("point, flow", of_flows())
def test_stopped(runner, flows, reached, place, point, flow):
    child = begin(runner, flows[flow], place, point)
    while child.poll() is None and process_state(child.pid) != "T":
        time.sleep(0.005)
    if child.poll() is not None:
        assert point not in reached[flow], f"{point} was planned and never passed"
        assert wait(child).code == 0
        return
    code = wake_after_a_successor(runner, flows[flow], place, child)
    assert code == (0 if point in EARLY + LATE else 8)


@pytest.mark.parametrize("point", points(*DRAINED))
def test_stopped_while_draining(runner, flows, place, point):
    flow = flows[point.split(".")[0]]
    where = next(where for beginning, where in DRAINED.items() if point.startswith(beginning))
    start_over(runner, flow, place)
    child = interrupt_at(runner, where, *flow.arguments, *TIMEOUT, "--jobs", "1",
                         env={**AWAY, **RARE, "HAUL_FAULT": f"stop:{point}"})
    wait_until_stopped(child)
    # It was asked to stop before it was stopped: it makes no further step for which it would look at its claim.
    assert wake_after_a_successor(runner, flow, place, child) == 130


@pytest.mark.parametrize("point", points(*CHANGED))
def test_stopped_while_a_source_changes(runner, space, point):
    source = make.files(space / "source", 60)
    flow = Flow("pack", ["pack", source, space / "out", "--part-size", "200kB"], space / "out", None)
    child = begin(runner, flow, space, "pack.list.after_write", point)
    wait_until_stopped(child)
    (source / "folder 1" / "file-00001.bin").write_bytes(os.urandom(7000))
    child.send_signal(signal.SIGCONT)
    wait_until_stopped(child)
    follow(runner, flow, space)
    flow.result = flow.outcome()
    assert wake_after_a_successor(runner, flow, space, child) == 8
    runner.run("verify", space / "out" / "source", "--against", source, code=0)
