"""Builds a preset at most once a run; those of later suites while earlier ones leave a core idle."""

import sys
import threading
from collections import defaultdict
from pathlib import Path

from suites import step
from suites.outcome import Outcome

# A session of its own (step.run) is a group of its own for the scheduler, which shares out cores among groups first: niceness
# within a group yields nothing to the others, the group's own does (sched(7), "The autogroup feature").
IDLE = ("sh", "-c", 'echo 19 2>/dev/null >/proc/self/autogroup; exec nice -n 19 "$@"', "idle")
TURNS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
DONE: dict[tuple[str, tuple[str, ...]], tuple[Path, str]] = {}


def build(preset: str, *targets: str) -> tuple[Path, Outcome]:
    """The build folder, and an Outcome of the caller's own that is empty when it worked."""
    folder, note = built(preset, *targets)
    return folder, Outcome().bad(note) if note else Outcome()


def build_ahead(wanted: list[tuple[str, ...]]) -> None:
    """Each a preset and its targets, one after another, at a priority that takes next to nothing from the tests that run."""
    def work() -> None:
        for preset, *targets in wanted:
            built(preset, *targets, before=IDLE)
    threading.Thread(target=work, daemon=True).start()


def built(preset: str, *targets: str, before: tuple[str, ...] = ()) -> tuple[Path, str]:
    """The build folder, and what went wrong; empty: nothing. Waits where another thread builds it. `before`: words in front
    of the commands."""
    with TURNS[preset]:
        if (preset, targets) not in DONE:
            done = build_now(preset, targets, before)
            # Ahead, it runs beside tests that fill disks and memory: what failed then is said, and the suite
            # that needs it goes on with it alone.
            if before and done[1]:
                print(f"check: ahead, {done[1]}", file=sys.stderr, flush=True)
                return done
            DONE[preset, targets] = done
        return DONE[preset, targets]


def build_now(preset: str, targets: tuple[str, ...], before: tuple[str, ...]) -> tuple[Path, str]:
    folder = step.ROOT / "build" / preset
    code, log = step.run(f"configure-{preset}", [*before, "cmake", "--preset", preset], 600)
    if code == 0:
        named = ["--target", *targets] if targets else []
        command = [*before, "cmake", "--build", folder, *named, "-j", step.CORES, "--", "-k", "0"]
        code, log = step.run(f"build-{preset}", command, 3600)
    if code == 0:
        return folder, ""
    return folder, f"the {preset} build failed; {step.shown(log)} says:\n{step.of_failures(log)}"
