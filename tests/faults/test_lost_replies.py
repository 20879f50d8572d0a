"""The work was done and the answer was lost: the next try finds its own work and takes it as that."""

import pytest
from harness import faults
from harness.faults import store_of
from harness.program import wait_for

# What the destination did without saying so.
LOST = {
    "pack": {
        "claim": "write~claim-*.json:1",
        "member lists": "write~*.list.zst:1x4",
        "uploads begun": "open_upload:1x4",
        "tiles": "put:1x16",
        "flushes": "flush:1x4",
        "finished parts": "finish~part-*.zip:1x4",
        "manifests": "write~part-*.jsonl.zst:1x4",
        "set record": "write~haul-00001.json:1",
        "removals": "remove:1x8",
    },
    "unpack": {
        "claim": "write~claim-*.json:1",
        "a batch of files": "write~file-*.bin:1x180",
        "symlink": "write~link:1",
        "folders": "write~folder*:1x3",
        "upload begun": "open_upload:1",
        "tiles": "put:1x5",
        "finished file": "finish~large.bin:1",
        "removals": "remove:1x5",
    },
}
RULES = ["fail", "newer", "overwrite"]


@pytest.mark.parametrize("flow, what", [(flow, what) for flow, all_of_it in LOST.items() for what in all_of_it])
def test_lost(runner, flows, flow, what):
    fault, flow = LOST[flow][what], flows[flow]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, plan=[f"{fault}:lost@{store_of(flow, 'destination')}"])
    flow.assert_done()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("what", ["a batch of files", "finished file", "symlink"])
def test_lost_under_another_rule_for_what_exists(runner, flows, what, rule):
    """Our own file, met again, is no file that was there before."""
    flow = flows["unpack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, "--if-exists", rule, plan=[f"{LOST['unpack'][what]}:lost@{flow.destination}"])
    flow.assert_done()


def test_lost_lists_of_what_a_batch_writes(runner, flows):
    flow = flows["unpack"]
    faults.begin_anew(runner, flow)
    faults.run(runner, *flow.arguments, "--if-exists", "fail", plan=[f"write~.haul/batches/*:1x3:lost@{flow.destination}"])
    flow.assert_done()


@pytest.mark.parametrize("flow, point", [("pack", "pack.part.before_publish"), ("unpack", "unpack.batch.before_write")])
def test_lost_beats(runner, flows, flow, point):
    flow = flows[flow]
    faults.begin_anew(runner, flow)

    def until_it_beats_well_again(child):
        seen = set()

        def another():
            seen.update(path.stat().st_mtime_ns for path in flow.destination.rglob("beat-*.json"))
            return len(seen) >= 4  # more than were lost
        wait_for(another, child)
    faults.run(runner, *flow.arguments, "--claim-timeout", "300ms", held_at=point, meanwhile=until_it_beats_well_again,
               plan=[f"write~beat-*.json:1x3:lost@{store_of(flow, 'destination')}"])
    flow.assert_done()


@pytest.mark.parametrize("flow", LOST)
def test_lost_claim_that_was_taken_over(runner, flows, flow):
    """The second claim's reply: that of the first run, which was killed, lies there too."""
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    runner.killed_at(f"{flow.name}.after_claim", *flow.arguments, code=-9)
    faults.run(runner, *flow.arguments, plan=[f"write~claim-000002.json:1:lost@{store_of(flow, 'destination')}"])
    flow.assert_done()
