"""A claim that a wrong clock has dated in the future never ages by the store's clock: it is watched instead."""

import os
import time

import pytest
from harness import make, sets
from harness.program import wait, wait_for

POINT = "pack.part.before_publish"
OTHER = {"HAUL_TEST_MACHINE_ID": "0123456789abcdef0123456789abcdef"}
AHEAD = 400 * 86_400


@pytest.fixture
def source(space):
    return make.files(space / "source", 20)


def date_ahead(space, seconds=AHEAD) -> None:
    for path in (space / "out" / "source" / ".haul").glob("claim-*.json"):
        os.utime(path, (time.time() + seconds,) * 2)


def test_a_dead_owner_is_taken_over(haul, space, source):
    haul.killed_at(POINT, "pack", source, space / "out", "--state", space / "other", env=OTHER, code=-9)
    date_ahead(space)
    finished = haul.run("pack", source, space / "out", "--claim-timeout", "1s", code=0)
    assert "in the future; it is watched for" in finished.err
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    assert sets.remains(space / "out") == []


def test_a_living_owner_is_left_alone(haul, space, source):
    held = space / "held"
    child = haul.start("pack", source, space / "out", "--state", space / "other", "--claim-timeout", "3s",
                       env={**OTHER, "HAUL_FAULT": f"hold:{POINT}", "HAUL_FAULT_HOLD": held})
    wait_for(held.exists, child)
    date_ahead(space)
    finished = haul.run("pack", source, space / "out", "--claim-timeout", "30s", code=8)
    assert "at work" in finished.err
    held.unlink()
    assert wait(child).code == 0
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


@pytest.mark.parametrize("contents", [b"", b"\0garbage", b"{}"])
@pytest.mark.parametrize("command", ["pack", "cancel"])
def test_a_claim_that_cannot_be_read_says_what_to_do(haul, space, source, command, contents):
    haul.killed_at(POINT, "pack", source, space / "out", code=-9)
    claim, = (space / "out" / "source" / ".haul").glob("claim-*.json")
    claim.write_bytes(contents)
    words = ["pack", source, space / "out"] if command == "pack" else ["cancel", os.listdir(haul.state / "jobs")[0]]
    finished = haul.run(*words, code=5)
    assert claim.name in finished.err and "to do: where no haul is at work" in finished.err
    claim.unlink()
    haul.run("pack", source, space / "out", code=0)
