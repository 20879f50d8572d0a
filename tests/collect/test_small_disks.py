"""Disks on which not all downloads fit side by side: they wait for each other, and what is too large keeps nobody else from anything."""

import json
import re

import pytest
from batch import names_of
from collecting import feed
from harness import feeds
from harness.mounts import MOUNT, assert_says_what_to_do, script
from harness.web_site import WebSite

MIB = 1 << 20


def blown_up(voice, size: int) -> bytes:
    """A WAV file with so much behind its sound, which decoders do not look at."""
    body = voice.read_bytes()
    return body + bytes(size - len(body))


@pytest.fixture
def web():
    with WebSite() as site:
        yield site


def offer(site: WebSite, bodies: dict[str, bytes], claimed: dict[str, int] | None = None) -> str:
    sizes = {name: len(body) for name, body in bodies.items()} | (claimed or {})
    items = [feeds.Item(name, site.serve(f"/{name}.wav", body), sizes[name], "audio/wav") for name, body in bodies.items()]
    return feed(site.serve("/feed.xml", feeds.rss("Ada", items, "CC0-1.0")))


def run_small(collector, space, then: str = "", code: int = 0):
    run = f'"$HAUL" collect "{collector.plan}" --models "{collector.models}"'
    return script(collector, space, MOUNT + f'''
        {run} 2>"$SPACE/said"; code=$?
        cat "$SPACE/said" >&2; ls "$PLACE/corpus/audio"/*/ ; echo "ended: $code"; df -k "$PLACE" | tail -1
        {then}
        [ $code -eq {code} ] || exit 97
        mkdir -p "{collector.out.parent}"; cp -a "$PLACE/corpus" "{collector.out}"''', SIZE="16m")


def test_downloads_that_do_not_fit_side_by_side_wait_for_each_other(collector, space, web, voices):
    """The same bytes eight times: one file in the end, but 24 MiB on the way."""
    body = blown_up(voices[0], 3 * MIB)
    web.fault = lambda path: "slow" if path.endswith(".wav") else ""
    collector.write_plan(offer(web, {f"item-{number}": body for number in range(8)}), out=f'"{space}/small/corpus"', downloads="8", per_host="8")
    finished = run_small(collector, space)
    assert finished.err.count("they wait for each other") == 1 and "No space" not in finished.err, finished
    recording, = collector.assert_sound()
    assert recording["bytes"] == len(body)
    stats = json.loads(collector.run("corpus", "stats", collector.plan, "--json").out)
    assert stats["left_out"] == {"duplicate": 7} and stats["set_aside"] == stats["waiting"] == 0


def test_what_is_too_large_for_the_disk_ends_the_run_behind_all_others(collector, space, web, voices):
    bodies = {f"item-{number}": blown_up(voices[number], MIB) for number in range(4)}
    bodies["item-1"] = blown_up(voices[1], 20 * MIB)
    collector.write_plan(offer(web, bodies, {"item-1": 0}), out=f'"{space}/small/corpus"')
    more = '"$HAUL" collect "%s" --models "%s" >&2; code=$?' % (collector.plan, collector.models)
    finished = run_small(collector, space, f'mount -o remount,size=64m "$PLACE"; {more}')
    assert "ended: 7" in finished.out and len(re.findall(r"\.wav$", finished.out, re.MULTILINE)) == 3, finished
    assert_says_what_to_do(finished)
    assert "it needs 21.0 MB" in finished.err and "No space" not in finished.err, finished
    assert names_of(collector.assert_sound()) == set(bodies)


def test_a_feed_that_boasts_of_its_items_ends_no_run(collector, web, voices):
    bodies = {path.stem: path.read_bytes() for path in voices[:4]}
    collector.write_plan(offer(web, bodies, {voices[2].stem: 1 << 60}))
    assert collector.collect()["fetched"] == 4
    assert names_of(collector.assert_sound()) <= set(bodies)
