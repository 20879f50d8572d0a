"""haul doctor: tries a store out in a folder of its own, says what it found, and leaves nothing behind."""

import json
import os
import re
import signal
import tempfile
import time
from pathlib import Path

import pytest
from harness import make, schemas, trees
from harness.program import NOBODY, interrupt_at, wait, wait_until_stopped

PROMISES = re.findall(r"^\| `([a-z_]+)` \| [^|]+ \| [^|]+ \|$",
                      (Path(__file__).resolve().parents[2] / "docs" / "stores.md").read_text(), re.MULTILINE)


@pytest.fixture
def place():
    """A folder that holds things of its owner, in memory: the checks write thousands of small files durably."""
    with tempfile.TemporaryDirectory(prefix="haul-test-", dir="/dev/shm") as above:
        Path(above).chmod(0o755)
        folder = make.files(Path(above) / "place", 20)
        make.file(folder / ".haul-doctor-notes" / "x", b"not Haul's")
        yield folder


def contents(place) -> dict:
    """All but the times of the folders in which a folder came and went."""
    return {path: entry for path, entry in trees.record(place).items() if path not in (b".", b".haul-doctor")}


def document(haul, place, *more, **how) -> dict:
    finished = haul.run("doctor", place, "--json", *more, **how)
    assert finished.out.count("\n") == 1, finished
    found = json.loads(finished.out)
    schemas.assert_fits(found, "doctor.json")
    assert found["exit_code"] == finished.code
    return found


def outcomes(found: dict, outcome: str) -> list[str]:
    return [one["promise"] for one in found["promises"] if one["outcome"] == outcome]


def test_a_healthy_folder(haul, place):
    before = contents(place)
    found = document(haul, place, code=0)
    assert sorted(one["promise"] for one in found["promises"]) == sorted(PROMISES)
    assert outcomes(found, "broken") == [] and found["left"] == [] and len(outcomes(found, "kept")) == found["kept"] > 25
    assert "ranges_are_copied" in outcomes(found, "not_claimed")
    assert (found["capabilities"]["keeps_modes"], found["capabilities"]["ranged_copy"]) == (True, False)
    text = haul.run("doctor", place, code=0).out
    for promise in PROMISES:
        assert re.search(rf"^  (kept|not claimed) +{promise}$", text, re.MULTILINE), promise
    assert re.search(r"^  keeps_modes +yes$", text, re.MULTILINE)
    assert haul.run("doctor", place, "--quiet", code=0).out == ""
    trees.assert_same(contents(place), before)


@pytest.mark.parametrize("fault, promise", [
    ("read~checks/reads_are_exact/f:1:flip", "reads_are_exact"),
    ("write~checks/written_objects_are_whole/d4/e/4:1:flip", "written_objects_are_whole"),
    ("page~listings_are_complete:2:error=io", "listings_are_complete"),
])
def test_a_broken_promise_is_named(haul, place, fault, promise):
    before = contents(place)
    found = document(haul, place, code=5, env={"HAUL_STORE_FAULTS": fault})
    assert outcomes(found, "broken") == [promise]
    assert [one["detail"] for one in found["promises"] if one["promise"] == promise] != [""]
    text = haul.run("doctor", place, "--quiet", code=5, env={"HAUL_STORE_FAULTS": fault}).out
    assert re.search(rf"^  BROKEN +{promise}: .+", text, re.MULTILINE) and " kept, 1 broken" in text
    trees.assert_same(contents(place), before)


def test_what_a_failed_check_left_open_is_ended(haul, place):
    """An upload whose pieces could not be sent stays open: a local one is a temporary."""
    found = document(haul, place, code=5, env={"HAUL_STORE_FAULTS": "put:1x*:error=io"})
    assert len(outcomes(found, "broken")) > 3 and found["left"] == []
    assert not list((place / ".haul-doctor").glob("*"))


def test_what_cannot_be_removed_is_told(haul, place):
    env = {"HAUL_STORE_FAULTS": f"remove~.haul-doctor/*:1x*:error=denied@{place}"}
    found = document(haul, place, code=3, env=env)
    assert found["left"] and found["scratch"] in found["left"][0]
    assert (place / found["scratch"]).is_dir() and not list((place / found["scratch"]).iterdir())
    assert "by hand" in haul.run("doctor", place, code=3, env=env).out


def test_a_store_that_refuses(haul, place, space):
    finished = haul.run("doctor", place, code=6, before=NOBODY)
    assert "denied" in finished.err.lower() and not list((place / ".haul-doctor").glob("*"))
    haul.run("doctor", space / "missing", code=4)
    assert not (space / "missing").exists()
    env = {"HAUL_STORE_FAULTS": "write~probe:1x*:error=denied"}
    assert haul.run("doctor", place, "--json", code=6, env=env).events()[-1]["error"]["code"] == "denied"
    assert not list((place / ".haul-doctor").glob("*"))


@pytest.mark.parametrize("nth", [1, 12])
def test_ctrl_c_takes_away_what_was_made(haul, place, nth):
    before = contents(place)
    child = interrupt_at(haul, f"doctor.between_promises:{nth}", "doctor", place)
    finished = wait(child)
    assert finished.code == 130 and f"after {nth - 1} of" in finished.out, finished
    trees.assert_same(contents(place), before)


def left_in(place) -> set[str]:
    return {path.name for path in (place / ".haul-doctor").glob("*")}


def test_the_next_takes_away_what_a_kill_left(haul, place):
    before = contents(place)
    haul.killed_at("doctor.between_promises", "doctor", place, nth=12, code=-9)
    assert left_in(place)
    haul.run("doctor", place, code=0)
    trees.assert_same(contents(place), before)


def test_what_is_anothers_stays(haul, place):
    """Of one at work, of a machine that cannot be seen from here (for a day), and what is no scratch folder at all."""
    make.file(place / ".haul-doctor" / "notes" / "x", b"not Haul's")
    before = contents(place)
    child = haul.start("doctor", place, env={"HAUL_FAULT": "stop:doctor.between_promises:12"})
    wait_until_stopped(child)
    at_work = left_in(place) - {"notes"}
    haul.killed_at("doctor.between_promises", "doctor", place, nth=12, code=-9, env={"HAUL_TEST_MACHINE_ID": "b" * 32})
    foreign, = left_in(place) - {"notes"} - at_work
    haul.run("doctor", place, code=0)
    assert left_in(place) == {"notes", foreign, *at_work}
    child.send_signal(signal.SIGCONT)
    assert wait(child).code == 0
    assert left_in(place) == {"notes", foreign}
    day_before = time.time() - 90_000
    for path in [place / ".haul-doctor" / foreign, *(place / ".haul-doctor" / foreign).rglob("*")]:
        os.utime(path, (day_before, day_before), follow_symlinks=False)
    haul.run("doctor", place, code=0)
    trees.assert_same(contents(place), before)
