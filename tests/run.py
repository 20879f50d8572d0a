"""./check: runs the suites one after another; one bad suite does not stop the others."""

import sys
import time
import traceback

from suites import fuzz, programs, scripts, sources
from suites.build import build_ahead
from suites.outcome import Outcome

# In the order in which they run: what fails fastest comes first.
SUITES = {
    "tidy": scripts.tidy,
    "format": sources.format,
    "unit": programs.unit,
    "vectors": scripts.vectors,
    "servers": scripts.servers,
    "conformance": scripts.conformance,
    "e2e": scripts.e2e,
    "interop": scripts.interop,
    "crash": scripts.crash,
    "faults": scripts.faults,
    "power": scripts.power,
    "speech": scripts.speech,
    "corpus": scripts.corpus,
    "collect": scripts.collect,
    "asan": programs.asan,
    "tsan": programs.tsan,
    "fuzz": fuzz.fuzz,
    "lint": sources.lint,
}

# What suites build for themselves alone, beside the program under test.
BUILT = {**{preset: (preset, *targets) for preset, targets in programs.TARGETS.items()}, "fuzz": ("asan", "fuzzers")}


def main(words: list[str]) -> int:
    full = "full" in words
    names = [word for word in words if word != "full"] or list(SUITES)
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"check: no suite {', '.join(unknown)}; there are: {' '.join(SUITES)}, and the word full", file=sys.stderr)
        return 2
    total = Outcome()
    for name in names:
        if name == "conformance":  # from here on the suites wait more than they compute
            build_ahead([BUILT[later] for later in names[names.index(name):] if later in BUILT])
        total.add(run_suite(name, full))
    print(f"{total.passed} passed, {total.failed} failed", flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1


def run_suite(name: str, full: bool) -> Outcome:
    print(f"check: {name} …", file=sys.stderr, flush=True)
    began = time.monotonic()
    try:
        outcome = SUITES[name](full)
    except Exception:  # the runner's own defects are failures too, and must not hide the other suites
        outcome = Outcome().bad(traceback.format_exc())
    verdict = "ok" if outcome.failed == 0 else f"{outcome.failed} BAD"
    print(f"{name:11} {time.monotonic() - began:6.0f} s  {outcome.passed:6} good  {verdict}")
    for note in outcome.notes[:40]:
        print("    " + note.replace("\n", "\n      "))
    if len(outcome.notes) > 40:
        print(f"    … and {len(outcome.notes) - 40} more")
    sys.stdout.flush()
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
