"""One folder with more entries than are sorted in memory (200,000): packed, looked at and unpacked within the memory that is given."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from harness import sets
from test_memory import FIGURES, peak_of

BUDGET = 512 << 20


@pytest.fixture
def count(full) -> int:
    return 1_000_000 if full else 250_000


@pytest.fixture
def quick(space, count):
    """Where files are made in no time; they are empty and take no room."""
    shared = Path("/dev/shm")
    room = os.statvfs(shared) if os.access(shared, os.W_OK) else None
    if room is None or (room.f_files and room.f_favail < 3 * count):
        yield space
        return
    folder = Path(tempfile.mkdtemp(prefix="haul-test-", dir=shared))
    yield folder
    shutil.rmtree(folder)


def names_of(count: int) -> list[str]:
    """In an order that is not theirs: every step is prime to the count."""
    return [f"{number * 7919 % count:07}" for number in range(count)]


@pytest.fixture
def source(quick, count):
    folder = quick / "source"
    folder.mkdir()
    top = os.open(folder, os.O_RDONLY)
    for name in names_of(count):
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=top))
    os.close(top)
    return folder


def assert_lists_all(haul, packed, count) -> None:
    listed = haul.run("ls", packed, code=0).out.splitlines()
    assert listed == [".", *sorted(names_of(count))]


@pytest.mark.timeout(3000)
def test_one_folder_with_very_many_files(haul, space, quick, source, count):
    peaks, packed = {}, space / "out" / "source"
    for name, *command in [("packed", "pack", source, space / "out", "--memory", BUDGET),
                           ("verified", "verify", packed, "--against", source),
                           ("unpacked", "unpack", packed, quick / "back", "--memory", BUDGET)]:
        peaks[name], seconds = peak_of(haul, *command)
        FIGURES.parent.mkdir(parents=True, exist_ok=True)
        with open(FIGURES, "a", encoding="utf-8") as out:
            out.write(f"{count:,} empty files of one folder {name} in {seconds:.1f} s, peak {peaks[name] / 2**20:.0f} MiB\n")
    assert max(peaks.values()) < BUDGET, peaks
    assert sets.set_record(packed)["totals"]["files"] == count
    assert_lists_all(haul, packed, count)
    assert sorted(os.listdir(quick / "back")) == sorted(names_of(count))


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("state", ["kept", "lost"])
def test_killed_in_the_middle_of_the_listing(haul, space, source, count, state):
    """It goes on at the name where it was, in a folder whose names do not fit into memory."""
    command = ["pack", source, space / "out", "--memory", BUDGET, "--part-size", "5MB"]
    haul.killed_at("pack.list.after_write", *command, nth=3, code=-9)
    if state == "lost":
        shutil.rmtree(haul.state_home)
    packed = space / "out" / "source"
    assert 0 < sum(1 for _ in packed.glob(".haul/parts/*")) < 5
    peak, _ = peak_of(haul, *command)
    assert peak < BUDGET, f"{peak / 2**20:.0f} MiB"
    assert len(sets.parts(packed)) > 4
    assert sets.set_record(packed)["totals"]["files"] == count
    haul.run("verify", packed, code=0)
    assert_lists_all(haul, packed, count)
