"""Killed at every named point, with the state folder kept and lost: the same command ends as if nothing had happened."""

import os
import shutil

import pytest
from harness.points import all_points, of_flows

FULL = bool(os.environ.get("HAUL_TEST_FULL"))
STATES = ["kept", "lost"]


def kills() -> list[tuple[str, str, str, tuple]]:
    """(point, flow, state, which passes of the point the kill comes at). The short form comes at a later pass with the state kept
    and lost by turns."""
    return [(point, flow, state, (1, 3) if FULL or number % 2 == turn else (1,))
            for number, (point, flow) in enumerate(of_flows()) for turn, state in enumerate(STATES)]


def kill_and_rerun(runner, flow, point: str, nth: int, state: str) -> bool:
    """Whether the point was passed that often."""
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    killed = runner.killed_at(point, *flow.arguments, nth=nth)
    assert killed.code in (0, -9), killed
    if state == "lost":
        shutil.rmtree(runner.state_home, ignore_errors=True)
    # The second run may be the one that comes to the point: it has the first one's remains to deal with.
    again = runner.killed_at(point, *flow.arguments)
    assert again.code in (0, -9), again
    if state == "lost":
        shutil.rmtree(runner.state_home, ignore_errors=True)
    last = runner.run(*flow.arguments)
    assert last.code == 0, f"after a kill at {point}:{nth}: {last}"
    flow.assert_done()
    return killed.code == -9 or again.code == -9


@pytest.mark.parametrize("point, flow, state, times", kills())
def test_killed(runner, flows, reached, point, flow, state, times):
    for nth in times:
        fired = kill_and_rerun(runner, flows[flow], point, nth, state)
        if nth == 1 and point in reached[flow]:
            assert fired, f"{point} was planned and never passed"
        if not fired:
            break


@pytest.mark.parametrize("point, flow", of_flows()[::1 if FULL else 3])
def test_killed_again_and_again(runner, flows, reached, point, flow):
    """Deaths alone never give a unit up."""
    if point not in reached[flow]:
        return  # test_rare_points sees to it that another test passes it
    flows[flow].start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    for _ in range(5):
        runner.killed_at(point, *flows[flow].arguments)
    last = runner.run(*flows[flow].arguments)
    assert last.code == 0, str(last)
    flows[flow].assert_done()

