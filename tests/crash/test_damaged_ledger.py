"""A ledger that is damaged in the middle of a job: noticed, moved aside, and what is done is found out from the destination."""

import json
import random
import re
import shutil
import sqlite3

import pytest
from harness import sets
from test_reads_again import bytes_read_from, published

KILLED = {"pack": ("pack.part.before_publish", 4), "unpack": ("unpack.run.after_checkpoint", 2)}
ASIDE = re.compile(r"ledger\.sqlite\.damaged-\d{8}T\d{6}Z")


def killed_in_the_middle(runner, flow):
    """The ledger of a job that was killed with some of its work done."""
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    point, nth = KILLED[flow.name]
    runner.killed_at(point, *flow.arguments, "--jobs", "1", nth=nth, code=-9)
    ledger, = runner.state.glob("jobs/*/ledger.sqlite")
    assert log_of(ledger).stat().st_size > 0
    return ledger


def log_of(ledger):
    return ledger.with_name("ledger.sqlite-wal")


def fold(ledger) -> None:
    """Everything into the file itself: no log stands before what is damaged in it."""
    with sqlite3.connect(ledger) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    assert not log_of(ledger).exists() or log_of(ledger).stat().st_size == 0


def rubbish(path) -> None:
    path.write_bytes(random.Random(7).randbytes(max(path.stat().st_size, 5000)))


def flip(path, every: int = 512) -> None:
    data = bytearray(path.read_bytes())
    for at in range(0, len(data), every):
        data[at] ^= 0xff
    path.write_bytes(data)


def cut(path) -> None:
    size = path.stat().st_size
    with open(path, "r+b") as out:
        out.truncate(size * 5 // 8)


# Of the file itself, its log folded in: it must be noticed.
NOTICED = {"flipped": flip, "cut": cut, "rubbish": rubbish, "text": lambda path: path.write_text("not a database\n" * 400),
           "magic": lambda path: flip(path, every=1 << 30)}
MISSING = {"empty": lambda path: path.write_bytes(b""), "removed": lambda path: path.unlink()}
OF_THE_LOG = {**NOTICED, **MISSING}


def total_read(runner, flow, place) -> int:
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    return bytes_read_from(runner, flow, place)


@pytest.mark.parametrize("damage", NOTICED)
@pytest.mark.parametrize("name", ["pack", "unpack"])
def test_damage_is_noticed_and_the_ledger_moved_aside(runner, flows, name, damage):
    flow = flows[name]
    ledger = killed_in_the_middle(runner, flow)
    fold(ledger)
    NOTICED[damage](ledger)
    spoilt = ledger.read_bytes()
    # Killed again before the end, which removes what only a job at work needs: what was moved aside is there, as it was.
    runner.killed_at("job.before_record", *flow.arguments, code=-9)
    aside, = [path for path in ledger.parent.iterdir() if ASIDE.fullmatch(path.name)]
    assert aside.read_bytes() == spoilt
    finished = runner.run(*flow.arguments, code=0)
    assert "damaged" not in finished.err
    flow.assert_done()


@pytest.mark.parametrize("damage", [*NOTICED, *MISSING])
@pytest.mark.parametrize("log", ["folded", "beside"])
def test_published_parts_are_not_read_again(runner, flows, place, damage, log):
    flow = flows["pack"]
    total = total_read(runner, flow, place)
    ledger = killed_in_the_middle(runner, flow)
    if log == "folded":
        fold(ledger)
    done = published(flow.destination / "source")
    assert done > total // 5
    {**NOTICED, **MISSING}[damage](ledger)
    again = bytes_read_from(runner, flow, place)
    assert 0 < again <= total - done, f"{again} of {total} bytes were read again, {done} were published"
    flow.assert_done()


@pytest.mark.parametrize("damage", OF_THE_LOG)
@pytest.mark.parametrize("name", ["pack", "unpack"])
def test_damage_of_the_log_is_an_earlier_state(runner, flows, place, name, damage):
    flow = flows[name]
    ledger = killed_in_the_middle(runner, flow)
    OF_THE_LOG[damage](log_of(ledger))
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


@pytest.mark.parametrize("damage", [*NOTICED, *MISSING])
@pytest.mark.parametrize("log", ["folded", "beside"])
def test_an_unpack_ends_right(runner, flows, damage, log):
    flow = flows["unpack"]
    ledger = killed_in_the_middle(runner, flow)
    if log == "folded":
        fold(ledger)
    {**NOTICED, **MISSING}[damage](ledger)
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


def set_version(ledger, version: int, log: str) -> None:
    """`beside`: as if who wrote it had been killed; the new version stands in the log alone."""
    database = sqlite3.connect(ledger)
    database.execute(f"PRAGMA user_version = {version}")
    files = {path: path.read_bytes() for path in (ledger, log_of(ledger))}
    database.close()
    if log == "beside":
        for path, data in files.items():
            path.write_bytes(data)


def contents(ledger) -> dict:
    """Of the ledger and what lies beside it; an empty log says as much as none."""
    return {path.name: data for path in ledger.parent.glob("ledger.sqlite*") if (data := path.read_bytes())}


@pytest.mark.parametrize("log", ["folded", "beside"])
@pytest.mark.parametrize("name", ["pack", "unpack"])
def test_a_newer_schema_is_refused_and_left_alone(runner, flows, name, log):
    flow = flows[name]
    ledger = killed_in_the_middle(runner, flow)
    set_version(ledger, 99, log)
    before, at_the_destination = contents(ledger), sets.files_of(flow.destination)
    job = ledger.parent.name
    for command in (flow.arguments, ["resume", job], ["cancel", job]):
        finished = runner.run(*command, "--json", code=1)
        error = json.loads(finished.out.splitlines()[-1])["error"]
        assert error["code"] == "unsupported" and "newer" in error["remedy"] and error["subject"] == str(ledger)
        assert contents(ledger) == before
    assert sets.files_of(flow.destination) == at_the_destination
    runner.run("forget", job, code=0)
    runner.run(*flow.arguments, code=0)
    flow.assert_done()


def test_a_schema_before_the_first_is_no_ledger_of_ours(runner, flows):
    flow = flows["pack"]
    ledger = killed_in_the_middle(runner, flow)
    set_version(ledger, 0, "folded")
    assert ASIDE.search(runner.run(*flow.arguments, code=0).err)
    flow.assert_done()


@pytest.mark.parametrize("damage", NOTICED)
@pytest.mark.parametrize("name", ["pack", "unpack"])
def test_the_damage_is_said_and_logged(runner, flows, name, damage):
    """Once the job is complete nothing but the log is left of it."""
    flow = flows[name]
    ledger = killed_in_the_middle(runner, flow)
    fold(ledger)
    NOTICED[damage](ledger)
    events = runner.run(*flow.arguments, "--json", code=0).events()
    assert events[0]["event"] == "job_started"
    said = [event for event in events if ASIDE.search(event.get("subject", ""))]
    assert [(event["event"], event["level"], event["job"]) for event in said] == [("notice", "warning", ledger.parent.name)]
    logged = [json.loads(line) for line in ledger.with_name("log.jsonl").read_text().splitlines()]
    assert said[0] in logged
