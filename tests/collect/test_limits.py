"""What a plan's limits keep a collect to, as the servers that are asked see it."""

import pytest
from batch import serving, source
from collecting import peertube
from harness.peertube_server import PeerTube
from harness.web_site import Asked


def asked_for_media(site) -> list[Asked]:
    return [one for one in site.asked if one.path.endswith(".wav")]


def most_at_once(asked: list[Asked]) -> int:
    """One that ends at the moment at which another begins makes room for it."""
    changes = sorted([(one.at, 1) for one in asked] + [(one.until, -1) for one in asked])
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def test_bytes_stay_within_the_limit_with_64_workers(collector, site, voices):
    """Though all of them would fetch at once; and nothing is fetched that has no room left."""
    size = voices[0].stat().st_size
    assert {path.stat().st_size for path in voices} == {size}
    site.fault = lambda path: "slow" if path.endswith(".wav") else ""
    collector.write_plan(source(site, voices), downloads=f'64\nbytes = "{20 * size + size // 2}"', per_host="64")
    totals = collector.collect()
    assert totals["limit_reached"] and totals["fetched"] == 20 and totals["bytes"] == 20 * size
    assert sum(path.stat().st_size for path in collector.audio()) == 20 * size
    collector.assert_sound()
    fetched = len(asked_for_media(site))
    assert fetched <= 20 + 1  # and the probe
    assert collector.collect()["fetched"] == 0 and len(asked_for_media(site)) == fetched
    collector.write_plan(source(site, voices), downloads=f'64\nbytes = "{22 * size}"', per_host="64")
    assert collector.collect()["bytes"] == 22 * size


def test_hours_stop(collector, site, voices):
    collector.write_plan(source(site, voices), downloads="4\nhours = 0.004")
    totals = collector.collect()
    assert totals["limit_reached"] and totals["accepted_seconds"] >= 0.004 * 3600
    # Those that were fetched and not yet heard when the last second was.
    assert totals["fetched"] < len(voices) / 2
    collector.assert_sound()


def test_no_more_at_once_than_the_plan_says(collector, site, voices):
    """Probes and downloads together, of two hosts."""
    with serving(voices[32:]) as other:
        for one in (site, other):
            one.fault = lambda path: "slow" if path.endswith(".wav") else ""
        collector.write_plan(source(site, voices[:12]), source(other, voices[32:44]), downloads="3", per_host="2")
        assert collector.collect()["fetched"] == 24
        assert max(most_at_once(site.asked), most_at_once(other.asked)) <= 2
        assert 1 < most_at_once(asked_for_media(site) + asked_for_media(other)) <= 3


def test_a_plan_slows_down_what_a_source_would_ask_faster(collector, speakers):
    """A PeerTube is asked five times a second where the plan allows it."""
    with PeerTube() as instance:
        for path in sorted((speakers / "sanne").iterdir()):
            instance.add("sanne", path.stem, path, words="read aloud")
        collector.write_plan(peertube(instance.url, "read aloud"), requests_per_second="2.5")
        assert collector.collect()["accepted"] == 3
        times = [one.at for one in instance.asked]
        assert len(times) >= 8
        # A little less for the first, which may have taken its time from there to here.
        assert times[-1] - times[0] > (len(times) - 1.5) / 2.5


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_host_that_asks_to_be_left_alone_is(collector, site, voices, status):
    """Longer than a request would wait for its turn; once in the middle of downloads."""
    site.retry_after = 3
    throttled = []

    def fault(path: str) -> str:
        if path == f"/{voices[5].name}" and not throttled:
            throttled.append(path)
            return status
        return ""

    site.fault = fault
    collector.write_plan(source(site, voices[:12]), per_host="1")
    assert collector.collect(env=collector.quick)["fetched"] == 12
    said, = [one for one in site.asked if one.fault]
    later = [one.at for one in site.asked if one.at > said.at]
    assert later and min(later) - said.at >= site.retry_after
    collector.assert_sound()
