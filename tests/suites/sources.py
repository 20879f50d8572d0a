"""clang-format over all C++ sources; clang-tidy over as many as fit in its time, recently changed ones first."""

import hashlib
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from suites import step
from suites.outcome import Outcome

LINT_SECONDS = 75  # no file is begun after this, unless in full


def cpp_files(*endings: str) -> list[Path]:
    return sorted(p for ending in endings for top in ("src", "tests")
                  for p in (step.ROOT / top).rglob(f"*{ending}"))


def format(full: bool) -> Outcome:  # pylint: disable=redefined-builtin
    outcome = Outcome()
    for path in cpp_files(".h", ".cc"):
        name = step.shown(path)
        done = subprocess.run(["clang-format-19", "--dry-run", "-Werror", path], capture_output=True, check=False)
        outcome.ok() if done.returncode == 0 else outcome.bad(f"{name}: run clang-format-19 -i {name}")
    return outcome


def lint(full: bool) -> Outcome:
    outcome = Outcome()
    code, log = step.run("configure-tidy", ["cmake", "--preset", "tidy"], 120)
    if code != 0:
        return outcome.bad(f"the tidy preset failed:\n{step.tail(log)}")
    deadline = time.monotonic() + LINT_SECONDS
    with ThreadPoolExecutor(step.CORES) as pool:
        for result in pool.map(lambda path: lint_file(path, full, deadline), by_urgency(full)):
            outcome.add(result)
    return outcome


def lint_file(path: Path, full: bool, deadline: float) -> Outcome:
    outcome = Outcome()
    if not full and time.monotonic() > deadline:
        return outcome  # its turn comes with another commit
    name = step.shown(path)
    code, log = step.run("lint-" + name.replace("/", "-"),
                         ["clang-tidy-19", "-p", "build/tidy", "--quiet", "--warnings-as-errors=*", path], 600)
    return outcome.ok() if code == 0 else outcome.bad(f"{name}:\n{findings(log)}")


def findings(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if ": error:" in line]
    return "\n".join(lines[:5]) or step.tail(log)


def by_urgency(full: bool) -> list[Path]:
    """Changed files, newest change first; then all others in an order that each commit shuffles anew.

    Tests only in full: GoogleTest's macros cost a minute a file.
    """
    files = [p for p in cpp_files(".cc") if (step.ROOT / "src") in p.parents and (full or not p.name.endswith("_test.cc"))]
    commit = git("rev-parse", "HEAD").strip()
    changed = git("diff", "--name-only", "HEAD").split() + git("log", "-10", "--name-only", "--format=").split()
    first = {name: place for place, name in reversed(list(enumerate(changed)))}

    def urgency(path: Path) -> tuple:
        name = step.shown(path)
        return first.get(name, len(changed)), hashlib.sha256((commit + name).encode()).hexdigest()
    return sorted(files, key=urgency)


def git(*words: str) -> str:
    return subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=step.ROOT, capture_output=True, text=True,
                          check=False).stdout
