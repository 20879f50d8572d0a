"""Power cuts at every named point: unsynced writes are lost, strictly and by chance; the same command completes."""

import shutil

import pytest
from harness.points import of_flows

SEEDS = [None, 1, 2]  # None: all that was not synced is lost


@pytest.mark.parametrize("point, flow", of_flows())
def test_power_cut(runner, flows, disk, flow, point):
    for seed in SEEDS:
        fired = cut_and_rerun(runner, flows[flow], disk, point, seed)
        if not fired:
            return  # the crash suite sees to it that every point is passed by some run


def cut_and_rerun(runner, flow, disk, point, seed) -> bool:
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    disk.sync()
    arguments = [*flow.arguments, "--state", disk.root / "state"]
    killed = runner.killed_at(point, *arguments, env=disk.environment, nth=1 if seed is None else seed)
    disk.cut(seed)
    last = runner.run(*arguments)
    assert last.code == 0, f"after a power cut at {point} (seed {seed}): {last}"
    flow.assert_done()
    shutil.rmtree(disk.root / "state")
    return killed.code == -9


@pytest.mark.parametrize("flow", ["pack", "unpack"])
def test_what_is_reported_done_stays_done(runner, flows, disk, flow):
    """Exit 0, and the power goes: all of it is there, without another run."""
    runner.run(*flows[flow].arguments, "--state", disk.root / "state", env=disk.environment, code=0)
    disk.cut(None)
    flows[flow].assert_done()
    again = runner.run(*flows[flow].arguments, "--state", disk.root / "state", code=0)
    assert again.code == 0
    flows[flow].assert_done()
