"""A plan that changes between runs: what it says of its sources holds for what is known already, and what left with a source comes back."""

from collecting import feed, files
from harness import channels, feeds
from harness.web_site import WebSite


def test_a_corrected_licence_reaches_what_is_known(collector, speakers):
    collector.write_plan(files(speakers, licence="CC-BY-NC-4.0"))
    assert collector.collect()["left_out"] == {"licence_unwanted": 9}
    collector.write_plan(files(speakers))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["left_out"] == {}
    assert {one["licence"]["id"] for one in collector.assert_sound()} == {"CC0-1.0"}

    collector.write_plan(files(speakers, licence="CC-BY-4.0"))
    renamed = collector.collect()
    assert renamed["accepted"] == 3 and renamed["fetched"] == 0
    assert {one["licence"]["id"] for one in collector.assert_sound()} == {"CC-BY-4.0"}

    collector.write_plan(files(speakers, licence="CC-BY-NC-4.0"))
    refused = collector.collect()
    assert refused["accepted"] == 0 and refused["rejected"] == 3 and collector.exported() == []


def test_a_source_that_leaves_the_plan_and_comes_back_is_searched_to_its_end(collector, speakers, space):
    channels.many(space / "many", {"ada": channels.CHILDREN["sanne"]}, 4)
    with WebSite() as site:
        items = [feeds.Item(path.stem, site.serve(f"/{path.name}", path.read_bytes()), path.stat().st_size, "audio/wav")
                 for path in sorted((space / "many" / "ada").iterdir())]
        first = site.serve("/1.xml", feeds.rss("ada", items[:2], "CC-BY-4.0", f"{site.url}/2.xml"))
        collector.write_plan(feed(first))
        totals = collector.collect(env=collector.quick, code=3)  # the second page is not there
        assert totals["candidates"] == 2 and totals["set_aside"] == 1
        collector.write_plan(files(speakers / "allison"))
        assert collector.collect(env=collector.quick)["set_aside"] == 0
        assert site.paths_asked("/2.xml") == ["/2.xml"]

        site.serve("/2.xml", feeds.rss("ada", items[2:], "CC-BY-4.0"))
        collector.write_plan(feed(first), files(speakers / "allison"))
        totals = collector.collect(env=collector.quick)
        assert totals["candidates"] == 4 + 3 and totals["accepted"] == 4
        assert site.paths_asked("/1.xml") == ["/1.xml"]
        collector.assert_sound()
