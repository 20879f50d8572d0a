"""A unit that fails five times is set aside, the others are done, and the same command tries it again."""

import json

import pytest
from harness import faults, sets
from harness.faults import store_of

ALWAYS = {
    "pack": "put~part-00002.zip:1x*:error=io",
    "unpack": "write~file-00003.bin:1x*:error=io",  # a member of part 2
}
UNITS = {"pack": "part 00002", "unpack": "run 000001-00000000"}


def only_job(runner) -> dict:
    return json.loads(runner.run("jobs", "--json", code=0).out)


@pytest.fixture(params=ALWAYS)
def aside(request, runner, flows):
    flow = flows[request.param]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, "--json", code=3,
                       plan=[f"{ALWAYS[flow.name]}@{store_of(flow, 'destination')}"])
    return flow, ended


def test_it_is_listed(aside):
    flow, ended = aside
    events = ended.finished.events()
    failed = [event for event in events if event["event"] == "unit_failed"]
    assert [event["subject"] for event in failed] == [UNITS[flow.name]] * 4
    given_up = [event["subject"] for event in events if event["event"] == "unit_set_aside"]
    assert given_up == [UNITS[flow.name]]
    summary = events[-1]
    assert summary["phase"] == "incomplete" and summary["exit_code"] == 3 and summary["totals"]["set_aside"] == 1
    assert [unit["path"] for unit in summary["units_set_aside"]] == [UNITS[flow.name]]


def test_the_job_is_incomplete_until_the_same_command_completes_it(runner, aside):
    flow, _ = aside
    job = only_job(runner)
    assert (job["phase"], job["units_set_aside"], job["exit_code"]) == ("incomplete", 1, 3)
    runner.run(*flow.arguments, code=0)
    flow.assert_done()
    job = only_job(runner)
    assert (job["phase"], job["units_set_aside"], job["exit_code"]) == ("complete", 0, 0)


def test_resume_completes_it_too(runner, aside):
    flow, _ = aside
    runner.run("resume", only_job(runner)["id"], code=0)
    flow.assert_done()


def test_the_others_are_done(runner, aside):
    flow, _ = aside
    if flow.name == "pack":
        packed = flow.destination / "source"
        assert [path.name for path in packed.glob("haul-*.json")] == []
        assert {part.name for part in sets.parts(packed)} == {"part-00001.zip", "part-00003.zip", "part-00004.zip"}
        assert all(part.with_suffix(".jsonl.zst").exists() for part in sets.parts(packed))
        assert "not complete" in runner.run("ls", packed, code=4).err
    else:
        there = {path.name for path in flow.destination.rglob("*.bin")}
        wanted = {path.name for path in flow.arguments[1].parent.parent.joinpath("source").rglob("*.bin")}
        part = {member["path"].rpartition("/")[2] for member in sets.manifest(flow.arguments[1] / "part-00002.zip")[1]}
        assert wanted - there <= part and "file-00003.bin" not in there


@pytest.mark.parametrize("flow", ALWAYS)
def test_set_aside_again_and_again(runner, flows, flow):
    flow = flows[flow]
    faults.begin_anew(runner, flow)
    plan = [f"{ALWAYS[flow.name]}@{store_of(flow, 'destination')}"]
    for _ in range(3):
        faults.run(runner, *flow.arguments, code=3, plan=plan)
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("plan", [
    ["read~part-00002.jsonl.zst:1x*:error=io", "read~part-00001.zip:1:error=denied"],
    ["read~part-00002.zip:1x*:error=io", "read~part-00001.zip:1:error=denied"],
], ids=["plan", "run"])
def test_items_that_failed_beside_it_are_tried_again_as_well(runner, flows, plan):
    flow = flows["unpack"]
    faults.begin_anew(runner, flow)
    ended = faults.run(runner, *flow.arguments, code=3, plan=[f"{one}@{store_of(flow, 'source')}" for one in plan])
    assert "error: failed " in ended.finished.err and "error: set aside " in ended.finished.err, ended.finished
    runner.run(*flow.arguments, code=0)
    flow.assert_done()
