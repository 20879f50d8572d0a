"""Killed at any moment while a server fails one request in five: one more run, and all is as if nothing had happened."""

import os
import random
import shutil
import time

import pytest
from collecting import Collector, feed
from harness import channels, feeds
from harness.points import all_points
from harness.web_site import WebSite

SEED = int(os.environ.get("HAUL_TEST_SEED", "20261130"))
CC_BY = "CC-BY-4.0"
# Passed only where a corpus lies with a service.
IN_A_SERVICE = "collect.corpus.sent"
BY_64 = {"downloads": "64", "per_host": "64"}
CHILD, ADULT = channels.CHILDREN["sanne"], channels.ADULTS["allison"]


def serve(site: WebSite, folder, a_page: int = 5) -> list[str]:
    """A paged feed for each channel."""
    addresses = []
    for channel in sorted(folder.iterdir()):
        items = [feeds.Item(path.stem, site.serve(f"/{channel.name}/{path.name}", path.read_bytes()), path.stat().st_size, "audio/wav")
                 for path in sorted(channel.iterdir())]
        pages = [items[at:at + a_page] for at in range(0, len(items), a_page)]
        for number, page in reversed(list(enumerate(pages))):
            following = f"{site.url}/{channel.name}-{number + 1}.xml" if number + 1 < len(pages) else ""
            address = site.serve(f"/{channel.name}-{number}.xml", feeds.rss(channel.name, page, CC_BY, following))
        addresses.append(feed(address))
    return addresses


def fails_one_in_five(chance: random.Random):
    return lambda path: chance.choice(["500", "502", "reset", "cut", "slow"]) if chance.random() < 0.2 else ""


@pytest.mark.timeout(1800)
def test_64_workers_lose_and_double_nothing(collector, space, models, full):
    channels.many(space / "many", {"ada": CHILD, "bea": CHILD, "cleo": CHILD}, 18)
    channels.many(space / "many", {"dora": ADULT}, 6)
    for other in ("bea", "cleo"):  # the same bytes by three ways: which of them is kept must not depend on the order
        shutil.copy(space / "many" / "ada" / "item-03.wav", space / "many" / other / "item-18.wav")
    with WebSite() as site:
        sources = serve(site, space / "many")
        quiet = Collector(space / "quiet", models)
        quiet.space.mkdir()
        quiet.write_plan(*sources, **BY_64)
        began = time.monotonic()
        totals = quiet.collect()
        took = time.monotonic() - began
        assert totals["candidates"] == 62 and totals["left_out"]["duplicate"] == 2 and totals["channels"] == {"accepted": 3, "closed": 1, "open": 0}
        assert totals["accepted"] > 40 and len(quiet.assert_sound()) == totals["accepted"]

        collector.write_plan(*sources, **BY_64)
        chance = random.Random(SEED)
        print(f"HAUL_TEST_SEED={SEED}")
        site.fault = fails_one_in_five(random.Random(SEED + 1))
        kills = 0
        while kills < (200 if full else 12):
            child = collector.start(*collector.words(), env=collector.quick)
            time.sleep(chance.uniform(0, took * 0.7))
            child.kill()
            child.communicate()
            if child.returncode == 0:
                assert_same(collector, quiet)
                collector.start_over()
            else:
                assert child.returncode == -9
                kills += 1
        last = collector.collect(env=collector.quick)
        assert_same(collector, quiet)
        assert last["accepted"] == totals["accepted"] and last["left_out"] == totals["left_out"] and last["waiting"] == 0
        assert {"500", "502", "reset", "cut", "slow"} <= {one.fault for one in site.asked}


def assert_same(collector, quiet) -> None:
    collector.assert_sound()
    assert collector.exported() == quiet.exported()
    assert collector.shown() == quiet.shown()
    assert collector.rows() == quiet.rows() and {path.name for path in collector.audio()} == {path.name for path in quiet.audio()}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A child's channel, with an item in it that nobody can decode, and an adult's."""
    folder = tmp_path_factory.mktemp("small")
    channels.many(folder, {"ada": CHILD}, 3)
    channels.many(folder, {"dora": ADULT}, 2)
    (folder / "ada" / "text.wav").write_text("no audio at all\n" * 1000)
    with WebSite() as site:
        yield serve(site, folder, a_page=2)


@pytest.fixture(scope="module")
def undisturbed(small, models, tmp_path_factory):
    program = Collector(tmp_path_factory.mktemp("undisturbed"), models)
    program.write_plan(*small)
    assert program.collect()["left_out"] == {"undecodable": 1}
    return program


@pytest.mark.parametrize("point", [point for point in all_points() if point.startswith("collect.") and point != IN_A_SERVICE])
def test_every_recording_has_its_file_at_every_kill_point(collector, small, undisturbed, full, point):
    collector.write_plan(*small)
    for nth in (1, 2, 3) if full else (1,):
        collector.start_over()
        killed = collector.killed_at(point, *collector.words(), nth=nth)
        assert killed.code == -9 or (killed.code == 0 and nth > 1), killed
        collector.collect()
        assert_same(collector, undisturbed)


def test_killed_when_a_recording_is_with_a_service(collector, small, undisturbed, exact_client):
    collector.always = exact_client.env
    collector.write_plan(*small, out=f'"s3://{exact_client.bucket}/corpus"')
    collector.killed_at(IN_A_SERVICE, *collector.words(), code=-9)
    assert collector.collect()["state"] == undisturbed.shown()[0]
    there = {key.removeprefix("corpus/") for key in exact_client.list("corpus/audio/")}
    assert there == {str(path.relative_to(undisturbed.out)) for path in undisturbed.audio()}
    assert not [path for path in collector.state.glob("jobs/*/incoming/*")]
