"""A complete set at the destination: what the same command does with it."""

import pytest
from harness import make, sets
from harness.program import NOBODY, wait, wait_for


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_part_that_is_lost_is_no_complete_set(haul, space, damage):
    source = make.files(space / "source", 40)
    haul.run("pack", source, space / "out", "--part-size", "100kB", code=0)
    part = space / "out" / "source" / "part-00002.zip"
    if damage == "missing":
        part.unlink()
    else:
        part.write_bytes(part.read_bytes()[:-1])
    finished = haul.run("pack", source, space / "out", "--part-size", "100kB", code=5)
    assert "part-00002.zip" in finished.err and "haul verify" in finished.err, finished
    assert sets.remains(space / "out") == []


def test_a_generation_that_is_made_between_look_and_claim_stays(haul, space):
    """By what it saw first, the slower of two runs would take the new generation's part for a part that nobody refers to."""
    space.chmod(0o777)
    source = make.files(space / "source", 5)
    secret = source / "secret"
    make.file(secret, b"secret", mode=0o000)
    command = ["pack", source, space / "out"]
    haul.run(*command, before=NOBODY, code=3)
    left_over = space / "out" / "source" / ".haul"
    left_over.mkdir()
    left_over.chmod(0o777)
    held = space / "held"
    slow = haul.start(*command, "--state", space / "other", before=NOBODY,
                      env={"HAUL_FAULT": "hold:pack.before_claim", "HAUL_FAULT_HOLD": held})
    wait_for(held.exists, slow)
    secret.chmod(0o644)
    haul.run(*command, before=NOBODY, code=0)
    made = sets.files_of(space / "out")
    assert "haul-00002.json" in str(sorted(made)), made
    held.unlink()
    assert wait(slow).code == 0
    assert sets.files_of(space / "out") == made
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


def test_a_refusal_leaves_no_claim(haul, space):
    source = make.files(space / "source", 5)
    part = space / "out" / "source" / "part-00001.zip"
    make.file(part, b"of somebody else")
    haul.run("pack", source, space / "out", code=5)
    assert [path.name for path in part.parent.iterdir()] == ["part-00001.zip"]
    part.unlink()
    make.files(space / "second" / "source", 5, seed=2)
    haul.run("pack", space / "second" / "source", space / "out", code=0)


def test_full_verification_reads_a_set_that_was_complete_before(haul, space):
    source = make.files(space / "source", 40)
    command = ["pack", source, space / "out", "--part-size", "100kB"]
    haul.run(*command, code=0)
    haul.run(*command, "--verify", "full", code=0)
    part = space / "out" / "source" / "part-00002.zip"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    haul.run(*command, code=0)
    finished = haul.run(*command, "--verify", "full", code=5)
    assert "part-00002.zip" in finished.err, finished
