"""The log file of a job: JSON lines, from the level that was asked for, appended by each run."""

import json
import os

import pytest
from harness import make, schemas
from harness.program import NOBODY

LEVELS = ["debug", "info", "warning", "error"]


@pytest.fixture
def source(space):
    """Events of every level: parts, a large file, what is skipped and what fails."""
    root = make.files(space / "source", 20)
    make.file(root / "large.bin", b"l" * 300_000)
    os.mkfifo(root / "fifo")
    make.file(root / "folder 2" / "secret", b"x", mode=0o600)
    for place in (space, space / "out", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)
    return root


def pack(haul, space, source, *more, **how):
    return haul.run("pack", source, space / "out", "--part-size", "200kB", *more, before=NOBODY, code=3, **how)


def lines_of(haul) -> list[dict]:
    log, = haul.state.glob("jobs/*/log.jsonl")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        schemas.assert_event(line)
        assert line["job"] == log.parent.name
    return lines


def test_the_levels_are_nested(haul, space, source):
    kept = {}
    for level in LEVELS:
        state = space / "state-home" / level
        pack(haul, space, source, "--log-level", level, "--state", state, "--name", level)
        log, = state.glob("jobs/*/log.jsonl")
        kept[level] = [json.loads(line) for line in log.read_text().splitlines()]
        assert {line["level"] for line in kept[level]} <= set(LEVELS[LEVELS.index(level):])
    names = {level: {line["event"] for line in lines} for level, lines in kept.items()}
    assert {"job_started", "part_done", "job_finished"} <= names["info"]
    assert "notice" in names["warning"] and "job_started" not in names["warning"]
    assert names["error"] == {"item_failed"}
    assert not {"worker", "progress"} & names["debug"]
    for less, more in zip(LEVELS[1:], LEVELS):
        assert len(kept[less]) <= len(kept[more])


def test_info_is_what_is_kept_unasked(haul, space, source):
    pack(haul, space, source)
    assert {"info", "warning", "error"} == {line["level"] for line in lines_of(haul)}


def test_a_failure_has_its_chain(haul, space, source):
    pack(haul, space, source)
    failed, = [line for line in lines_of(haul) if line["event"] == "item_failed"]
    assert failed["subject"] == "folder 2/secret" and failed["operation"] == "read"
    error = failed["error"]
    assert error["code"] == "denied" and error["os_error"] == 13 and "secret" in error["subject"]


def test_a_chain_of_causes_is_whole(haul, space, source):
    pack(haul, space, source, env={"HAUL_STORE_FAULTS": "finish:1:error=io@out/source"})
    failed, = [line for line in lines_of(haul) if line["event"] == "unit_failed"]
    links, error = [], failed["error"]
    while error:
        links.append(error)
        error = error.get("cause")
    assert failed["unit"] and all(link["code"] == "io" for link in links), failed


def test_what_is_shown_has_no_say_in_what_is_logged(haul, space, source):
    pack(haul, space, source, "--quiet")
    quiet = [line["event"] for line in lines_of(haul)]
    assert "part_done" in quiet and quiet[0] == "job_started" and quiet[-1] == "job_finished"


def test_each_run_appends(haul, space, source):
    pack(haul, space, source)
    once = lines_of(haul)
    pack(haul, space, source)
    twice = lines_of(haul)
    assert twice[:len(once)] == once
    assert [line["event"] for line in twice].count("job_started") == 2
    assert [line["time"] for line in twice] == sorted(line["time"] for line in twice)


def test_a_log_that_a_kill_cut_short_goes_on(haul, space, source):
    """Half a line at the end must not spoil the next one."""
    pack(haul, space, source)
    log, = haul.state.glob("jobs/*/log.jsonl")
    with open(log, "ab") as out:
        out.write(b'{"time":"2026-')
    pack(haul, space, source)
    whole = [line for line in log.read_text().splitlines() if line.endswith("}")]
    for line in whole:
        schemas.assert_event(json.loads(line))
    assert len(whole) == len(log.read_text().splitlines()) - 1


def test_a_log_that_cannot_be_written_is_said_and_stops_nothing(haul, space, source):
    pack(haul, space, source)
    log, = haul.state.glob("jobs/*/log.jsonl")
    log.unlink()
    log.mkdir()
    assert "no log is written" in pack(haul, space, source).err
