"""A corpus from a server in the shape of PeerTube, well and unwell."""

import pytest
from collecting import item_id, peertube
from harness.peertube_server import HOST, PeerTube
from harness.web_site import once_each

WORDS = "read aloud"


@pytest.fixture
def instance():
    with PeerTube() as server:
        yield server


def recordings(speakers, channel: str) -> list:
    return sorted((speakers / channel).iterdir())


def with_channels(instance, speakers) -> list[dict]:
    """A child's channel, of which the search finds two of three, and an adult's. The child's videos."""
    found = [instance.add("sanne", path.stem, path, words=WORDS if number < 2 else "")
             for number, path in enumerate(recordings(speakers, "sanne"))]
    for path in recordings(speakers, "allison"):
        instance.add("allison", path.stem, path, words=WORDS)
    return found


def media_asked(instance, videos: list[dict]) -> list[str]:
    paths = {one["files"][0]["fileUrl"].removeprefix(instance.url) for one in videos}
    return [path for path in instance.paths_asked("/static/") if path in paths]


def test_a_channel_is_accepted_and_listed_and_another_closed(collector, instance, speakers):
    children = with_channels(instance, speakers)
    adults = [one for one in instance.videos if one["channel"]["name"] == "allison"]
    collector.write_plan(peertube(instance.url, WORDS))
    totals = collector.collect()
    assert totals["channels"] == {"accepted": 1, "closed": 1, "open": 0} and totals["accepted"] == totals["fetched"] == 3
    assert len(media_asked(instance, adults)) == 1
    recordings = collector.assert_sound()
    assert {one["id"] for one in recordings} == {item_id("peertube", instance.url, one["uuid"]) for one in children}
    for one in recordings:
        assert one["licence"]["id"] == "CC-BY-4.0" and one["licence"]["page"] == f"{instance.url}/api/v1/videos/{one['source']['item']}"
        assert one["source"]["channel"] == f"sanne@{HOST}" and one["source"]["page"] == f"{instance.url}/w/{one['source']['item']}"
    asked = len(instance.asked)
    assert collector.collect()["state"] == totals["state"] and len(instance.asked) == asked


def test_a_page_that_shifts_while_it_is_read_loses_nothing(collector, instance, speakers):
    """Two videos vanish at the front and three appear at the end while a search of 75 is paged through; some are listed twice."""
    for number in range(70):
        instance.add("other", f"other {number:02}", licence=4, words=WORDS)
    with_channels(instance, speakers)
    instance.videos.append(instance.videos[-1])
    uuids = {one["uuid"] for one in instance.videos}

    def shift(start: int) -> None:
        if start == 0 and len(instance.videos) == 77:
            del instance.videos[:2]
            for number in range(3):
                uuids.add(instance.add("other", f"late {number}", licence=4, words=WORDS)["uuid"])
    instance.after_page = shift
    collector.write_plan(peertube(instance.url, WORDS, "aloud"))
    totals = collector.collect()
    assert totals["candidates"] == len(uuids) == 79 and totals["left_out"] == {"licence_unwanted": 73}
    assert totals["accepted"] == 3 and totals["channels"]["closed"] == 1
    collector.assert_sound()


def test_what_is_missing_or_not_public_is_left_out(collector, instance, speakers):
    with_channels(instance, speakers)
    instance.add("sanne", "no licence", recordings(speakers, "sanne")[0], licence=None, words=WORDS)
    instance.add("sanne", "no files", words=WORDS)
    instance.add("sanne", "private", recordings(speakers, "sanne")[0], words=WORDS, privacy={"id": 3, "label": "Private"})
    instance.add("sanne", "nameless", words=WORDS, uuid=None)
    instance.add("sanne", "homeless", words=WORDS, channel=None)
    instance.add("sanne", "live", words=WORDS, isLive=True)
    gone = instance.add("sanne", "gone", recordings(speakers, "sanne")[0], words=WORDS)
    instance.served.pop(gone["files"][0]["fileUrl"].removeprefix(instance.url))
    collector.write_plan(peertube(instance.url, WORDS))
    totals = collector.collect()
    assert totals["accepted"] == 3
    assert totals["left_out"] == {"licence_unknown": 1, "unsupported": 1, "forbidden": 1, "gone": 1}
    collector.assert_sound()


@pytest.mark.parametrize("faults", [["429", "500", "503"], ["reset", "cut", "slow"], ["page", "cut", "429"]], ids="-".join)
def test_an_instance_that_is_unwell_for_a_time(collector, instance, speakers, faults):
    """Everything fails once, and the corpus is what it would have been."""
    with_channels(instance, speakers)
    collector.write_plan(peertube(instance.url, WORDS))
    calm = collector.collect()
    before = collector.shown()
    collector.start_over()
    instance.asked.clear()
    instance.fault = once_each(faults)
    totals = collector.collect(env=collector.quick)
    assert {one.fault for one in instance.asked} == {"", *faults}
    assert collector.shown() == before and totals["left_out"] == calm["left_out"] and totals["set_aside"] == 0
    collector.assert_sound()


def test_an_item_that_never_works_is_set_aside_and_ends_nothing(collector, instance, speakers):
    """While the instance answers for the others; the next run finds it well."""
    bad = with_channels(instance, speakers)[2]["files"][0]["fileUrl"].removeprefix(instance.url)
    instance.fault = lambda path: "500" if path == bad else ""
    collector.write_plan(peertube(instance.url, WORDS))
    finished = collector.run(*collector.words(), code=3, env=collector.quick)
    failed, = finished.events()[-1]["units_set_aside"]
    assert "the server answered 500" in failed["reason"] and "the same command tries it again" in failed["remedy"]
    assert len(collector.assert_sound()) == 2
    instance.fault = lambda path: ""
    assert collector.collect()["accepted"] == 3
    collector.assert_sound()
