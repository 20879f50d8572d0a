"""Passing faults of any kind at any operations: the result is right, or, where retries ran out, the error is clear and the rerun is right."""

import os
import random

import pytest
from harness import faults
from harness.faults import store_of

FULL = bool(os.environ.get("HAUL_TEST_FULL"))
ROUNDS = 200 if FULL else 15
SEED = int(os.environ.get("HAUL_TEST_SEED", "20261125"))
OPERATIONS = "list page stat read write open_upload put flush finish abort remove any".split()
KINDS = ["error=unavailable", "error=timed_out", "lost", "short", "delay=5ms"]
# What too many failures in a row may come to: units set aside, refused for too long.
ENDS = (0, 3, 6)


def fault(chance: random.Random, flow) -> str:
    operation, kind = chance.choice(OPERATIONS), chance.choice(KINDS)
    nth = int(2 ** chance.uniform(0, 8))  # often among the first
    where = store_of(flow, chance.choice(["source", "destination", "destination"]))
    return f"{operation}:{nth}x{chance.choice([1, 1, 2, 4, 9])}:{kind}@{where}"


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("flow", ["pack", "unpack"])
def test_mix(runner, flows, flow, number):
    flow, chance = flows[flow], random.Random(f"{SEED} {flow} {number}")
    faults.begin_anew(runner, flow)
    plan = sorted({fault(chance, flow) for _ in range(chance.randint(2, 7))})
    # In some rounds calls are not tried again for long.
    env = chance.choice([{}, {}, {"HAUL_RETRY_DEADLINE_MS": 3}, {"HAUL_CHECKPOINT_MS": 2000}])
    print(f"HAUL_TEST_SEED={SEED} {plan} {env}")
    ended = faults.try_out(runner, *flow.arguments, plan=plan, env=env)
    assert ended.finished.code in ENDS, ended.finished
    if ended.finished.code != 0:
        assert "planned fault" in ended.finished.err, ended.finished
        runner.run(*flow.arguments, code=0)
    flow.assert_done()


def test_mixes_do_disturb(runner, flows):
    """Most of what the mixes plan fires: else they would show nothing."""
    fired = planned = 0
    for number in range(6):
        flow = flows["pack" if number % 2 else "unpack"]
        chance = random.Random(f"{SEED} {number}")
        faults.begin_anew(runner, flow)
        plan = sorted({fault(chance, flow) for _ in range(6)})
        ended = faults.try_out(runner, *flow.arguments, plan=plan)
        fired += sum(count["fired"] > 0 for count in ended.faults.values())
        planned += len(plan)
    assert fired > planned // 4, f"{fired} of {planned} fired"
