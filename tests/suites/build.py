"""Builds a preset at most once a run."""

from functools import cache
from pathlib import Path

from suites import step
from suites.outcome import Outcome


def build(preset: str, *targets: str) -> tuple[Path, Outcome]:
    """The build folder, and an Outcome of the caller's own that is empty when it worked."""
    folder, note = built(preset, *targets)
    return folder, Outcome().bad(note) if note else Outcome()


@cache
def built(preset: str, *targets: str) -> tuple[Path, str]:
    """The build folder, and what went wrong; empty: nothing."""
    folder = step.ROOT / "build" / preset
    code, log = step.run(f"configure-{preset}", ["cmake", "--preset", preset], 120)
    if code == 0:
        command = ["cmake", "--build", folder, "-j", step.CORES, "--", "-k", "0"]
        if targets:
            command[3:3] = ["--target", *targets]
        code, log = step.run(f"build-{preset}", command, 2400)
    if code == 0:
        return folder, ""
    return folder, f"the {preset} build failed; {step.shown(log)} ends:\n{step.tail(log)}"
