"""What was done before a kill is not read again: counted by the stores themselves (HAUL_STORE_COUNTERS)."""

import json
import random
import shutil
import signal

import pytest
from harness import make, sets, trees
from harness.collection import Flow
from harness.program import wait, wait_until_stopped

LOCAL_TILE = 4 << 20
# Tiles that were read and not sealed yet, for a part.
READ_AHEAD = 5 * LOCAL_TILE
FILE = 400_000


def bytes_read_from(runner, flow, place, code=0, env=None) -> int:
    counters = place / "counters"
    counters.unlink(missing_ok=True)
    runner.run(*flow.arguments, env={**(env or {}), "HAUL_STORE_COUNTERS": counters}, code=code)
    return bytes_counted(counters, flow.arguments[1])


def bytes_counted(counters, source) -> int:
    lines = [json.loads(line) for line in counters.read_text().splitlines()]
    return sum(line["counters"]["bytes_read"] for line in lines if line["address"] == str(source))


def published(folder) -> int:
    """Bytes of members whose part has a manifest."""
    return sum(sets.manifest(part)[0]["bytes"] for part in sets.parts(folder) if part.with_suffix(".jsonl.zst").exists())


@pytest.mark.parametrize("state", ["kept", "lost"])
def test_published_parts_are_not_read_again(runner, flows, place, state):
    flow = flows["pack"]
    flow.start_over()
    shutil.rmtree(runner.state_home, ignore_errors=True)
    total = bytes_read_from(runner, flow, place)
    flow.start_over()
    shutil.rmtree(runner.state_home)

    runner.killed_at("pack.part.before_publish", *flow.arguments, nth=4, code=-9)
    done = published(flow.destination / "source")
    assert done > total // 5
    if state == "lost":
        shutil.rmtree(runner.state_home)
    again = bytes_read_from(runner, flow, place)
    assert again <= total - done, f"{again} of {total} bytes were read again, {done} were published"
    flow.assert_done()


def test_an_interrupted_part_goes_on_where_it_was(runner, space):
    """Ctrl+C brings open parts to a checkpoint, the only one here: what it vouches for is not read again."""
    source = space / "source"
    for number in range(400):
        make.file(source / f"file-{number:03}", random.Random(number).randbytes(FILE))
    flow = Flow("pack", ["pack", source, space / "out", "--jobs", "1", "--state", space / "state"], space / "out", None)
    counters, total = space / "first", 400 * FILE
    child = runner.start(*flow.arguments, env={"HAUL_STORE_COUNTERS": counters, "HAUL_CHECKPOINT_MS": 10**6, "HAUL_FAULT": "stop:pack.part.after_send:8"})
    wait_until_stopped(child)
    child.send_signal(signal.SIGINT)
    child.send_signal(signal.SIGCONT)
    assert wait(child).code == 130
    before = bytes_counted(counters, source)
    again = bytes_read_from(runner, flow, space)
    assert before >= 8 * LOCAL_TILE
    assert before + again <= total + READ_AHEAD + FILE, f"{before} and {again} of {total} bytes"
    runner.run("verify", space / "out" / "source", "--against", source, code=0)


def test_finished_members_of_an_open_part_are_not_read_again(runner, space):
    """Killed right behind a checkpoint of the only part: what lies before its third tile stays finished."""
    source = space / "source"
    for number in range(60):
        make.file(source / f"file-{number:02}", random.Random(number).randbytes(FILE))
    flow = Flow("pack", ["pack", source, space / "out", "--jobs", "1", "--state", space / "state"], space / "out", None)
    runner.killed_at("pack.checkpoint.after_commit", *flow.arguments, nth=4, code=-9)
    again = bytes_read_from(runner, flow, space)
    assert 0 < again <= 60 * FILE - 4 * LOCAL_TILE + FILE + LOCAL_TILE, f"{again} bytes were read again"
    runner.run("verify", space / "out" / "source", "--against", source, code=0)


def test_unpacked_members_are_not_read_again(runner, space):
    source = space / "source"
    for number in range(150):
        make.file(source / f"file-{number:03}", random.Random(number).randbytes(1_000_000))
    runner.run("pack", source, space / "packed", code=0)
    packed, back = space / "packed" / "source", space / "back"
    flow = Flow("unpack", ["unpack", packed, back, "--jobs", "1", "--state", space / "state"], back, None)
    runner.killed_at("unpack.run.after_checkpoint", *flow.arguments, nth=2, code=-9)
    done = sum(path.stat().st_size for path in back.glob("file-*"))
    assert 0 < done < 150_000_000
    again = bytes_read_from(runner, flow, space)
    assert 0 < again <= 150_000_000 - done + 1_000_000, f"{again} bytes were read again, {done} were in place"
    trees.assert_same(trees.record(back), trees.record(source))


def test_a_complete_set_reads_nothing(runner, flows, place):
    flow = flows["pack"]
    runner.run(*flow.arguments, code=0)
    assert bytes_read_from(runner, flow, place) == 0
