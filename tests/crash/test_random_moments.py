"""SIGKILL at random moments, several times in a row, with the state folder kept or lost."""

import os
import random
import shutil
import time

import pytest

ROUNDS = 200 if os.environ.get("HAUL_TEST_FULL") else 20
SEED = int(os.environ.get("HAUL_TEST_SEED", "20261122"))


@pytest.fixture(scope="session")
def durations(runner, flows):
    took = {}
    for name, flow in flows.items():
        took[name] = runner.run(*flow.arguments, code=0).seconds
        flow.start_over()
        shutil.rmtree(runner.state_home)
    return took


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("flow", ["pack", "unpack"])
def test_killed_at_a_random_moment(runner, flows, durations, flow, number):
    chance = random.Random(SEED * 1000 + number)
    print(f"HAUL_TEST_SEED={SEED}")
    flows[flow].start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    for _ in range(chance.randint(1, 3)):
        child = runner.start(*flows[flow].arguments)
        time.sleep(chance.uniform(0, durations[flow]))
        child.kill()
        child.communicate()
        assert child.returncode in (0, -9)
        if chance.random() < 0.3:
            shutil.rmtree(runner.state_home, ignore_errors=True)
    last = runner.run(*flows[flow].arguments)
    assert last.code == 0, str(last)
    flows[flow].assert_done()
