"""What was settled and stands nowhere else is written into the corpus, once, and honoured whoever wrote it."""

import hashlib
import json

import pytest
from collecting import Collector, files, item_id
from harness import decisions
from harness.points import all_points


def erase(collector, of: str, value: str, name: str = "000901.jsonl") -> None:
    (collector.out / "decisions").mkdir(parents=True, exist_ok=True)
    (collector.out / "decisions" / name).write_bytes(decisions.written(decisions.tombstone(of, value)))


def finding_count(collector) -> int:
    return json.loads(collector.run("check", collector.plan, "--json").out)["finding_count"]


def seen_of(collector, item) -> dict:
    return json.loads(collector.run("corpus", "show", collector.plan, item, "--json").out)["candidate"]["licence"]


def test_closed_channels_and_evidence_are_written_once(collector, speakers):
    collector.write_plan(files(speakers))
    collector.collect()
    told = decisions.of_folder(collector.out)
    closed = [one for one in told if one["what"] == "channel"]
    assert {one["channel"] for one in closed} == {item_id("files", str(speakers), channel) for channel in ("allison", "carlo")}
    assert all(one["state"] == "closed" and "adult" in one["reasons"] for one in closed)
    evidence = {one["item"]: one["licence"] for one in told if one["what"] == "licence"}
    assert evidence == {one["id"]: seen_of(collector, one["id"]) for one in collector.exported()} and len(evidence) == 3
    assert all(one["seen_ns"] > 0 and one["id"] == "CC0-1.0" and one["statement"] == "the test says so" for one in evidence.values())
    assert len(told) == 5
    collector.collect()
    assert decisions.of_folder(collector.out) == told and finding_count(collector) == 0


def test_a_run_that_was_stopped_has_written_what_it_decided(collector, speakers):
    collector.write_plan(files(speakers))
    collector.collect("--phase", "search")
    assert decisions.of_folder(collector.out) == []
    collector.collect("--phase", "probe")
    assert [one["what"] for one in decisions.of_folder(collector.out)] == ["channel", "channel"]


@pytest.fixture(scope="module")
def undisturbed(speakers, models, tmp_path_factory):
    program = Collector(tmp_path_factory.mktemp("undisturbed"), models)
    program.write_plan(files(speakers))
    program.collect()
    return program


@pytest.mark.parametrize("point", [point for point in all_points() if point.startswith("collect.decisions.")])
def test_killed_nothing_is_lost_and_nothing_written_twice(collector, speakers, undisturbed, point):
    collector.write_plan(files(speakers))
    collector.killed_at(point, *collector.words(), code=-9)
    collector.collect()
    assert decisions.subjects(decisions.of_folder(collector.out)) == decisions.subjects(decisions.of_folder(undisturbed.out))
    assert collector.shown() == undisturbed.shown() and finding_count(collector) == 0


# What is erased, and what is left of the three recordings then.
ERASED = {"item": (2, 2), "url": (2, 2), "channel": (0, 0), "content": (3, 2)}


@pytest.mark.parametrize("of", ERASED)
def test_what_was_erased_is_not_fetched(collector, speakers, of):
    path = speakers / "sanne" / "item-01.ogg"
    item = item_id("files", str(speakers), "sanne/item-01.ogg")
    value = {"item": item, "url": str(path), "channel": item_id("files", str(speakers), "sanne"),
             "content": hashlib.sha256(path.read_bytes()).hexdigest()}[of]
    erase(collector, of, value)
    collector.write_plan(files(speakers))
    totals = collector.collect()
    fetched, accepted = ERASED[of]
    assert (totals["fetched"], totals["accepted"]) == (fetched, accepted)
    assert totals["left_out"] == ({"erased": 1} if of == "content" else {})
    assert item not in {one["id"] for one in collector.assert_sound()}
    # By whose name nobody finds out.
    if of != "content":
        told = b"".join(log.read_bytes() for log in collector.state.glob("jobs/*/log.jsonl"))
        assert b"erased" in told and str(path).encode() not in told
    assert collector.collect()["accepted"] == accepted and finding_count(collector) == 0


@pytest.mark.parametrize("of", ["item", "content"])
def test_what_is_erased_later_leaves_the_exports_and_its_file_is_named(collector, speakers, of):
    collector.write_plan(files(speakers))
    collector.collect()
    gone = collector.exported()[1]
    erase(collector, of, gone["id"] if of == "item" else gone["sha256"])
    finished = collector.run(*collector.words())
    assert f'{gone["file"]}' in finished.out and "erased" in finished.out
    totals = json.loads(finished.out.splitlines()[-1])["totals"]
    assert totals["accepted"] == 2 and totals["rejected"] == 1 and (collector.out / gone["file"]).exists()
    assert gone["id"] not in {one["id"] for one in collector.assert_sound()}
    assert collector.run("urls", collector.plan).out.count("\n") == 2
    collector.write_plan(files(speakers), child_score="0.4")
    assert collector.collect()["accepted"] == 2


def test_a_persons_word_goes_before_what_was_heard(collector, speakers):
    collector.write_plan(files(speakers))
    collector.collect()
    refused = collector.exported()[0]["id"]
    told = [{"what": "person", "item": refused, "accepted": False, "why": "a radio is on"}]
    (collector.out / "decisions" / "000500.jsonl").write_bytes(decisions.written(*told))
    assert collector.collect()["accepted"] == 2 and refused not in {one["id"] for one in collector.exported()}
    collector.write_plan(files(speakers), speech_seconds="3600.0")
    told[0]["accepted"] = True
    (collector.out / "decisions" / "000501.jsonl").write_bytes(decisions.written(*told))
    assert collector.collect()["accepted"] == 1 and refused in {one["id"] for one in collector.exported()}


def test_damage_is_found(collector, speakers):
    collector.write_plan(files(speakers))
    collector.collect()
    (path,) = (collector.out / "decisions").iterdir()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    report = json.loads(collector.run("check", collector.plan, "--json", code=5).out)
    assert [(one["what"], one["name"]) for one in report["findings"]] == [("damaged", "decisions/000001.jsonl")]
    assert "line" in report["findings"][0]["detail"]
    path.unlink()
    report = json.loads(collector.run("check", collector.plan, "--json", code=5).out)
    assert [(one["what"], one["name"]) for one in report["findings"]] == [("missing", "decisions/000001.jsonl")]
