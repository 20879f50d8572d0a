"""--json: every line of standard output is one object with time, event and job; people read standard error."""

import pytest
from harness import make


@pytest.mark.parametrize("command", ["pack", "unpack", "verify", "estimate"])
def test_events(haul, space, command):
    make.files(space / "source", 30)
    if command in ("unpack", "verify"):
        haul.run("pack", space / "source", space / "out", code=0)
    arguments = {
        "pack": ["pack", space / "source", space / "out"], "unpack": ["unpack", space / "out" / "source", space / "back"],
        "verify": ["verify", space / "out" / "source"], "estimate": ["estimate", space / "source", space / "out"]}
    events = haul.run(*arguments[command], "--json", code=0).events()
    assert events
    for event in events:
        assert event["time"].endswith("Z") and event["event"]
    if command in ("pack", "unpack"):
        assert all(len(event["job"]) == 16 for event in events)
        assert events[0]["event"] == "job_started"
        assert [event["event"] for event in events[-2:]] == ["job_finished", "summary"]
        assert events[-1]["exit_code"] == 0 and events[-1]["phase"] == "complete"
        assert events[-1]["totals"]["files"] >= 30


def test_failures_are_events(haul, space):
    finished = haul.run("pack", space / "nothing", space / "out", "--json", code=4)
    last = finished.events()[-1]
    assert "nothing" in str(last)


def test_the_log_of_a_job(haul, space):
    import json
    make.files(space / "source", 30)
    haul.run("pack", space / "source", space / "out", code=0)
    logs = list(haul.state.glob("jobs/*/log.jsonl"))
    assert len(logs) == 1
    for line in logs[0].read_text().splitlines():
        assert {"time", "level", "job"} <= set(json.loads(line))


def test_quiet_says_nothing(haul, space):
    make.files(space / "source", 30)
    finished = haul.run("pack", space / "source", space / "out", "--quiet", code=0)
    assert finished.out == "" and finished.err == ""
