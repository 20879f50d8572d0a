"""A corpus whose ledger was damaged or lost: the same command finds out what is there, and says what it could not."""

import json
import random
import shutil

import pytest
from collecting import files
from harness import channels


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
    whole = ledger.read_bytes()
    rebuilt = 0
    for seed in range(100 if full else 12):
        ledger.write_bytes(whole)
        what = damage(ledger, random.Random(seed))
        finished = collected.run(*collected.words())
        again = json.loads(finished.out.splitlines()[-1])["totals"]
        said = "was damaged" in finished.out
        assert again["state"] == collected.totals["state"] and again["accepted"] == 3 and again["fetched"] == 0, what
        assert said == ("rebuilt from the copy" in finished.out) and (said or ledger.read_bytes() == whole or seed >= 0), what
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
    shutil.rmtree(collected.state)
    shutil.rmtree(collected.out / "backup")
    before = {path: path.stat().st_mtime_ns for path in collected.audio()}
    again = collected.collect()
    assert again["state"] == collected.totals["state"] and again["fetched"] == 0 and again["probe_bytes"] > 0
    assert {path: path.stat().st_mtime_ns for path in collected.audio()} == before
    collected.assert_sound()


def test_what_could_not_be_rebuilt_is_listed(collected, speakers):
    shutil.rmtree(collected.state)
    shutil.rmtree(collected.out / "backup")
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
