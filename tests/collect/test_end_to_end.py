"""One corpus from a feed behind nginx, a server in the shape of PeerTube and a folder: what is in it, what the wrong channels cost, and what
the programs that people read corpora with make of it."""

import json
import shutil

import pytest
from collecting import feed, files, peertube
from harness import channels, feeds, readers, schemas
from harness.media_site import MediaSite
from harness.peertube_server import PeerTube

WORDS = "read aloud"
VIEWS = {"manifest.jsonl": "corpus-recording.json", "metadata.jsonl": "corpus-metadata.json", "recordings.jsonl": "lhotse-recording.json",
         "supervisions.jsonl": "lhotse-supervision.json"}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Channels of one child, each with recordings of its own, and of adults."""
    folder = tmp_path_factory.mktemp("spoken")
    for number, name in enumerate(("fed", "watched", "kept")):
        channels.make(folder, {name: channels.CHILDREN["sanne"]}, 3, first=3 * number)
    channels.make(folder, channels.ADULTS, 3)
    return folder


@pytest.fixture
def site(space, spoken):
    folder = space / "site"
    shutil.copytree(spoken, folder / "data")
    with MediaSite(folder) as server:
        yield server


@pytest.fixture
def instance():
    with PeerTube() as server:
        yield server


def of(folder) -> list:
    return sorted(folder.iterdir())


@pytest.fixture
def collected(collector, site, instance, spoken, space):
    """Of each kind of source the channel of a child; of the servers the channel of an adult, too."""
    def items(channel: str) -> list[feeds.Item]:
        return [feeds.Item(path.stem, f"{site.endpoint}/{channel}/{path.name}", path.stat().st_size) for path in of(site.data / channel)]
    for name in ("watched", "allison"):
        for path in of(spoken / name):
            instance.add(name, path.stem, path, words=WORDS)
    shutil.copytree(spoken / "kept", space / "own" / "kept")
    collector.write_plan(feed(site.serve("right.xml", feeds.rss("Right", items("fed"), "CC-BY-4.0"))),
                         feed(site.serve("wrong.xml", feeds.rss("Wrong", items("carlo"), "CC-BY-4.0"))),
                         peertube(instance.url, WORDS), files(space / "own"))
    return collector.collect()


def test_right_channels_are_accepted_and_wrong_ones_cost_one_probe_each(collector, collected, site, instance, spoken):
    assert collected["channels"] == {"accepted": 3, "closed": 2, "open": 0}, collected
    assert collected["accepted"] == collected["fetched"] == 9 and collected["candidates"] == 15
    assert {one["source"]["kind"] for one in collector.assert_sound()} == {"feed", "peertube", "files"}
    wrong = [one for one in site.log() if one.path.startswith("/carlo/")]
    watched = {one["files"][0]["fileUrl"].removeprefix(instance.url): one for one in instance.videos if one["channel"]["name"] == "allison"}
    seen, = [path for path in instance.paths_asked("/static/") if path in watched]
    assert [one.path for one in wrong] == ["/carlo/item-00.ogg"]
    # Nothing of a wrong channel is fetched but the one item that it was judged by; each of the right ones is judged by one, too.
    sizes = {path.stem: path.stat().st_size for path in of(spoken / "allison")}
    judged = wrong[0].bytes + sizes[watched[seen]["name"]]
    assert wrong[0].bytes == (spoken / "carlo" / "item-00.ogg").stat().st_size
    assert judged < collected["probe_bytes"] <= judged + sum(max(path.stat().st_size for path in of(spoken / name)) for name in ("fed", "watched", "kept"))


@pytest.mark.timeout(4000)
def test_others_read_what_was_collected(collector, collected, space, full):
    """The real pandas, DuckDB and datasets; in full lhotse, too, which needs torch."""
    count = collected["accepted"]
    for view, schema in VIEWS.items():
        lines = [json.loads(line) for line in (collector.out / "exports" / "current" / view).read_text().splitlines()]
        assert len(lines) >= count, view
        for line in lines:
            schemas.assert_fits(line, schema)
    ids = sorted(one["id"] for one in collector.exported())
    rows = {}
    for question in ("pandas", "duckdb", "audiofolder", "json"):
        found = readers.ask(readers.PLAIN, question, collector.out, space=space)
        rows[question] = found["rows"]
        assert found.get("ids", ids) == ids, question
    if full:
        for question in ("lhotse", "decoded"):
            rows[question] = readers.ask(readers.WITH_TORCH, question, collector.out, space=space)["rows"]
    assert set(rows.values()) == {count}, rows
