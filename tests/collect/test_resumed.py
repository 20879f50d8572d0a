"""A download that was killed in its middle: the next run asks for the rest of it, and for nothing that it has."""

from pathlib import Path

import pytest
from batch import source
from collecting import files, item_id
from harness.program import wait_for


@pytest.fixture
def cut(collector, site, voices):
    """Kills a run, with the words, which is in the middle of the file of that name and has all `others`; how much of it there is then."""
    def kill(path: Path, others: int, *words) -> int:
        half = path.stat().st_size // 2
        temporary = collector.out / ".haul" / "incoming" / item_id("feed", f"{site.url}/feed.xml", path.stem)
        site.fault = lambda asked: "stuck" if asked == f"/{path.name}" else ""
        child = collector.start(*collector.words(*words))
        wait_for(lambda: temporary.exists() and temporary.stat().st_size >= half, child)
        # One of another, of which nothing came yet, would be swept.
        wait_for(lambda: len(collector.audio()) == others and collector.temporaries() == [temporary], child)
        child.kill()
        child.communicate()
        site.fault = lambda asked: ""
        site.let_go.set()
        return temporary.stat().st_size
    return kill


def assert_only_the_rest_was_asked_for(site, path: Path, there: int, before: int) -> None:
    asked = [one for one in site.asked[before:] if one.path == f"/{path.name}"]
    assert [one.range for one in asked] == [f"bytes={there}-"] and asked[0].condition
    assert asked[0].sent == path.stat().st_size - there


def test_a_killed_download_is_gone_on_with(collector, site, voices, cut):
    few = voices[:6]
    collector.write_plan(source(site, few))
    there = cut(few[3], 5)
    before = len(site.asked)
    totals = collector.collect()
    assert_only_the_rest_was_asked_for(site, few[3], there, before)
    assert totals["swept"] == 0 and len(collector.audio()) == 6
    collector.assert_sound()


def test_a_killed_download_of_what_came_back_is_gone_on_with(collector, site, voices, speakers, cut):
    """Its source had left the plan: its unit is of a later turn."""
    few = voices[:4]
    stories = source(site, few)
    collector.write_plan(stories)
    assert collector.collect("--limit", 1)["fetched"] == 1
    left = next(path for path in few if item_id("feed", f"{site.url}/feed.xml", path.stem) not in collector.rows())
    collector.write_plan(files(speakers / "allison"))
    assert collector.collect()["left_out"]["source_removed"] == 3
    collector.write_plan(stories)
    there = cut(left, 3)
    before = len(site.asked)
    totals = collector.collect()
    assert_only_the_rest_was_asked_for(site, left, there, before)
    assert totals["swept"] == 0 and {path.stem for path in collector.audio()} == collector.rows()
    collector.assert_sound()
