"""When a copy of the ledger is made: the newest one in the corpus decides, whichever run made it."""

import json
import signal
import time

import pytest
from collecting import files
from harness import channels
from harness.held import held
from harness.program import wait, wait_for

PLACING = "collect.download.before_place"


def copies(collector) -> list[str]:
    folder = collector.out / "backup"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def find_more(collector, speakers, space, items: int = 2) -> None:
    place = space / "more"
    channels.make(place, channels.CHILDREN, items, first=3)
    collector.write_plan(files(speakers), files(place))


@pytest.mark.parametrize("is_old", [True, False])
def test_runs_that_are_cut_short_every_day_have_copies_all_the_same(collector, speakers, space, is_old):
    collector.write_plan(files(speakers))
    collector.collect()
    (name,) = copies(collector)
    if is_old:
        before, name = collector.out / "backup" / name, "ledger-20260101T000000.000Z.sqlite.zst"
        before.rename(before.with_name(name))
    find_more(collector, speakers, space)
    collector.killed_at(PLACING, *collector.words(), code=-9)
    assert name in copies(collector) and len(copies(collector)) == (2 if is_old else 1)
    assert collector.collect()["accepted"] == 5
    collector.assert_sound()


def test_a_corpus_without_any_copy_gets_one_as_the_second_run_begins(collector, speakers):
    collector.write_plan(files(speakers))
    collector.killed_at(PLACING, *collector.words(), code=-9)
    assert copies(collector) == []
    collector.killed_at("collect.backup.sent", *collector.words(), code=-9)
    assert len(copies(collector)) == 1 and not (collector.out / "exports").exists()
    assert collector.collect()["accepted"] == 3
    collector.assert_sound()


def test_a_run_that_is_interrupted_makes_the_copy_that_is_due(collector, speakers, space):
    collector.write_plan(files(speakers))
    collector.collect()
    find_more(collector, speakers, space, items=1)
    interval = 2
    with held(collector, PLACING, *collector.words(), env={"HAUL_BACKUP_EVERY_MS": interval * 1000}) as job:
        # The only unit that is left: nothing but the end can make a copy.
        before = copies(collector)
        time.sleep(interval)
        job.child.send_signal(signal.SIGINT)
        wait_for(lambda: json.loads(collector.run("status", job.job, "--json", code=0).out)["progress"]["draining"], job.child)
        assert copies(collector) == before
    assert wait(job.child).code == 130
    assert copies(collector)[-1] > before[-1] and len(copies(collector)) <= 3
    assert collector.collect()["accepted"] == 4
    collector.assert_sound()
