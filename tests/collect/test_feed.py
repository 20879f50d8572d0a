"""A corpus from feeds that nginx serves."""

import shutil

import pytest
from collecting import feed, item_id
from harness import feeds
from harness.channels import ADULTS
from harness.listener import ffmpeg
from harness.media_site import MediaSite
from harness.web_site import Answer, WebSite

CC_BY = "CC-BY-4.0"
PUBLIC = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.fixture
def site(space, speakers):
    folder = space / "site"
    shutil.copytree(speakers, folder / "data")
    with MediaSite(folder) as server:
        yield server


def items(site, channel: str, beneath: str = "") -> list[feeds.Item]:
    return [feeds.Item(path.stem, f"{site.endpoint}/{beneath}{channel}/{path.name}", path.stat().st_size)
            for path in sorted((site.data / channel).iterdir())]


def media_asked(site, channel: str = "") -> list:
    return [one for one in site.log() if one.path.startswith(f"/{channel}") and one.path.endswith((".ogg", ".wav"))]


def test_the_right_feed_and_one_probe_of_the_wrong_one(collector, site):
    right = site.serve("right.xml", feeds.rss("Right", items(site, "sanne"), CC_BY))
    wrong = site.serve("wrong.atom", feeds.atom("Wrong", items(site, "allison"), PUBLIC))
    collector.write_plan(feed(right), feed(wrong))
    totals = collector.collect()
    assert totals["channels"] == {"accepted": 1, "closed": 1, "open": 0} and totals["accepted"] == totals["fetched"] == 3
    closed = media_asked(site, "allison")
    first = site.data / "allison" / "item-00.ogg"
    assert [one.path for one in closed] == ["/allison/item-00.ogg"]
    assert sum(one.bytes for one in closed) == first.stat().st_size
    probed = sum(one.bytes for one in media_asked(site)) - totals["fetched_bytes"]
    assert probed == totals["probe_bytes"]
    recordings = collector.assert_sound()
    assert {one["id"] for one in recordings} == {item_id("feed", right, f"item-{n:02}") for n in range(3)}
    for one in recordings:
        assert one["licence"] == {**one["licence"], "id": CC_BY, "page": right, "statement": CC_BY} and one["language_claim"] == "nl"
        assert (collector.out / one["file"]).read_bytes() == (site.data / "sanne" / f"{one['source']['item']}.ogg").read_bytes()


def test_a_long_item_is_probed_by_its_beginning(collector, site):
    """Carlo speaks in 48 kHz and two channels: 10 seconds are more than is needed to hear that he is no child."""
    long = site.data / "long.wav"
    inputs = [word for path in ADULTS["carlo"][:2] for word in ("-i", path)]
    ffmpeg(*inputs, "-filter_complex", "concat=n=2:v=0:a=1", "-ar", 48000, "-ac", 2, "-t", 10, long)
    size = long.stat().st_size
    seconds = size / (48000 * 4)
    wrong = site.serve("wrong.xml", feeds.rss("Wrong", [feeds.Item("long", f"{site.endpoint}/long.wav", size, "audio/wav", seconds)], CC_BY))
    collector.write_plan(feed(wrong), "[probe]\nseconds = 5.0\n")
    totals = collector.collect()
    assert totals["channels"]["closed"] == 1 and totals["accepted"] == 0
    one, = media_asked(site)
    assert one.status == 206 and one.range == f"bytes=0-{one.bytes - 1}"
    assert totals["probe_bytes"] == one.bytes < size * 0.8


def test_without_a_licence_no_media_are_asked_for(collector, site):
    silent = site.serve("silent.xml", feeds.rss("Silent", items(site, "sanne")))
    vague = site.serve("vague.xml", feeds.rss("Vague", items(site, "allison"), "all rights reserved"))
    collector.write_plan(feed(silent), feed(vague))
    totals = collector.collect()
    assert totals["left_out"] == {"licence_unknown": 6} and totals["accepted"] == totals["probe_bytes"] == 0
    assert media_asked(site) == [] and collector.exported() == []


def test_redirects_and_what_is_not_to_be_had(collector, site):
    good = [*items(site, "sanne")[:2], *items(site, "sanne", "moved/")[2:]]
    bad = [feeds.Item("missing", f"{site.endpoint}/sanne/none.ogg"), feeds.Item("forbidden", f"{site.endpoint}/forbidden/a.ogg")]
    address = site.serve("feed.xml", feeds.rss("Feed", good + bad, CC_BY))
    collector.write_plan(feed(address))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["left_out"] == {"gone": 1, "forbidden": 1}
    assert [one.status for one in site.log() if one.path.startswith("/moved/")] == [302]
    collector.assert_sound()
    asked = len(site.log())
    again = collector.collect()
    assert again["state"] == totals["state"] and again["fetched"] == 0
    assert [one for one in site.log()[asked:] if one.path.endswith(".ogg")] == []


def test_a_page_in_the_place_of_media(collector, site):
    """Set aside, said with its address and what to do; the next run asks for it alone."""
    page = feeds.Item("page", f"{site.endpoint}/page/a.ogg")
    address = site.serve("feed.xml", feeds.rss("Feed", [page, *items(site, "sanne")], CC_BY))
    collector.write_plan(feed(address))
    finished = collector.run(*collector.words(), code=3, env=collector.quick)
    last = finished.events()[-1]
    assert last["totals"]["accepted"] == 3 and last["totals"]["set_aside"] == 1
    failed, = last["units_set_aside"]
    assert "a page, not media" in failed["reason"] and page.url in failed["reason"] and failed["remedy"]
    collector.assert_sound()
    asked = len(site.log())
    assert collector.collect(code=3, env=collector.quick)["set_aside"] == 1
    assert {one.path for one in site.log()[asked:]} == {"/page/a.ogg"}


def test_this_machine_is_refused_unless_allowed(collector, site):
    address = site.serve("feed.xml", feeds.rss("Feed", items(site, "sanne"), CC_BY))
    collector.write_plan(feed(address), allow_private="false")
    finished = collector.run(*collector.words(), code=3)
    failed, = finished.events()[-1]["units_set_aside"]
    assert "its address is loopback, not public" in failed["reason"] and "limits.allow_private" in failed["remedy"]
    assert site.log() == [] and collector.exported() == []
    collector.write_plan(feed(address))
    assert collector.collect()["accepted"] == 3


def test_a_feed_that_is_not_there_ends_nothing_else(collector, site):
    address = site.serve("feed.xml", feeds.rss("Feed", items(site, "sanne"), CC_BY))
    collector.write_plan(feed(f"{site.endpoint}/none.xml"), feed(address))
    finished = collector.run(*collector.words(), code=3)
    failed, = finished.events()[-1]["units_set_aside"]
    assert "404" in failed["reason"] and "plan" in failed["remedy"]
    assert len(collector.assert_sound()) == 3


def test_media_on_this_machine_are_refused_though_their_feed_is_elsewhere(collector):
    """The feed is public, behind a proxy; its media lie here, the one by its address, the other by a redirect."""
    with WebSite() as site:
        public = "http://media.example.org/moved.ogg"
        here = site.serve("/here.ogg", b"a secret")
        site.served[public] = Answer(status=302, headers={"Location": here})
        address = "http://media.example.org/feed.xml"
        site.serve(address, feeds.rss("Feed", [feeds.Item("named", here), feeds.Item("moved", public)], CC_BY))
        collector.write_plan(feed(address), allow_private="false")
        finished = collector.run(*collector.words(), code=0, env={"http_proxy": site.url})
        assert finished.events()[-1]["totals"]["left_out"] == {"forbidden": 2}
        assert sorted({one.path for one in site.asked}) == [address, public]
