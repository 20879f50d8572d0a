"""A store that does not answer: the work waits, and goes on by itself; after too long it ends with 6, and the same command continues."""

import pytest
from harness import faults
from harness.faults import store_of

# No call is tried again beneath the engine: each failure is one that it has to deal with.
AT_ONCE = {"HAUL_RETRY_DEADLINE_MS": 0}
# Behind the claim, and long before the end: within the work of units.
BEGINS = {("pack", "destination"): "any:30", ("pack", "source"): "read:20", ("unpack", "destination"): "any:20",
          ("unpack", "source"): "read:6"}
WHERE = list(BEGINS)


def fault(flow, side: str, times: str, error: str = "unavailable") -> str:
    return f"{BEGINS[flow.name, side]}x{times}:error={error}@{store_of(flow, side)}"


def named(events: list[dict], name: str) -> list[dict]:
    return [event for event in events if event["event"] == name]


@pytest.mark.parametrize("flow, side", WHERE)
def test_a_short_outage_is_waited_for(runner, flows, flow, side):
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, "--json", env=AT_ONCE, plan=[fault(flow, side, "12")])
    events = ended.finished.events()
    assert named(events, "store_down") and named(events, "store_up"), ended.finished
    assert not named(events, "unit_failed") and not named(events, "unit_set_aside"), ended.finished
    flow.assert_done()


@pytest.mark.parametrize("flow, side", WHERE)
def test_a_long_one_ends_with_6_and_the_same_command_continues(runner, flows, flow, side):
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, code=6, env={**AT_ONCE, "HAUL_OUTAGE_MS": 400},
                       plan=[fault(flow, side, "*")])
    assert "out for" in ended.finished.err and "the same command continues" in ended.finished.err, ended.finished
    assert "set aside" not in ended.finished.err, ended.finished
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("flow", ["pack", "unpack"])
def test_a_destination_that_answers_and_refuses_the_work(runner, flows, flow):
    """The probe finds it well each time; what failed was no progress, and the time goes on counting."""
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, code=6, env={**AT_ONCE, "HAUL_OUTAGE_MS": 400},
                       plan=[f"put:1x*:error=unavailable@{store_of(flow, 'destination')}"])
    assert "out for" in ended.finished.err, ended.finished
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("flow", ["pack", "unpack"])
def test_retries_of_an_outage_are_bounded(runner, flows, flow):
    """Once the budget of retries is spent, calls fail at once, and the engine's growing waits decide."""
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    budget, most_retries = 100, 60
    ended = faults.run(runner, *flow.arguments, code=6, env={"HAUL_RETRY_MS": 1, "HAUL_RETRY_DEADLINE_MS": 20, "HAUL_OUTAGE_MS": 1000},
                       plan=[f"put:1x*:error=unavailable@{store_of(flow, 'destination')}"])
    fired = next(iter(ended.faults.values()))["fired"]
    assert fired <= budget + most_retries, f"{fired} calls into a store that is out"


@pytest.mark.parametrize("flow", ["pack", "unpack"])
def test_several_outages(runner, flows, flow):
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    begin = int(BEGINS[flow.name, "destination"].split(":")[1])
    where = store_of(flow, "destination")
    faults.run(runner, *flow.arguments, env={**AT_ONCE, "HAUL_OUTAGE_MS": 20_000},
               plan=[f"any:{begin}x6:error=unavailable@{where}", f"any:{begin + 12}x6:error=denied@{where}",
                     f"any:{begin + 24}x6:error=unavailable@{where}"] if flow.name == "pack" else
               [f"any:{begin}x6:error=unavailable@{where}", f"any:{begin + 12}x6:error=unavailable@{where}"])
    flow.assert_done()
