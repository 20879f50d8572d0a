"""Started and stopped again and again, asked, interrupted and killed in turn: what remains is what an undisturbed run makes."""

import ctypes
import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from batch import MANY, source
from collecting import Collector
from harness.program import process_state

SEED = int(os.environ.get("HAUL_TEST_SEED", "20261130"))
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: whoever loses its parent becomes a child of ours
SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGKILL]


@pytest.fixture
def orphans():
    """Processes that outlived whoever started them."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(SUBREAPER, 1, 0, 0, 0) == 0
    before = children()
    yield lambda: living(children() - before)
    libc.prctl(SUBREAPER, 0, 0, 0, 0)


def children() -> set[int]:
    return {pid for thread in Path("/proc/self/task").iterdir() for pid in children_of(thread)}


def children_of(thread: Path) -> list[int]:
    """None where the thread ended while it was looked at: its children are its siblings' then."""
    try:
        return [int(pid) for pid in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def living(pids: set[int]) -> list[str]:
    """Those that have ended are reaped."""
    found = []
    for pid in pids:
        with suppress(OSError):
            if process_state(pid) != "Z":
                found.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode())
            else:
                os.waitpid(pid, os.WNOHANG)
    return found


def assert_gone(orphans) -> None:
    """The kernel ends them with their parent: soon, not at once."""
    deadline = time.monotonic() + 30
    while left := orphans():
        assert time.monotonic() < deadline, left
        time.sleep(0.01)


@pytest.mark.timeout(1800)
def test_rapid_starts_and_stops_leave_what_an_undisturbed_run_makes(collector, space, models, site, voices, orphans, full):
    few = source(site, voices[:24])
    quiet = Collector(space / "quiet", models)
    quiet.space.mkdir()
    quiet.write_plan(few, **MANY)
    began = time.monotonic()
    quiet.collect()
    took = time.monotonic() - began

    collector.write_plan(few, **MANY)
    chance = random.Random(SEED)
    print(f"HAUL_TEST_SEED={SEED}")
    stops = {number: 0 for number in SIGNALS}
    while sum(stops.values()) < (50 if full else 10):
        child = collector.start(*collector.words())
        time.sleep(chance.uniform(0, took * 0.3))
        number = SIGNALS[sum(stops.values()) % len(SIGNALS)]
        child.send_signal(number)
        child.communicate(timeout=60)
        assert_gone(orphans)
        # 130: drained; a signal that comes before it is listened for ends the process by itself.
        assert child.returncode in (0, 130, -number), child.returncode
        if child.returncode == 0:
            assert collector.shown() == quiet.shown()
            collector.start_over()
        else:
            stops[number] += 1
    assert min(stops.values()) >= 3, stops
    last = collector.collect()
    assert_gone(orphans)
    assert collector.shown() == quiet.shown() and collector.exported() == quiet.exported()
    collector.assert_sound()
    assert collector.rows() == quiet.rows() and last["waiting"] == last["set_aside"] == 0
    assert not (collector.out / ".haul" / "claim").exists() and not list((collector.state / "jobs").glob("*/.haul-tmp-*"))
    again = collector.collect()
    assert again["fetched"] == again["probe_bytes"] == again["swept"] == 0
