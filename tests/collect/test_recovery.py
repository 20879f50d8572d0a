"""A corpus whose ledger was damaged or lost: the same command finds out what is there, and says what it could not."""

import json
import random
import shutil

import pytest
from collecting import files, item_id
from harness import channels, decisions


@pytest.fixture
def collected(collector, speakers):
    collector.write_plan(files(speakers))
    collector.totals = collector.collect()
    return collector


def job_folder(collector):
    (job,) = (collector.state / "jobs").iterdir()
    return job


def copies(collector) -> list:
    return sorted((collector.out / "backup").iterdir())


def lose_the_ledger(collector) -> None:
    shutil.rmtree(collector.state)
    shutil.rmtree(collector.out / "backup")


def damage(path, chance: random.Random) -> str:
    size = path.stat().st_size
    kind = chance.choice(["flip", "truncate", "zero page"])
    with open(path, "r+b") as ledger:
        at = chance.randrange(size)
        if kind == "flip":
            ledger.seek(at)
            byte = ledger.read(1)[0]
            ledger.seek(at)
            ledger.write(bytes([byte ^ (1 << chance.randrange(8))]))
        elif kind == "truncate":
            ledger.truncate(at)
        else:
            ledger.seek(at // 4096 * 4096)
            ledger.write(bytes(4096))
    return f"{kind} at {at} of {size}"


def test_a_damaged_ledger_is_rebuilt_by_the_same_command(collected, full):
    ledger = job_folder(collected) / "ledger.sqlite"
    whole, known = ledger.read_bytes(), collected.facts()
    rebuilt = 0
    for seed in range(100 if full else 12):
        ledger.write_bytes(whole)
        what = damage(ledger, random.Random(seed))
        finished = collected.run(*collected.words())
        again = json.loads(finished.out.splitlines()[-1])["totals"]
        said = "was damaged" in finished.out
        assert again["state"] == collected.totals["state"] and again["accepted"] == 3 and again["fetched"] == 0, what
        assert said == ("rebuilt from the copy" in finished.out), what
        # What nobody noticed was in no row.
        assert said or collected.facts() == known, what
        assert json.loads(collected.run("check", collected.plan, "--json").out)["finding_count"] == 0, what
        rebuilt += said
        assert bool(list(job_folder(collected).glob("ledger.sqlite.damaged-*"))) == said, what
        for aside in job_folder(collected).glob("ledger.sqlite.damaged-*"):
            aside.unlink()
    assert rebuilt > 0


def test_without_the_state_folder_nothing_is_fetched_again(collected):
    shutil.rmtree(collected.state)
    again = collected.collect()
    assert again["state"] == collected.totals["state"] and again["fetched"] == again["probe_bytes"] == 0


def test_without_ledger_and_copies_files_are_adopted(collected):
    lose_the_ledger(collected)
    before = {path: path.stat().st_mtime_ns for path in collected.audio()}
    again = collected.collect()
    assert again["state"] == collected.totals["state"] and again["fetched"] == 0 and again["probe_bytes"] > 0
    assert {path: path.stat().st_mtime_ns for path in collected.audio()} == before
    collected.assert_sound()


def of_ledger(collector, item: str) -> dict:
    return json.loads(collector.run("corpus", "show", collector.plan, item, "--json").out)


def test_decisions_and_files_are_enough(collected, speakers):
    """Closed channels stay closed, and evidence is what it was."""
    told = decisions.of_folder(collected.out)
    evidence = {one["id"]: of_ledger(collected, one["id"])["candidate"]["licence"] for one in collected.exported()}
    closed = of_ledger(collected, speakers / "carlo" / "item-00.ogg")["channel"]
    lose_the_ledger(collected)
    again = collected.collect()
    assert again["state"] == collected.totals["state"] and again["channels"] == collected.totals["channels"]
    assert again["probe_bytes"] <= max(path.stat().st_size for path in (speakers / "sanne").iterdir()) and again["fetched"] == 0
    assert {id: of_ledger(collected, id)["candidate"]["licence"] for id in evidence} == evidence
    assert of_ledger(collected, speakers / "carlo" / "item-00.ogg")["channel"] == closed and closed["state"] == "closed"
    assert decisions.of_folder(collected.out) == told
    assert json.loads(collected.run("check", collected.plan, "--json").out)["finding_count"] == 0


def test_a_closed_channel_that_a_new_plan_wants_is_probed_again(collector, speakers):
    """Its score is in the decision, and so is what the plan of then had against it."""
    collector.write_plan(files(speakers), "[probe]\naccept_channel_above = 1.0\n")
    assert collector.collect()["channels"]["closed"] == 3
    lose_the_ledger(collector)
    collector.write_plan(files(speakers))
    again = collector.collect()
    assert again["accepted"] == 3 and again["channels"] == {"accepted": 1, "closed": 2, "open": 0}
    assert [one["state"] for one in decisions.of_folder(collector.out) if one["what"] == "channel"] == ["closed"] * 3 + ["open"]
    lose_the_ledger(collector)
    assert collector.collect()["state"] == again["state"]


def test_damage_in_the_middle_of_decisions_costs_its_own_line_alone(collected, speakers):
    (path,) = (collected.out / "decisions").iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    hurt = next(at for at, line in enumerate(lines) if b'"channel"' in line)
    lines[hurt] = lines[hurt].replace(b'"adult"', b'"adukt"')
    damaged = b"".join(lines)
    path.write_bytes(damaged)
    lose_the_ledger(collected)
    finished = collected.run(*collected.words())
    assert f"decisions/000001.jsonl line {hurt + 1}" in finished.out
    again = json.loads(finished.out.splitlines()[-1])["totals"]
    assert again["state"] == collected.totals["state"] and again["channels"] == collected.totals["channels"] and again["fetched"] == 0
    # One child's channel, and the one whose line was damaged.
    assert 0 < again["probe_bytes"] < collected.totals["probe_bytes"]
    assert path.read_bytes() == damaged
    (later,) = [one for one in (collected.out / "decisions").iterdir() if one != path]
    assert [one["what"] for one in decisions.read(later.read_bytes())] == ["channel"]
    report = json.loads(collected.run("check", collected.plan, "--json", code=5).out)
    assert [(one["what"], one["name"]) for one in report["findings"]] == [("damaged", "decisions/000001.jsonl")]


@pytest.mark.parametrize("of", ["item", "url", "channel", "content"])
def test_nothing_comes_back_of_what_was_erased(collected, speakers, of):
    gone = collected.exported()[1]
    value = {"item": gone["id"], "url": str(speakers / gone["source"]["item"]), "content": gone["sha256"],
             "channel": item_id("files", str(speakers), "sanne")}[of]
    lose_the_ledger(collected)
    (collected.out / "decisions" / "000077.jsonl").write_bytes(decisions.written(decisions.tombstone(of, value)))
    finished = collected.run(*collected.words())
    again = json.loads(finished.out.splitlines()[-1])["totals"]
    left = 0 if of == "channel" else 2
    assert again["accepted"] == left and again["fetched"] == 0
    assert gone["id"] not in collected.rows() and gone["id"] not in {one["id"] for one in collected.exported()}
    assert (collected.out / gone["file"]).exists() and gone["file"] in finished.out
    report = json.loads(collected.run("check", collected.plan, "--json", code=5).out)
    assert ("extra", gone["file"]) in {(one["what"], one["name"]) for one in report["findings"]} and report["finding_count"] == 3 - left


def test_what_could_not_be_rebuilt_is_listed(collected, speakers):
    lose_the_ledger(collected)
    collected.write_plan(files(speakers / "allison"))
    finished = collected.run(*collected.words())
    for path in collected.audio():
        assert str(path.relative_to(collected.out)) in finished.out
    assert "3 files could not be rebuilt" in finished.out


def test_what_came_after_the_copy_is_found_again(collected, speakers, space):
    place = space / "more"
    channels.make(place, channels.CHILDREN, 2, first=3)
    early = copies(collected)
    collected.write_plan(files(speakers), files(place))
    later = collected.collect()
    assert later["accepted"] == 5
    for path in copies(collected):
        if path not in early:
            path.unlink()
    shutil.rmtree(collected.state)
    again = collected.collect()
    assert again["accepted"] == 5 and again["fetched"] == 0 and again["state"] == later["state"]
    collected.assert_sound()


def test_the_last_three_copies_are_kept(collected):
    for _ in range(4):
        collected.collect()
    names = [path.name for path in copies(collected)]
    assert len(names) == 3 and names == sorted(names)
    # A damaged newest copy is passed over.
    newest = copies(collected)[-1]
    newest.write_bytes(newest.read_bytes()[:100])
    shutil.rmtree(collected.state)
    finished = collected.run(*collected.words())
    assert "cannot be used" in finished.out and newest.name in finished.out
    assert json.loads(finished.out.splitlines()[-1])["totals"]["fetched"] == 0


def test_a_failed_backup_is_an_error(collector, speakers):
    collector.write_plan(files(speakers))
    collector.out.mkdir()
    (collector.out / "backup").write_text("in the way\n")
    finished = collector.run(*collector.words(), code=3)
    summary = json.loads(finished.out.splitlines()[-1])
    assert summary["totals"]["accepted"] == 3 and summary["totals"]["failed"] == 1
    assert "ledger" in json.dumps(summary["failed_items"])
    assert len(collector.assert_sound()) == 3


def test_the_corpus_of_another_plan_is_left_alone(collected):
    before = sorted(str(path) for path in collected.out.rglob("*"))
    collected.plan.write_text(collected.plan.read_text().replace('name = "corpus"', 'name = "other"'))
    for _ in range(2):
        assert "there lies the corpus corpus" in collected.run(*collected.words(), code=5).out
    assert sorted(str(path) for path in collected.out.rglob("*")) == before


def test_a_rebuild_that_was_cut_short_goes_on(collected):
    """The ledger is gone, and the run that would rebuild it ends before it could."""
    shutil.rmtree(collected.state)
    collected.run("collect", collected.plan, "--models", "/nowhere", code=None, env={"HAUL_FAULT": "kill:job.before_record"})
    again = collected.collect()
    assert again["state"] == collected.totals["state"] and again["fetched"] == again["probe_bytes"] == 0


def test_who_only_looks_at_a_damaged_ledger_does_not_lose_it(collected):
    ledger = job_folder(collected) / "ledger.sqlite"
    ledger.write_bytes(ledger.read_bytes()[:5000])
    assert "run the job's command again" in collected.run("urls", collected.plan, code=5).err
    again = collected.collect()
    assert again["state"] == collected.totals["state"] and again["fetched"] == again["probe_bytes"] == 0
    assert list(job_folder(collected).glob("ledger.sqlite.damaged-*"))
