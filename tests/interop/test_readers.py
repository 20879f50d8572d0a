"""Every named reader reads every entry of our parts, and finds what the manifest says; packed twice, they are the same."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import tools
from harness import awkward, make, sets
from harness.fixtures import remove
from harness.program import Haul

# Source -> (how it is made, part size)
SOURCES = {
    "stamps": (lambda place: Path("/usr/share/tuxpaint/stamps"), "60MB"),
    # What a system installed: symlinks, empty folders, odd names.
    "share": (lambda place: Path("/usr/share"), "200MB"),
    "small": (lambda place: make.files(place / "small", 120), "300kB"),
    "awkward": (lambda place: awkward.make(place / "awkward", 5 << 30, 70_000), "20GB"),
}


@dataclass
class Packed:
    source: Path
    size: str
    place: Path
    haul: Haul

    def pack(self, name: str) -> Path:
        self.haul.run("pack", self.source, self.place / name, "--name", "set", "--part-size", self.size, code=0, limit=600)
        return self.place / name / "set"


def params(*names: str) -> list:
    """One worker a source: what is packed once serves all readers."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in names]


@pytest.fixture(scope="module", params=params(*SOURCES))
def packed(request, binary):
    place = Path(tempfile.mkdtemp(prefix="haul-interop-"))
    make_source, size = SOURCES[request.param]
    one = Packed(make_source(place), size, place, Haul(binary, place))
    one.pack("out")
    yield one
    remove(place)


@pytest.fixture
def packed_parts(packed):
    return sets.parts(packed.place / "out" / "set")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("reader", tools.LISTING_READERS)
def test_reads_what_the_manifest_says(packed_parts, reader):
    assert packed_parts
    for part in packed_parts:
        assert tools.listed(tools.LISTING_READERS[reader](part)) == sets.entries(part)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("reader", tools.TESTING_READERS)
def test_reads_without_complaint(packed_parts, reader):
    assert packed_parts
    for part in packed_parts:
        tools.TESTING_READERS[reader](part)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("packed", params("stamps", "share", "small"), indirect=True)
def test_packed_twice_it_is_the_same(packed):
    """Parts, manifests and record, byte for byte."""
    first, again = sets.files_of(packed.place / "out" / "set"), sets.files_of(packed.pack("again"))
    differing = sorted(name for name in set(first) | set(again) if first.get(name) != again.get(name))
    assert len(first) > 2 and not differing
