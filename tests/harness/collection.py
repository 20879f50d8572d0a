"""What crash and power tests pack and unpack: small, quick, yet of several parts and with a file of several tiles."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from harness import make, sets, trees
from harness.program import Haul


@dataclass
class Flow:
    """One command with what it must come to, however often it was killed on the way."""
    name: str
    arguments: list
    destination: Path
    result: object

    def outcome(self):
        if self.name == "pack":
            return sets.files_of(self.destination)
        return trees.record(self.destination)

    def assert_done(self) -> None:
        remains = sets.remains(self.destination)
        assert not remains, f"left behind: {remains}"
        outcome = self.outcome()
        if self.name == "pack":
            differing = sorted(name for name in set(outcome) | set(self.result) if outcome.get(name) != self.result.get(name))
            assert not differing, f"differ from an uninterrupted run: {differing}"
        else:
            trees.assert_same(outcome, self.result)

    def start_over(self) -> None:
        shutil.rmtree(self.destination, ignore_errors=True)


def source(place: Path) -> Path:
    root = make.files(place / "source", 180)
    chance = random.Random(5)
    for number in range(3):
        make.file(root / f"folder {number}" / "medium.bin", chance.randbytes(4_000_000))
    # More than two tiles, and above the part size.
    make.file(root / "folder 3" / "large.bin", chance.randbytes(1_000_000) * 40)
    return root


def flows(haul: Haul, place: Path, destinations: Path | None = None) -> dict[str, Flow]:
    """Packs and unpacks once without interruption, to know the results; then starts over."""
    root = source(place)
    packed = place / "whole" / "source"
    haul.run("pack", root, packed.parent, "--part-size", "10MB", code=0)
    top = destinations or place
    made = {
        "pack": Flow("pack", ["pack", root, top / "out", "--part-size", "10MB"], top / "out", sets.files_of(packed.parent)),
        "unpack": Flow("unpack", ["unpack", packed, top / "back"], top / "back", trees.record(root)),
    }
    shutil.rmtree(haul.state_home)
    return made
