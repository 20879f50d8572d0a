"""A corpus from folders on this machine, from plan to exports."""

import json
import os
import shutil

import pytest
from collecting import files, item_id
from harness import channels, decisions


def test_the_right_channels_and_nothing_else(collector, speakers):
    collector.write_plan(files(speakers))
    totals = collector.collect()
    assert totals["candidates"] == 9 and totals["accepted"] == 3 and totals["fetched"] == 3
    assert totals["channels"] == {"accepted": 1, "closed": 2, "open": 0}
    recordings = collector.assert_sound()
    expected = {item_id("files", str(speakers), f"sanne/item-{n:02}.ogg") for n in range(3)}
    assert {one["id"] for one in recordings} == expected
    assert {path.stem for path in collector.audio()} == expected
    for one in recordings:
        assert one["child"]["decision"] == "child" and one["licence"]["id"] == "CC0-1.0" and one["licence"]["statement"] == "the test says so"
        source = speakers / one["source"]["item"]
        assert (collector.out / one["file"]).read_bytes() == source.read_bytes()


def test_a_second_run_does_nothing_and_says_the_same(collector, speakers):
    collector.write_plan(files(speakers))
    first = collector.collect()
    again = collector.collect()
    assert again["fetched"] == 0 and again["probe_bytes"] == 0 and again["state"] == first["state"]
    assert again["accepted"] == first["accepted"]


def test_a_closed_channel_costs_one_item(collector, speakers):
    collector.write_plan(files(speakers))
    totals = collector.collect()
    first = [(speakers / channel / "item-00.ogg").stat().st_size for channel in ("sanne", "allison", "carlo")]
    most = [max(path.stat().st_size for path in (speakers / channel).iterdir()) for channel in ("sanne", "allison", "carlo")]
    assert min(first) < totals["probe_bytes"] <= sum(most)
    assert totals["fetched_bytes"] == sum(path.stat().st_size for path in (speakers / "sanne").iterdir())


def test_licences_are_deny_by_default(collector, speakers):
    collector.write_plan(files(speakers, licence="CC-BY-NC-4.0"))
    totals = collector.collect()
    assert totals["accepted"] == totals["probe_bytes"] == 0 and totals["left_out"] == {"licence_unwanted": 9}
    assert collector.exported() == []


def test_duplicates_are_kept_once(collector, speakers, space):
    place = space / "in"
    shutil.copytree(speakers / "sanne", place / "one")
    shutil.copytree(speakers / "sanne", place / "two")
    collector.write_plan(files(place))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["left_out"] == {"duplicate": 3} and len(collector.audio()) == 3
    collector.assert_sound()


def test_which_duplicate_is_kept_does_not_depend_on_the_order(collector, speakers, space):
    """The lowest id, though it came last: the recording that was there first gives way, and its file goes."""
    first = space / "first"
    shutil.copytree(speakers / "sanne", first / "channel")
    collector.write_plan(files(first))
    assert collector.collect()["accepted"] == 3
    places = [first]
    for number in range(8):
        places.append(space / f"then-{number}")
        shutil.copytree(speakers / "sanne", places[-1] / "channel")
    collector.write_plan(*(files(place) for place in places))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["left_out"] == {"duplicate": 24} and len(collector.audio()) == 3
    kept = collector.assert_sound()
    lowest = {name: min(item_id("files", str(place), f"channel/{name}") for place in places) for name in os.listdir(first / "channel")}
    assert {one["id"] for one in kept} == set(lowest.values())
    given_way = item_id("files", str(first), f"channel/{sorted(lowest)[0]}")
    if given_way not in lowest.values():
        shown = json.loads(collector.run("corpus", "show", collector.plan, given_way, "--json", code=0).out)
        assert shown["left_out"] == {"why": "duplicate", "of": lowest[sorted(lowest)[0]]}
    shown, state = collector.shown(), collector.rows()
    collector.start_over()
    collector.collect()
    assert collector.shown() == shown and collector.rows() == state


def test_what_cannot_be_decoded_is_left_out(collector, speakers, space):
    place = space / "in"
    shutil.copytree(speakers / "sanne", place / "sanne")
    (place / "sanne" / "text.mp3").write_text("no audio at all\n" * 1000)
    (place / "sanne" / "empty.wav").touch()
    (place / "sanne" / "notes.txt").write_text("nothing to hear\n")
    collector.write_plan(files(place))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["candidates"] == 5 and totals["left_out"] == {"undecodable": 2}
    assert len(collector.audio()) == 3
    collector.assert_sound()


def test_a_stricter_plan_judges_again_and_fetches_nothing(collector, speakers):
    collector.write_plan(files(speakers))
    before = collector.collect()
    collector.write_plan(files(speakers), speech_seconds="3600.0")
    stricter = collector.collect()
    assert stricter["fetched"] == 0 and stricter["accepted"] == 0 and stricter["rejected"] == 3
    assert collector.exported() == [] and len(collector.audio()) == 3
    collector.write_plan(files(speakers))
    assert collector.collect()["state"] == before["state"]


def test_what_a_plan_allows_later_comes_back(collector, speakers):
    collector.write_plan(files(speakers, licence="CC-BY-SA-4.0"))
    assert collector.collect()["left_out"] == {"licence_unwanted": 9}
    collector.write_plan(files(speakers, licence="CC-BY-SA-4.0"), licences='["CC-BY-SA-4.0"]')
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["left_out"] == {} and totals["channels"]["closed"] == 2
    collector.assert_sound()
    collector.write_plan(files(speakers, licence="CC-BY-SA-4.0"))
    refused = collector.collect()
    assert refused["accepted"] == 0 and refused["rejected"] == 3
    collector.write_plan(files(speakers, licence="CC-BY-SA-4.0"), licences='["CC-BY-SA-4.0"]')
    again = collector.collect()
    assert again["accepted"] == 3 and again["fetched"] == 0 and again["state"] == totals["state"]


def test_a_closed_channel_opens_where_a_plan_wants_it_and_nothing_is_probed_for_it(collector, speakers):
    strict = "[probe]\naccept_channel_above = 1.0\n"
    collector.write_plan(files(speakers), strict)
    closed = collector.collect()
    assert closed["channels"] == {"accepted": 0, "closed": 3, "open": 0} and closed["accepted"] == 0
    collector.write_plan(files(speakers))
    totals = collector.collect()
    assert totals["channels"] == {"accepted": 1, "closed": 2, "open": 0} and totals["accepted"] == 3 and totals["probe_bytes"] == 0
    child = [one for one in decisions.of_folder(collector.out) if one.get("channel") == item_id("files", str(speakers), "sanne")]
    assert [one["state"] for one in child] == ["closed", "open"] and child[0]["reasons"] == ["child_score_low"]
    assert child[0]["score"] == child[1]["score"] < 1
    collector.assert_sound()
    # What was let through stays so.
    collector.write_plan(files(speakers), strict)
    again = collector.collect()
    assert again["channels"]["accepted"] == 1 and again["state"] == totals["state"]


def test_a_new_source_is_searched(collector, speakers, space):
    collector.write_plan(files(speakers / "allison"))
    assert collector.collect()["accepted"] == 0
    collector.write_plan(files(speakers / "allison"), files(speakers / "sanne"))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["fetched"] == 3


def test_limits_end_the_fetching_and_can_be_raised(collector, speakers):
    collector.write_plan(files(speakers))
    assert collector.collect("--limit", 1)["accepted"] == 1
    assert len(collector.assert_sound()) == 1
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["fetched"] == 2


def test_phases_one_by_one(collector, speakers):
    collector.write_plan(files(speakers))
    assert collector.collect("--phase", "search")["candidates"] == 9
    assert collector.collect("--phase", "probe")["channels"]["accepted"] == 1
    downloaded = collector.collect("--phase", "download")
    assert downloaded["fetched"] == 3 and downloaded["unheard"] == 3 and len(collector.audio()) == 3
    assert collector.collect("--phase", "filter")["accepted"] == 3
    assert not (collector.out / "exports").exists()
    assert collector.collect("--phase", "export")["state"]
    assert len(collector.assert_sound()) == 3


@pytest.mark.parametrize("bad, named", [("typo = 1\n", "typo"), ("[limits]\nper_host = 0\n", "line")])
def test_a_wrong_plan_is_refused_with_its_line(collector, speakers, bad, named):
    collector.plan.write_text(bad + "name = 'n'\nout = 'corpus'\n" + files(speakers))
    finished = collector.run(*collector.words(), code=2)
    error = json.loads(finished.out.splitlines()[-1])
    assert named in json.dumps(error) and "line 1" in json.dumps(error) and not collector.out.exists()
