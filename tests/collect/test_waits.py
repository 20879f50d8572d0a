"""--metrics-port of a collect: what waits, for whom and how long, and what was decided, while 64 workers are at it."""

import shutil

import pytest
from collecting import feed
from harness import channels, feeds
from harness.metrics import assert_as_documented, number
from harness.program import wait, wait_for
from harness.web_site import WebSite
from servers.server import free_ports

CHILD, ADULT = channels.CHILDREN["sanne"], channels.ADULTS["allison"]


@pytest.mark.timeout(300)
def test_64_workers_their_waits_and_what_they_decide(collector, space):
    channels.many(space / "many", {"ada": CHILD}, 12)
    short = channels.many(space / "short", {"ada": CHILD}, 1, seconds=1.5)[0]
    shutil.copy(short, space / "many" / "ada" / "item-05-short.wav")
    channels.many(space / "many", {"dora": ADULT}, 3)
    port, = free_ports(1)
    throttled = []

    def fault(path: str) -> str:
        """The last recording comes once the test has looked; one request is asked to come later."""
        if path == last:
            return "held"
        if path.startswith("/ada/") and not throttled:
            throttled.append(path)
            return "429"
        return ""

    with WebSite() as site:
        sources = []
        for channel in sorted((space / "many").iterdir()):
            items = [feeds.Item(path.stem, site.serve(f"/{channel.name}/{path.name}", path.read_bytes()), path.stat().st_size, "audio/wav")
                     for path in sorted(channel.iterdir())]
            sources.append(feed(site.serve(f"/{channel.name}.xml", feeds.rss(channel.name, items, "CC-BY-4.0"))))
        unlicensed = feeds.Item("mine", site.serve("/mine.wav", b"x"), 1, "audio/wav")
        sources.append(feed(site.serve("/mine.xml", feeds.rss("mine", [unlicensed], "all rights reserved"))))
        last = "/ada/" + sorted(path.name for path in (space / "many" / "ada").iterdir())[-1]
        site.fault = fault
        collector.write_plan(*sources, downloads="64", per_host="64")
        child = collector.start(*collector.words("--metrics-port", port), env=collector.quick)
        try:
            wait_for(lambda: number(port, 'haul_units{kind="filter",state="done"}') == 12, child)
            values = assert_as_documented(port, collect=True)
        finally:
            site.let_go.set()
        assert wait(child).code == 0

    host = site.url.removeprefix("http://")
    name = next(one.partition('host="')[2].partition('"')[0] for one in values if one.startswith("haul_host_requests_total"))
    assert name in host
    assert values[f'haul_host_throttled_total{{host="{name}"}}'] == 1
    assert values[f'haul_host_requests_total{{host="{name}"}}'] >= 15
    assert values["haul_temporaries"] >= 1 and 0 <= values["haul_temporaries_untouched_seconds"] < 300
    assert values['haul_units{kind="download",state="leased"}'] == 1
    assert values['haul_left_out_total{why="licence_unknown"}'] == 1
    assert values['haul_channels_probed_total{state="accepted"}'] == 1 and values['haul_channels_probed_total{state="closed"}'] == 1
    judged = [values[f'haul_recordings_judged_total{{verdict="{verdict}"}}'] for verdict in ("accepted", "rejected")]
    assert sum(judged) == 12 and judged[1] == values['haul_reasons_against_total{reason="speech_too_short"}'] == 1
    assert values["haul_corpus_accepted_seconds"] > 10 and values["haul_probe_bytes_total"] > 1000
    for call in ("claim", "commit"):
        waits = values[f'haul_ledger_wait_seconds_count{{call="{call}"}}']
        assert waits >= 30 and values[f'haul_ledger_wait_seconds_bucket{{call="{call}",le="60"}}'] == waits, "somebody waited a minute"
        # First come, first served: nobody sees all the others pass again and again.
        assert values[f'haul_ledger_most_overtaken{{call="{call}"}}'] < waits / 2
