"""Runs programs side by side: alternating, several times, medians, spread, CPU, peak memory, ratio to ours."""

import mmap
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

ROOT = Path(__file__).resolve().parents[1]
HAUL = ROOT / "build" / "release" / "bin" / "haul"
ROUNDS = int(os.environ.get("ROUNDS", "7"))


@dataclass
class Contestant:
    name: str
    command: Callable[[Path], list]  # of a fresh folder for its output
    check: Callable[[Path], None]    # raises when the output is wrong
    clear: Callable[[Path], None] | None = None  # removes an output that is too large to be kept to the end
    requests: int = 0  # of one run, and the bytes of it both ways with heads, where somebody counted them
    moved: int = 0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)


def measure(contestants: list[Contestant], rounds: int = ROUNDS, further: dict[str, str] | None = None) -> None:
    """`further`: what contestants find in their environment beside ours."""
    place = Path(tempfile.mkdtemp(prefix="haul-bench-", dir=os.environ.get("BENCH_DIR")))
    try:
        for number in range(rounds):
            for contestant in contestants:
                # Kept to the end: some file systems look for free places much longer where much was just removed.
                run_once(contestant, place / f"{number} {contestant.name}"[:40].replace("/", " "), further)
    finally:
        shutil.rmtree(place)


def warm_memory() -> None:
    """Fills the free lists with memory that the host of a virtual machine has given us already.

    Some hosts take free memory back after two seconds (the guest's free page reporting) and give it page by page, at
    ten times the cost of writing it: without this, who pays for that is chance. It waits for the last report to be
    over, touches more than a contestant uses, and leaves the contestant the two seconds until the next.
    """
    time.sleep(3)
    pages = mmap.mmap(-1, 3 << 30)
    for page in range(0, len(pages), mmap.PAGESIZE):
        pages[page] = 1
    pages.close()


def run_once(contestant: Contestant, output: Path, further: dict[str, str] | None = None) -> None:
    output.mkdir()
    os.sync()  # what the one before left to be written is not this one's work
    warm_memory()
    # A child's peak is never below its parent's at the fork: time is a small parent, this program is none.
    peak = output.with_name("peak of the last")
    command = ["time", "-f", "%M", "-o", str(peak), *(str(word) for word in contestant.command(output))]
    began = time.monotonic()
    with open(output.with_name("errors of the last"), "w+b") as errors:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors,
                                 env={**os.environ, **(further or {}), "XDG_STATE_HOME": str(output / "state")})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            errors.seek(0)
            sys.exit(f"{contestant.name}: {command} ended with {child.returncode}\n{errors.read()[-2000:].decode(errors='replace')}")
    contestant.check(output)
    if contestant.clear:
        contestant.clear(output)
    contestant.wall.append(wall)
    contestant.cpu.append(usage.ru_utime + usage.ru_stime)
    contestant.peak.append(int(peak.read_text().split()[-1]))


def report(title: str, source: Path, contestants: list[Contestant], further: str = "") -> None:
    """A table in Markdown, ready for docs/performance.md. The first contestant is ours. `further`: what else to know."""
    files = [p for p in source.rglob("*") if p.is_file()]
    total = sum(p.stat().st_size for p in files)
    counted = any(one.requests for one in contestants)
    print(f"### {title}\n")
    print(f"{len(files):,} files, {total / 1e6:.0f} MB from {source}; {len(contestants[0].wall)} alternating rounds; {machine()}; "
          f"{further}commit {commit()}; {time.strftime('%Y-%m-%d')}.\n")
    print("| program | wall s, median (min to max) | ours / its wall | CPU s, median | ours / its CPU | CPU s per GB | peak MiB |"
          + (" requests | MB moved |" if counted else ""))
    print("|---|---|---|---|---|---|---|" + ("---|---|" if counted else ""))
    ours = contestants[0]
    for one in contestants:
        wall, cpu = statistics.median(one.wall), statistics.median(one.cpu)
        print(f"| {one.name} | {wall:.3f} ({min(one.wall):.3f} to {max(one.wall):.3f}) | {statistics.median(ours.wall) / wall:.2f} "
              f"| {cpu:.3f} | {statistics.median(ours.cpu) / cpu:.2f} | {cpu / total * 1e9:.2f} | {max(one.peak) / 1024:.0f} |"
              + (f" {one.requests:,} | {one.moved / 1e6:.0f} |" if counted else ""))
    print()


def machine() -> str:
    names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{os.cpu_count()} cores ({names[0] if names else platform.machine()}), Linux {platform.release()}"


def commit() -> str:
    done = subprocess.run(["git", "-c", "safe.directory=*", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    return done.stdout.strip() or "unknown"


def require(*programs: str) -> None:
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        sys.exit(f"missing: {' '.join(missing)}; ./check installs them")
    if not HAUL.exists():
        sys.exit("build first: ./haul --version")
