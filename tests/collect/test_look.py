"""What people and programs can see of a corpus: haul urls, haul corpus, haul check."""

import json

from collecting import files
from harness import schemas


def test_urls_and_stats_say_what_the_exports_say(collector, speakers):
    collector.write_plan(files(speakers))
    totals = collector.collect()
    urls = collector.run("urls", collector.plan).out.splitlines()
    assert urls == (collector.out / "exports" / "current" / "urls.txt").read_text().splitlines() and len(urls) == 3
    lines = [json.loads(line) for line in collector.run("urls", collector.plan, "--json").out.splitlines()]
    assert [line["url"] for line in lines] == urls and [line["id"] for line in lines] == [one["id"] for one in collector.exported()]
    stats = json.loads(collector.run("corpus", "stats", collector.plan, "--json").out)
    assert stats == {key: totals[key] for key in stats} and stats["accepted"] == 3
    assert "channels.closed: 2" in collector.run("corpus", "stats", collector.plan).out


def test_show_says_what_became_of_an_item(collector, speakers):
    collector.write_plan(files(speakers))
    collector.collect()
    accepted = json.loads(collector.run("corpus", "show", collector.plan, speakers / "sanne" / "item-01.ogg", "--json").out)
    assert accepted["recording"]["accepted"] is True and accepted["channel"]["state"] == "accepted"
    assert (collector.out / accepted["recording"]["file"]).exists()
    assert json.loads(collector.run("corpus", "show", collector.plan, accepted["id"], "--json").out) == accepted
    refused = collector.run("corpus", "show", collector.plan, speakers / "allison" / "item-01.ogg").out
    assert "channel.state: closed" in refused and "adult" in refused
    assert "no such item" in collector.run("corpus", "show", collector.plan, "nobody", code=4).err


def test_check_finds_what_is_missing_changed_and_nobodys(collector, speakers):
    collector.write_plan(files(speakers))
    collector.collect()
    whole = json.loads(collector.run("check", collector.plan, "--json").out)
    schemas.assert_fits(whole, "check.json")
    assert whole["recordings"] == 3 and whole["finding_count"] == 0
    missing, changed, shorter = sorted(collector.audio())
    missing.unlink()
    damaged = bytearray(changed.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    changed.write_bytes(damaged)
    shorter.write_bytes(shorter.read_bytes()[:-1])
    (collector.out / "audio" / "zz").mkdir()
    (collector.out / "audio" / "zz" / "stranger.ogg").touch()
    report = json.loads(collector.run("check", collector.plan, "--json", code=5).out)
    schemas.assert_fits(report, "check.json")
    found = {(one["what"], one["name"]) for one in report["findings"]}
    assert found == {("missing", str(missing.relative_to(collector.out))), ("changed", str(changed.relative_to(collector.out))),
                     ("changed", str(shorter.relative_to(collector.out))), ("extra", "audio/zz/stranger.ogg")}
    assert "4 findings" in collector.run("check", collector.plan, code=5).out


def test_before_anything_was_collected(collector, speakers):
    collector.write_plan(files(speakers))
    for words in (["urls"], ["corpus", "stats"], ["check"]):
        assert "haul collect" in collector.run(*words, collector.plan, code=4).err
    assert not collector.out.exists()


def test_cancel_gives_the_corpus_back(collector, speakers):
    collector.write_plan(files(speakers))
    held = collector.start(*collector.words(), env={"HAUL_FAULT": "kill:collect.download.before_place"})
    held.wait(60)
    assert (collector.out / ".haul").exists() and list((collector.out / ".haul" / "incoming").iterdir())
    (job,) = (collector.state / "jobs").iterdir()
    said = collector.run("cancel", job.name).out
    assert "the corpus and its ledger stay" in said and not (collector.out / ".haul").exists()
    assert collector.collect()["accepted"] == 3
    collector.assert_sound()
