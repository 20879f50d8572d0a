"""Runs the program under planned faults of its stores (src/store/wrap/fault.h), and sees to it that each one fired."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.collection import Flow
from harness.program import Finished, Haul, wait, wait_for

# Tries again after milliseconds: a test waits for what it counts, not for the patience of users.
QUICK = {"HAUL_RETRY_MS": 2, "HAUL_RETRY_MOST_MS": 50, "HAUL_UNIT_RETRY_MS": 5}


@dataclass
class Disturbed:
    finished: Finished
    faults: dict[str, dict]  # as planned -> how often it was met, has fired, and was left to fire

    def unfired(self) -> list[str]:
        return [text for text, count in self.faults.items() if count["left"] > 0]


def store_of(flow: Flow, side: str) -> str:
    """The address of the flow's source or destination, for `@ADDRESS` of a fault."""
    if side == "source":
        return str(flow.arguments[1])
    return str(flow.destination / "source" if flow.name == "pack" else flow.destination)


def begin_anew(runner: Haul, flow: Flow) -> None:
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)


def run(runner: Haul, *arguments, plan: list[str], code: int | None = 0, env: dict | None = None,
        **more) -> Disturbed:
    """A planned fault that did not fire as often as planned fails the test: it would prove nothing."""
    disturbed = try_out(runner, *arguments, plan=plan, code=code, env=env, **more)
    assert set(disturbed.faults) == set(plan) and not disturbed.unfired(), \
        f"planned and not fired: {disturbed.unfired()} of {plan}; {disturbed.finished}"
    return disturbed


def try_out(runner: Haul, *arguments, plan: list[str], code: int | None = None, env: dict | None = None,
            held_at: str | None = None, meanwhile=None, limit: float = 60) -> Disturbed:
    """As run, but not every fault has to fire. `meanwhile(child)` is called while the program is held at a point."""
    report = runner.space / "counters"
    report.unlink(missing_ok=True)
    env = {**QUICK, **(env or {}), "HAUL_STORE_FAULTS": ",".join(plan), "HAUL_STORE_COUNTERS": report}
    if held_at is None:
        finished = runner.run(*arguments, env=env, limit=limit, code=code)
    else:
        finished = run_held(runner, arguments, env, held_at, meanwhile, limit)
        assert code is None or finished.code == code, f"{arguments} should end with {code}: {finished}"
    return Disturbed(finished, counts_in(report))


def run_held(runner: Haul, arguments: tuple, env: dict, point: str, meanwhile, limit: float) -> Finished:
    held = runner.space / "held"
    held.unlink(missing_ok=True)
    child = runner.start(*arguments, env={**env, "HAUL_FAULT": f"hold:{point}", "HAUL_FAULT_HOLD": held})
    wait_for(held.exists, child)
    meanwhile(child)
    held.unlink()
    return wait(child, limit)


def counts_in(report: Path) -> dict[str, dict]:
    """One plan serves all stores of the process: the one that is closed last has seen it all."""
    lines = report.read_text().splitlines() if report.exists() else []
    return {count["fault"]: count for count in json.loads(lines[-1])["faults"]} if lines else {}
