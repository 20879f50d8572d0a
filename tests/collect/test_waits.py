"""--metrics-port of a collect: what waits, for whom and how long, and what was decided, while 64 workers are at it."""

import shutil
import time

import pytest
from collecting import feed
from harness import channels, feeds
from harness.metrics import assert_as_documented, number, scraped
from harness.program import wait, wait_for
from harness.web_site import WebSite
from servers.server import free_ports

CHILD, ADULT = channels.CHILDREN["sanne"], channels.ADULTS["allison"]
IDLE_SECONDS = 3


@pytest.fixture
def looked(collector, space):
    """What was shown while all but the last recording were done, and IDLE_SECONDS later."""
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
            wait_for(lambda: number(port, 'haul_units{kind="filter",state="done"}') == 12, child, limit=120)
            values = assert_as_documented(port, collect=True)
            time.sleep(IDLE_SECONDS)
            later = scraped(port)[1]
        finally:
            site.let_go.set()
        assert wait(child).code == 0
    return values, later


def test_numbers_of_a_collect(looked):
    values, _ = looked
    hosts = {one.partition('host="')[2].partition('"')[0] for one in values if one.startswith("haul_host_requests_total")}
    host, = hosts
    assert host.startswith("127.0.0.1")
    assert values[f'haul_host_throttled_total{{host="{host}"}}'] == 1
    assert values[f'haul_host_requests_total{{host="{host}"}}'] >= 15
    assert values["haul_temporaries"] >= 1
    assert 0 <= values["haul_temporaries_untouched_seconds"] <= values["haul_temporaries_oldest_seconds"] < 300
    assert values['haul_units{kind="download",state="leased"}'] == 1
    assert values['haul_left_out_total{why="licence_unknown"}'] == 1
    assert values['haul_channels_probed_total{state="accepted"}'] == 1 and values['haul_channels_probed_total{state="closed"}'] == 1
    judged = [values[f'haul_recordings_judged_total{{verdict="{verdict}"}}'] for verdict in ("accepted", "rejected")]
    assert sum(judged) == 12 and judged[1] == values['haul_reasons_against_total{reason="speech_too_short"}'] == 1
    assert values["haul_corpus_accepted_seconds"] > 10 and values["haul_probe_bytes_total"] > 1000


def test_waiting_for_the_ledger_is_fair_bounded_backed_off_measured(looked):
    """Of 64 workers. That calls are served in their order, src/ledger/sqlite/writer_test.cc sees."""
    values, later = looked
    for call in ("claim", "commit"):
        waits = values[f'haul_ledger_wait_seconds_count{{call="{call}"}}']
        assert waits >= 30 and values[f'haul_ledger_wait_seconds_bucket{{call="{call}",le="60"}}'] == waits, "somebody waited a minute"
        assert 0 < values[f'haul_ledger_longest_wait_seconds{{call="{call}"}}'] <= values[f'haul_ledger_wait_seconds_sum{{call="{call}"}}']
        # Nobody sees all the others pass again and again.
        assert values[f'haul_ledger_most_overtaken{{call="{call}"}}'] < waits / 2
    # Every 50 ms each, were it not for the backing off.
    claims = (one['haul_ledger_wait_seconds_count{call="claim"}'] for one in (later, values))
    assert next(claims) - next(claims) < 64 * IDLE_SECONDS / 0.05 / 4
