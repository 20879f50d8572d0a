"""Programs that tests need and Debian does not have, installed before a suite begins: a first build takes longer than a test may."""

from functools import cache

from suites import step
from suites.outcome import Outcome

LIMIT = 1800


def servers() -> Outcome:
    """Empty when both real S3 servers are there."""
    notes = [note for name in ("versitygw", "seaweedfs") if (note := one(name, "tests/servers/" + name, "install"))]
    return Outcome().bad("\n".join(notes)) if notes else Outcome()


def corpus_readers(full: bool) -> Outcome:
    """Empty when the programs that read a corpus are there."""
    words = ["/usr/bin/python3", "-B", "tests/harness/readers.py", *(["full"] if full else [])]
    note = one("corpus-readers", *words)
    return Outcome().bad(note) if note else Outcome()


@cache
def one(name: str, *command: str) -> str:
    """What went wrong; empty: nothing."""
    code, log = step.run(f"install-{name}", [*command], LIMIT)
    return "" if code == 0 else f"{name} could not be installed; {step.shown(log)} ends:\n{step.tail(log)}"
