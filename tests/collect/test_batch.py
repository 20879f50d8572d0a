"""Failures in the middle of a batch: the others' results stand, no temporary is left, and what failed is said with its remedy."""

import hashlib
import re
from contextlib import contextmanager

import pytest
from collecting import Collector, feed
from harness import channels, feeds
from harness.mounts import MOUNT, assert_says_what_to_do, script
from harness.web_site import WebSite

ITEMS = 24
BAD = range(5, 20, 5)  # three of them; not the first, by which the channel is judged
MANY = {"downloads": "64", "per_host": "64"}


@pytest.fixture(scope="module")
def voices(tmp_path_factory):
    folder = tmp_path_factory.mktemp("voices")
    return channels.many(folder, {"ada": channels.CHILDREN["sanne"]}, ITEMS)


@pytest.fixture
def site(voices):
    with serving(voices) as server:
        yield server


@contextmanager
def serving(voices):
    with WebSite() as server:
        for path in voices:
            server.serve(f"/{path.name}", path.read_bytes())
        yield server


def source(site, voices) -> str:
    items = [feeds.Item(path.stem, f"{site.url}/{path.name}", path.stat().st_size, "audio/wav") for path in voices]
    return feed(site.serve("/feed.xml", feeds.rss("Ada", items, "CC0-1.0")))


def names_of(recordings: list[dict]) -> set[str]:
    return {one["source"]["item"] for one in recordings}


@pytest.fixture(scope="module")
def accepted(voices, models, tmp_path_factory):
    """What is accepted of them where nothing fails."""
    program = Collector(tmp_path_factory.mktemp("calm"), models)
    with serving(voices) as server:
        program.write_plan(source(server, voices), **MANY)
        program.collect()
        return names_of(program.assert_sound())


@pytest.mark.parametrize("fault, said", [("reset", "reset"), ("cut", "cut twice"), ("page", "a page, not media"), ("500", "answered 500")])
def test_what_fails_is_set_aside_and_the_others_stand(collector, site, voices, accepted, fault, said):
    bad = {f"/{voices[number].name}" for number in BAD}
    site.fault = lambda path: fault if path in bad else ""
    collector.write_plan(source(site, voices), **MANY)
    finished = collector.run(*collector.words(), code=3, env=collector.quick)
    last = finished.events()[-1]
    assert last["totals"]["set_aside"] == len(last["units_set_aside"]) == len(BAD)
    for one in last["units_set_aside"]:
        assert said in one["reason"].lower() and any(path in one["reason"] for path in bad) and one["remedy"], one
    assert names_of(collector.assert_sound()) == accepted - {path[1:].removesuffix(".wav") for path in bad}
    site.fault = lambda path: ""
    assert collector.collect(env=collector.quick)["set_aside"] == 0
    assert names_of(collector.assert_sound()) == accepted


def noise(path) -> bytes:
    return hashlib.shake_256(path.name.encode()).digest(path.stat().st_size)


def head_alone(path) -> bytes:
    """It promises sound, and something else comes."""
    return path.read_bytes()[:36] + path.name.encode()


@pytest.mark.parametrize("spoil", [noise, head_alone])
def test_corrupt_media_cost_themselves_alone(collector, site, voices, accepted, spoil):
    bad = [voices[number] for number in BAD]
    for path in bad:
        site.serve(f"/{path.name}", spoil(path))
    collector.write_plan(source(site, voices), **MANY)
    assert collector.collect(env=collector.quick)["left_out"] == {"undecodable": len(BAD)}
    assert names_of(collector.assert_sound()) == accepted - {path.stem for path in bad}


def test_a_full_disk_ends_the_run_and_loses_nothing(collector, space, site, voices, accepted):
    collector.write_plan(source(site, voices), out=f'"{space}/small/corpus"', **MANY)
    run = f'"$HAUL" collect "{collector.plan}" --models "{collector.models}"'
    finished = script(collector, space, MOUNT + f'''
        {run}; echo "first: $?"
        mkdir "$SPACE/first"; [ ! -d "$PLACE/corpus/audio" ] || cp -a "$PLACE/corpus/audio" "$SPACE/first"
        mount -o remount,size=64m "$PLACE"
        {run} || exit 98
        cp -a "$PLACE/corpus" "$SPACE/corpus"''', SIZE="1m")
    assert re.search("^first: 7$", finished.out, re.MULTILINE), finished
    assert_says_what_to_do(finished)
    whole = {path.read_bytes() for path in voices}
    there = [path for path in (space / "first").rglob("*.wav")]
    assert there and all(path.read_bytes() in whole for path in there)
    assert names_of(collector.assert_sound()) == accepted
