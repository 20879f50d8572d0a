"""Whatever a command writes with --json is as docs/schemas says, down to the last field; so are the lines of the log."""

import json
import os
import re
from pathlib import Path

import pytest
from harness import make, schemas, sets
from harness.program import NOBODY, interrupt_at, wait

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
ODD = b"not utf-8 \xff\xfe"


def events_of(finished) -> list[dict]:
    found = finished.events()
    assert found, finished
    for event in found:
        schemas.assert_event(event)
    return found


def run(haul, *arguments, code, **more) -> list[dict]:
    return events_of(haul.run(*arguments, "--json", code=code, **more))


def named(events: list[dict], name: str) -> list[dict]:
    return [event for event in events if event["event"] == name]


def assert_log(haul) -> None:
    for log in haul.state.glob("jobs/*/log.jsonl"):
        for line in log.read_text().splitlines():
            schemas.assert_event(json.loads(line))


@pytest.fixture
def source(space):
    """With what is skipped, what fails, and what has no name in UTF-8."""
    root = make.files(space / "source", 30)
    os.mkfifo(os.fsencode(root) + b"/fifo " + ODD)
    make.file(root / os.fsdecode(b"secret " + ODD), b"x", mode=0o600)
    make.file(root / "closed" / "file", b"x").parent.chmod(0o700)
    make.file(root / "large.bin", b"l" * 400_000)
    make.file(root / os.fsdecode(ODD), b"odd")
    for place in (space, space / "out", space / "back", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)
    return root


def pack(haul, space, source, *more, code=3, **how) -> list[dict]:
    return run(haul, "pack", source, space / "out", "--part-size", "200kB", *more, code=code, before=NOBODY, **how)


def test_pack(haul, space, source):
    events = pack(haul, space, source)
    closed, failed = sorted(named(events, "item_failed"), key=lambda event: event["subject"])
    assert failed["subject_b64"] and failed["error"]["code"] == "denied" and failed["error"]["os_error"] == 13
    assert closed["subject"] == "closed"
    skipped, = named(events, "item_skipped")
    assert skipped["subject_b64"]
    assert [bool(item.get("path_b64")) for item in events[-1]["failed_items"]] == [False, True]
    assert named(events, "part_done") and named(events, "notice")
    assert_log(haul)


def test_unpack(haul, space, source):
    pack(haul, space, source)
    packed = space / "out" / "source"
    make.file(space / "back" / os.fsdecode(ODD), b"mine")
    events = run(haul, "unpack", packed, space / "back", code=3)
    failed, = named(events, "item_failed")
    assert failed["subject_b64"]
    assert events[-1]["totals"]["failed"] == 1
    run(haul, "unpack", packed, space / "back", "--dry-run", code=0)
    assert_log(haul)


def test_verify(haul, space, source):
    pack(haul, space, source)
    packed = space / "out" / "source"
    source.joinpath(os.fsdecode(ODD)).write_bytes(b"ODD")
    make.file(source / "new", b"new")
    with open(sets.parts(packed)[0], "r+b") as out:
        out.write(b"X")
    sets.parts(packed)[1].unlink()
    events = run(haul, "verify", packed, "--against", source, code=5)
    findings = events[-1]["findings"]
    assert any("offset" in one for one in findings) and any("path_b64" in one for one in findings)
    run(haul, "verify", packed, "--quick", code=5)
    run(haul, "verify", space / "nothing", code=4)


def test_estimate(haul, space, source):
    events = run(haul, "estimate", source, space / "out", code=0, before=NOBODY)
    last = events[-1]
    assert last["failed"] == 1 and last["skipped"] == 1 and "free_bytes" in last
    (space / "shut").mkdir(mode=0o555)
    events = run(haul, "estimate", source, space / "shut", "--part-size", "200kB", code=0, before=NOBODY)
    assert events[-1]["destination_problem"] and events[-1]["oversize"] == 1
    run(haul, "pack", source, space / "out", "--dry-run", code=0, before=NOBODY)


def test_errors(haul, space, source):
    assert run(haul, "pack", source, source / "inside", code=2)[-1]["error"]["exit_code"] == 2
    assert run(haul, "unpack", space / "nothing", space / "back", code=4)[-1]["error"]["code"] == "not_found"
    run(haul, "resume", "ffffffffffffffff", code=4)
    run(haul, "pack", code=2)
    run(haul, "ls", space / "nothing", code=4)
    finished = haul.run("cat", space / "nothing", "path", "--json", code=4)
    schemas.assert_event(json.loads(finished.err))


def test_an_interruption(haul, space, source):
    child = interrupt_at(haul, "pack.part.before_publish", "pack", source, space / "out", "--part-size", "200kB", "--json", on="stdout")
    assert wait(child).code == 130
    events = [json.loads(line) for line in (space / "said").read_text().splitlines()]
    for event in events:
        schemas.assert_event(event)
    assert named(events, "draining") and events[-1]["event"] == "error" and events[-1]["error"]["code"] == "interrupted"
    log, = haul.state.glob("jobs/*/log.jsonl")
    assert named([json.loads(line) for line in log.read_text().splitlines()], "draining")
    run(haul, "resume", log.parent.name, code=0)
    assert_log(haul)


def test_units_that_fail(haul, space, source):
    events = pack(haul, space, source, env={"HAUL_STORE_FAULTS": "open_upload:2x500:error=io"})
    assert named(events, "unit_failed") and named(events, "unit_set_aside")
    assert events[-1]["phase"] == "incomplete" and events[-1]["units_set_aside"]
    job = json.loads(haul.run("status", events[-1]["job"], "--json", code=0).out)
    schemas.assert_fits(job, "job-line.json")
    assert job["units_set_aside"] > 0
    assert_log(haul)


def test_jobs(haul, space, source):
    haul.killed_at("pack.part.before_publish", "pack", source, space / "out", "--part-size", "200kB", nth=2, code=-9)
    odd = space / os.fsdecode(ODD)
    make.file(odd / "file", b"x")
    haul.run("pack", odd, space / "out", code=0)
    (haul.state / "jobs" / "00000000000000ff").mkdir()
    lines = [json.loads(line) for line in haul.run("jobs", "--json", code=0).out.splitlines()]
    assert len(lines) == 3
    for line in lines:
        schemas.assert_fits(line, "job-line.json")
    job, = [line["id"] for line in lines if line["phase"] == "interrupted" and line["flow"]]
    assert [event["done"] for event in run(haul, "cancel", job, code=0)] == [True]
    complete, = [line["id"] for line in lines if line["phase"] == "complete"]
    assert [event["done"] for event in run(haul, "cancel", complete, code=0)] == [False]
    assert named(run(haul, "forget", job, code=0), "forgotten")


def test_ls(haul, space, source):
    pack(haul, space, source)
    lines = [json.loads(line) for line in haul.run("ls", "--json", space / "out" / "source", code=0).out.splitlines()]
    for line in lines:
        schemas.assert_fits(line, "listed.json")
    assert any("path_b64" in line for line in lines)


def test_version_and_completion(haul):
    schemas.assert_fits(json.loads(haul.run("version", "--json", code=0).out), "version.json")
    for shell in ("bash", "zsh", "fish"):
        schemas.assert_fits(json.loads(haul.run("completion", shell, "--json", code=0).out), "completion.json")


def table() -> dict[str, set[str]]:
    """Event -> fields, as the page's table says."""
    section = PAGE.read_text().partition("\n## JSON\n")[2]
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+) \| (.*) \|$", section, re.MULTILINE)
    return {event: set(re.findall(r"`([a-z_]+)`", fields)) for event, _, fields in rows}


def test_the_page_and_the_schema_say_the_same():
    documented, known = table(), schemas.store()["event.json"]["$defs"]
    assert set(documented) | {"verified", "estimate", "cancelled", "forgotten"} == set(schemas.event_names())
    for event, fields in documented.items():
        unknown = [field for field in fields if not any(field in piece.get("properties", {})
                                                        for piece, _ in schemas.pieces(known[event], "event.json"))]
        assert not unknown, (event, unknown)
        not_said = [field for field in known[event]["required"] if field not in fields | {"time", "event", "job"}]
        assert not not_said, (event, not_said)


@pytest.mark.parametrize("name", sorted(path.name for path in schemas.FOLDER.glob("*.json")))
def test_schemas_are_schemas(name):
    schemas.validator(name)
