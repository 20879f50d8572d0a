"""-q says warnings and errors only: nothing at all where all went well."""

import pytest
from harness import make


@pytest.fixture
def packed(haul, space):
    make.files(space / "source", 10)
    haul.run("pack", space / "source", space / "out", code=0)
    return space / "out" / "source"


@pytest.mark.parametrize("words", [
    ["pack", "SOURCE", "OTHER"], ["pack", "SOURCE", "OTHER", "--dry-run"], ["estimate", "SOURCE", "OTHER"], ["unpack", "SET", "BACK"],
    ["unpack", "SET", "BACK", "--dry-run"], ["verify", "SET"], ["verify", "SET", "--quick"], ["verify", "SET", "--against", "SOURCE"]])
def test_nothing_to_say(haul, space, packed, words):
    names = {"SOURCE": space / "source", "OTHER": space / "other", "SET": packed, "BACK": space / "back"}
    for option in ("-q", "--quiet"):
        finished = haul.run(*[names.get(word, word) for word in words], option, code=0)
        assert (finished.out, finished.err) == ("", "")


def test_resume(haul, space, packed):
    haul.killed_at("unpack.close.after_symlinks", "unpack", packed, space / "back", code=-9)
    job = haul.run("jobs", code=0).out.split()[0]
    finished = haul.run("resume", job, "-q", code=0)
    assert (finished.out, finished.err) == ("", "")


def test_damage_is_still_said(haul, packed):
    part = packed / "part-00001.zip"
    data = bytearray(part.read_bytes())
    data[2000] ^= 1
    part.write_bytes(data)
    finished = haul.run("verify", packed, "-q", code=5)
    assert "1 thing is wrong" in finished.out or "things are wrong" in finished.out, finished


def test_an_estimate_that_warns(haul, space, packed):
    make.file(space / "names", b"not-there\n")
    finished = haul.run("estimate", space / "source", space / "other", "-q", "--files-from", space / "names", code=0)
    assert "not-there" in finished.err and "Failed:    1 item" in finished.out, finished


def test_data_for_programs_is_written_all_the_same(haul, packed):
    assert haul.run("verify", packed, "-q", "--json", code=0).events()[-1]["event"] == "verified"
