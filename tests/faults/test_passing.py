"""Errors that pass, on every operation that a flow uses: the result is that of an undisturbed run, at the cost of one call each."""

import pytest
from harness import faults, sets
from harness.faults import store_of

USED = {
    ("pack", "source"): "list page read",
    ("pack", "destination"): "list page stat read write open_upload put flush finish remove",
    ("unpack", "source"): "list page stat read",
    ("unpack", "destination"): "list page stat read write open_upload put finish remove",
}
MOVES_BYTES = ["read", "write", "put"]
NEVER = 1_000_000


def cases() -> list[tuple]:
    return [(*where, operation) for where, operations in USED.items() for operation in operations.split()]


@pytest.fixture(scope="session")
def usual(runner, flows):
    """(flow, side, operation) -> how often an undisturbed run calls it."""
    found = {}
    every = "list page stat read write open_upload put copy flush received finish abort remove".split()
    for flow in flows.values():
        faults.begin_anew(runner, flow)
        where = {f"{operation}:{NEVER}:lost@{store_of(flow, side)}": (flow.name, side, operation)
                 for side in ("source", "destination") for operation in every}
        counted = faults.try_out(runner, *flow.arguments, plan=list(where), code=0).faults
        found |= {where[text]: count["met"] for text, count in counted.items() if count["met"] > 0}
    return found


def test_the_table_names_every_operation_that_is_used(usual):
    assert set(usual) == {(*where, operation) for where, operations in USED.items() for operation in operations.split()}


def disturb(runner, flow, calls: int, operation: str, plan: list[str]) -> None:
    faults.begin_anew(runner, flow)
    disturbed = faults.run(runner, *flow.arguments, plan=plan)
    flow.assert_done()
    failed = sum(count["fired"] for text, count in disturbed.faults.items() if "delay" not in text)
    met = max(count["met"] for count in disturbed.faults.values())
    # Listings and looks come in other numbers where threads meet otherwise.
    assert met - failed <= calls + calls // 4 + 2, f"{calls} {operation}s became {met}, {failed} of them failed as planned"


@pytest.mark.parametrize("flow, side, operation", cases())
def test_errors_and_slow_answers(runner, flows, usual, flow, side, operation):
    """The first call, three in a row in the middle, and a slow one; each failure makes one call more."""
    calls, where = usual[flow, side, operation], store_of(flows[flow], side)
    middle = calls // 2 + 2
    plan = [f"{operation}:1:error=unavailable@{where}", f"{operation}:{middle}x3:error=timed_out@{where}",
            f"{operation}:{middle + 3}:delay=20ms@{where}"]
    disturb(runner, flows[flow], calls, operation, plan)


@pytest.mark.parametrize("flow, side, operation", [case for case in cases() if case[2] in MOVES_BYTES])
def test_half_a_transfer(runner, flows, usual, flow, side, operation):
    calls, where = usual[flow, side, operation], store_of(flows[flow], side)
    plan = [f"{operation}:1:short@{where}", f"{operation}:{calls // 2 + 2}x3:short@{where}"]
    disturb(runner, flows[flow], calls, operation, plan)


def test_aborting_an_upload_of_a_part_that_lost_all_its_members(runner, flows):
    flow = flows["pack"]
    faults.begin_anew(runner, flow)
    source, destination = store_of(flow, "source"), store_of(flow, "destination")
    faults.run(runner, *flow.arguments, code=3, plan=[f"read~large.bin:1x*:error=denied@{source}"])
    # The second run sees that it can be read, begins a part with nothing else in it, and then it cannot.
    faults.run(runner, *flow.arguments, code=3,
               plan=[f"read~large.bin:2x*:error=denied@{source}", f"abort:1x3:error=unavailable@{destination}",
                     f"abort:4:lost@{destination}"])
    assert sets.remains(flow.destination) == []
    runner.run(*flow.arguments, code=0)
    runner.run("verify", flow.destination / "source", "--against", flow.arguments[1], code=0)


def test_aborting_an_upload_of_a_large_file(runner, flows):
    flow = flows["unpack"]
    faults.begin_anew(runner, flow)
    destination = store_of(flow, "destination")
    faults.run(runner, *flow.arguments,
               plan=[f"finish~large.bin:1:error=io@{destination}", f"abort:1x2:error=unavailable@{destination}",
                     f"abort:3:lost@{destination}"])
    flow.assert_done()
