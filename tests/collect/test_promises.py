"""Promises of docs/promises.md that no other file has a test of."""

import hashlib
import json
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest
from batch import MANY, names_of, source
from collecting import files
from harness.points import all_points
from harness.program import wait_for

# What nobody passes who collects into a folder for the first time.
ELSEWHERE = ("collect.corpus.sent", "collect.filter.left_out", "export.between_sweeps")
PLACING = [point for point in all_points() if point.startswith(("collect.download.", "collect.corpus.", "collect.filter.", "export."))
           and not point.startswith(ELSEWHERE)]


def whole(collector, speakers) -> None:
    """What is there under a final name, a moment after a kill, is all of it."""
    originals = {path.read_bytes() for path in speakers.rglob("*.ogg")}
    assert all(path.read_bytes() in originals for path in collector.audio())
    current = collector.out / "exports" / "current.json"
    if not current.exists():
        return
    shown = json.loads(current.read_text())
    for view in shown["files"]:
        content = (collector.out / "exports" / shown["state"] / view["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == view["sha256"] and len(content) == view["bytes"], view


@pytest.mark.parametrize("point", PLACING)
def test_saving_is_atomic(collector, speakers, point):
    collector.write_plan(files(speakers))
    collector.killed_at(point, *collector.words(), code=-9)
    whole(collector, speakers)


def test_stale_temporaries_are_recovered(collector, site, voices, accepted):
    """Of a run that was killed in the middle of downloads, and of one of long ago that no unit knows."""
    collector.write_plan(source(site, voices), **MANY)
    incoming = collector.out / ".haul" / "incoming"
    site.fault = lambda path: "slow" if path.endswith(".wav") else ""
    child = collector.start(*collector.words())
    wait_for(lambda: len(list(incoming.glob("*"))) > 5, child)
    child.kill()
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    left = {path.name for path in incoming.iterdir()}
    assert left
    (incoming / "of-long-ago").write_bytes(b"x" * 1000)
    finished = collector.run(*collector.words())
    swept = finished.events()[-1]["totals"]["swept"]
    assert 1 <= swept <= len(left) + 1 and f"removed {swept} temporaries of an earlier run" in finished.out
    assert names_of(collector.assert_sound()) == accepted
    assert collector.collect()["swept"] == 0


def known(collector) -> tuple[set[str], set[str]]:
    """Ids of recordings that the ledger of a killed run knows, and of items whose download is not done. Looked at in a copy, as the
    next run would open it."""
    copy = collector.space / "looked-at"
    shutil.rmtree(copy, ignore_errors=True)
    jobs, = (collector.state / "jobs").iterdir()
    shutil.copytree(jobs, copy, ignore=shutil.ignore_patterns("control", "lock"))
    with closing(sqlite3.connect(copy / "ledger.sqlite")) as database:
        rows = {key.decode() for key, in database.execute("SELECT key FROM fact WHERE kind = ?", [b"recording"])}
        under_way = {key.decode() for key, in database.execute("SELECT key FROM unit WHERE kind = ? AND state != 2", [b"download"])}
    return rows, {key.rpartition("/")[2] for key in under_way}


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("point", [point for point in PLACING if point.startswith("collect.")])
def test_an_accepted_url_has_its_recording_and_the_reverse(collector, speakers, point, nth):
    """A moment after a kill every row has its file, and every file its row, or a download that will find it."""
    collector.write_plan(files(speakers))
    collector.killed_at(point, *collector.words(), nth=nth, code=-9)
    rows, under_way = known(collector)
    there = {path.stem for path in collector.audio()}
    assert rows <= there and there - rows <= under_way
    collector.collect()
    urls = collector.run("urls", collector.plan).out.splitlines()
    accepted = collector.assert_sound()
    assert len(urls) == len(accepted) == 3 and urls == (collector.out / "exports" / "current" / "urls.txt").read_text().splitlines()
    assert json.loads(collector.run("check", collector.plan, "--json").out)["finding_count"] == 0


def test_a_damaged_manifest_is_named_and_made_anew(collector, speakers):
    collector.write_plan(files(speakers))
    state, manifest = collector.collect()["state"], collector.out / "exports" / "current" / "manifest.jsonl"
    before = manifest.read_bytes()
    for damaged in (before[:-7], before.replace(b"0", b"1", 1), b""):
        manifest.write_bytes(damaged)
        finished = collector.run(*collector.words())
        assert f"exports/{state}/manifest.jsonl" in finished.out and "made anew" in finished.out
        assert manifest.read_bytes() == before
    assert "made anew" not in collector.run(*collector.words()).out


def test_nothing_is_fetched_from_private_addresses_unless_the_plan_says_so(collector, site, voices):
    """Redirects are checked again: web_test.cc, where names lead anywhere."""
    collector.write_plan(source(site, voices), allow_private="false", **MANY)
    finished = collector.run(*collector.words(), code=3)
    failed, = finished.events()[-1]["units_set_aside"]
    assert "not public" in failed["reason"] and "limits.allow_private" in failed["remedy"]
    assert site.asked == []
