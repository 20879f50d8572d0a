"""Runs one command of a suite: output into a log file, a time limit that ends the whole process group."""

import os
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "check-logs"
CORES = os.cpu_count() or 2


def run(name: str, command: list, limit: float, environment: dict | None = None) -> tuple[int, Path]:
    """Exit status (124: over the limit) and the log's path."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with open(log, "wb") as out:
        child = subprocess.Popen(
            [str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env={**os.environ, **(environment or {})}, start_new_session=True)
        try:
            return child.wait(limit), log
        except subprocess.TimeoutExpired:
            out.write(f"\nended after {limit:.0f} s\n".encode())
            return 124, log
        finally:
            end_group(child)


def end_group(child: subprocess.Popen) -> None:
    """What a test left running must not slow or disturb the next one."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


def tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def of_failures(log: Path, lines: int = 60) -> str:
    """Of a build's log: what each step that failed said. Steps that end beside each other stand between."""
    text = log.read_text(errors="replace").splitlines()
    found, failing = [], False
    for line in text:
        failing = line.startswith("FAILED: ") or (failing and not line.startswith("["))
        if failing:
            found.append(line[:400])
    return "\n".join(found[:lines]) or tail(log)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
