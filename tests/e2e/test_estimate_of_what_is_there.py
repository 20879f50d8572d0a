"""pack -n and estimate say what a pack would make of a set that is there."""

import pytest
from harness import make


@pytest.fixture
def source(space):
    return make.files(space / "source", 20)


def estimate(haul, space, source, *more) -> tuple[str, str]:
    event = haul.run("estimate", source, space / "out", "--json", *more, code=0).events()[-1]
    return event["there"], haul.run("pack", "-n", source, space / "out", *more, code=0).out


def test_nothing(haul, space, source):
    there, said = estimate(haul, space, source)
    assert there == "nothing" and "There:" not in said


def test_a_complete_set(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    there, said = estimate(haul, space, source)
    assert there == "complete" and "a pack does nothing" in said


def test_a_set_of_another_request(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    there, said = estimate(haul, space, source, "--part-size", "50kB")
    assert there == "other" and "a pack would be refused" in said


def test_a_set_whose_source_changed(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    make.file(source / "new", b"new")
    there, said = estimate(haul, space, source)
    assert there == "other" and "a pack would be refused" in said


def test_an_unfinished_set(haul, space, source):
    haul.killed_at("pack.part.before_publish", "pack", source, space / "out", code=-9)
    there, said = estimate(haul, space, source)
    assert there == "unfinished" and "unfinished" in said
