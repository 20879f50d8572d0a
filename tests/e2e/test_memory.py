"""--memory is a promise: peak memory stays below it, however many files there are."""

import base64
import os
import random
import re
from pathlib import Path

import pytest
from harness import make, sets

FIGURES = Path(__file__).resolve().parents[2] / "build" / "check-logs" / "figures.txt"


def peak_of(haul, *arguments) -> tuple[int, float]:
    """Peak resident set in bytes, and seconds."""
    # A child's peak is never below its parent's at the fork: time is a small parent, the test runner is none.
    measured = haul.space / "peak"
    seconds = haul.run(*arguments, before=["time", "-f", "%M", "-o", measured], limit=2400, code=0).seconds
    return int(measured.read_text().split()[-1]) * 1024, seconds


def empty_files(root: Path, count: int, name_length: int) -> Path:
    """Names that do not compress: what they take is all that such a collection takes."""
    chance = random.Random(3)
    for first in range(0, count, 5000):
        folder = root / f"{first // 5000:04}"
        folder.mkdir(parents=True)
        top = os.open(folder, os.O_RDONLY)
        for number in range(first, min(first + 5000, count)):
            tail = base64.urlsafe_b64encode(chance.randbytes(name_length)).decode()[:name_length - 8]
            os.close(os.open(f"{number:08}{tail}", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=top))
        os.close(top)
    return root


def many_files(root: Path, count: int) -> Path:
    chance = random.Random(2)
    data = chance.randbytes(8192)
    for first in range(0, count, 1000):
        folder = root / f"{first // 100_000:03}" / f"{first // 1000 % 100:02}"
        folder.mkdir(parents=True)
        top = os.open(folder, os.O_RDONLY)
        for number in range(first, min(first + 1000, count)):
            fd = os.open(f"{number:08}.bin", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=top)
            start = number % 4096
            os.write(fd, data[start:start + chance.randrange(4097)])
            os.close(fd)
        os.close(top)
    return root


@pytest.mark.timeout(6000)
def test_many_small_files(haul, space, full):
    # As little for each file as with 100,000 in 512 MiB.
    count, memory = (2_000_000, 512) if full else (40_000, 200)
    source = many_files(space / "source", count)
    peak, seconds = peak_of(haul, "pack", source, space / "out", "--memory", f"{memory}MiB", "--part-size", "1GB")
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    with open(FIGURES, "a", encoding="utf-8") as out:
        out.write(f"{count:,} files of 0 to 4 KB packed in {seconds:.1f} s, {count / seconds:,.0f} files/s, "
                  f"peak {peak / 2**20:.0f} MiB\n")
    assert peak < memory << 20
    assert sets.set_record(space / "out" / "source")["totals"]["files"] == count
    assert sum(p.stat().st_size for p in haul.state.rglob("*") if p.is_file()) < min(1 << 20, 10 * count)
    peak, _ = peak_of(haul, "verify", space / "out" / "source")
    assert peak < memory << 20
    peak, _ = peak_of(haul, "unpack", space / "out" / "source", space / "back", "--memory", f"{memory}MiB")
    assert peak < memory << 20


@pytest.mark.parametrize("memory", [64, 128])
def test_small_budgets(haul, space, memory):
    source = make.with_large_one(space / "source", 300, megabytes=150)
    peak, _ = peak_of(haul, "pack", source, space / "out", "--memory", f"{memory}MiB", "--jobs", "4", "--part-size", "30MB")
    assert peak < memory << 20, f"pack: {peak / 2**20:.0f} MiB"
    peak, _ = peak_of(haul, "unpack", space / "out" / "source", space / "back", "--memory", f"{memory}MiB", "--jobs", "4")
    assert peak < memory << 20, f"unpack: {peak / 2**20:.0f} MiB"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name_length", [8, 180])
def test_a_part_that_does_not_fit_is_refused_with_the_memory_that_it_needs(haul, space, full, name_length):
    source = empty_files(space / "source", 1_000_000 if full else 120_000, name_length)
    refused = haul.run("pack", source, space / "out", "--memory", "64MiB", "--json", code=3)
    aside = next(event for event in refused.events() if event["event"] == "unit_set_aside")
    memory = int(re.search(r"--memory (\d+)MiB", aside["error"]["remedy"])[1])
    for arguments in (["pack", source, space / "out"], ["verify", space / "out" / "source"],
                      ["unpack", space / "out" / "source", space / "back"]):
        peak, _ = peak_of(haul, *arguments, "--memory", f"{memory}MiB")
        assert peak < memory << 20, f"{arguments[0]}: {peak / 2**20:.0f} MiB of {memory}"
