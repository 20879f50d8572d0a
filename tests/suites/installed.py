"""Programs that tests need and Debian does not have, installed before a suite begins: a first build takes longer than a test may."""

from functools import cache

from suites import step
from suites.outcome import Outcome

LIMIT = 1800


def servers() -> Outcome:
    """Empty when both real S3 servers are there."""
    notes = [note for name in ("versitygw", "seaweedfs") if (note := one(name))]
    return Outcome().bad("\n".join(notes)) if notes else Outcome()


@cache
def one(name: str) -> str:
    """What went wrong; empty: nothing."""
    code, log = step.run(f"install-{name}", [step.ROOT / "tests/servers" / name, "install"], LIMIT)
    return "" if code == 0 else f"{name} could not be installed; {step.shown(log)} ends:\n{step.tail(log)}"
