"""A million candidates: memory, the time to start and the rate of claims do not grow with what is there.

HAUL_TEST_FULL=1 has the million; HAUL_TEST_ITEMS another number. What is measured is printed (pytest -s).
"""

import json
import math
import os
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from collecting import feed
from harness import channels
from harness.long_feeds import A_PAGE, LongFeed, LongFeeds
from harness.media_site import MediaSite
from harness.web_site import WebSite

CC0, UNKNOWN = "CC0-1.0", "all rights reserved"
MOST_MEMORY = 512 << 20
FEEDS = 8
TINY = 40  # items with a body, and nothing to hear in it
REFUSALS = 5  # of the host that is away for a while
SOME = 500  # items that share a commit


class ManyHosts(MediaSite):
    """No more than a thousand requests a second go to one."""
    port_count = FEEDS
    logs = False


class AwayForAWhile(WebSite):
    """Serves its first item; says 503 to all others, until it has done so often enough."""
    refused = 0

    def refuse(self, path: str) -> str:
        if path.endswith("/first.ogg") or self.refused >= REFUSALS:
            return ""
        self.refused += 1
        return "503"


@dataclass
class Ran:
    code: int
    peak: int  # bytes that it held at once
    began: float  # wall clock
    ended: float


@dataclass
class Scene:
    """`fit` channels, whose first items let them through: of the others some are no media and all else is gone. A channel whose
    items name no licence that anybody understands, and one whose host is away for a while."""
    fit: list[LongFeed]
    unfit: LongFeed
    away: LongFeed

    @property
    def items(self) -> int:
        return sum(one.items for one in [*self.fit, self.unfit, self.away])

    @property
    def gone(self) -> int:
        return sum(one.items - 1 for one in [*self.fit, self.away]) - TINY


@pytest.fixture
def servers(space):
    (space / "site" / "data" / "media").mkdir(parents=True)
    with ManyHosts(space / "site") as media, LongFeeds() as pages, AwayForAWhile() as away:
        away.fault = away.refuse
        yield media, pages, away


def scene(servers, space: Path, items: int) -> Scene:
    media, _, away = servers
    heard = channels.make(space / "heard", {"sanne": channels.CHILDREN["sanne"]}, FEEDS + 1)
    for number, path in enumerate(heard[:FEEDS]):
        path.rename(media.data / "media" / f"first-{number}.ogg")
    away.serve("/first.ogg", heard[-1].read_bytes())
    for number in range(1, TINY + 1):
        (media.data / "media" / f"tiny-{number}.ogg").write_text(f"no media: {number}\n")

    def of(number: int):
        def address(item: int) -> str:
            name = f"first-{number}" if item == 0 else f"tiny-{item}" if number == 0 and item <= TINY else f"none-{item}"
            return f"{media.endpoints[number]}/media/{name}.ogg"
        return address
    unfit, from_away = items // 10, items // 50
    each = (items - unfit - from_away) // FEEDS
    return Scene([LongFeed(f"fit-{number}", each, CC0, of(number)) for number in range(FEEDS)],
                 LongFeed("unfit", unfit, UNKNOWN, lambda item: f"{media.endpoint}/media/unfit-{item}.ogg"),
                 LongFeed("away", from_away, CC0, lambda item: f"{away.url}/{item or 'first'}.ogg"))


class Log:
    """Of the job: the items of fit channels that were found to be gone, when."""

    def __init__(self, collector):
        self.collector = collector
        self.times: list[float] = []  # wall clock
        self.worked: list[float] = []  # seconds of the processor that its run had taken, a little later
        self.rest = b""
        self.at = 0

    def read_on(self, pid: int) -> int:
        """How many so far."""
        worked = worked_by(pid) or (self.worked[-1] if self.worked else 0)
        for path in self.collector.state.glob("jobs/*/log.jsonl"):
            with open(path, "rb") as log:
                log.seek(self.at)
                *lines, self.rest = (self.rest + log.read()).split(b"\n")
                self.at = log.tell()
            for line in lines:
                if b'"subject":"fit-' in line and b'"text":"gone' in line:
                    self.times.append(datetime.fromisoformat(json.loads(line)["time"]).timestamp())
                    self.worked.append(worked)
        return len(self.times)

    def rate(self, items: range, of) -> float:
        """Of these items, by what `of` says of when one was found: time, or seconds of the program's work."""
        return len(items) / max(of[items.stop - 1] - of[items.start], 1e-3)


def watched(collector, *words, log: Log | None = None, most: int | None = None) -> Ran:
    """Must end well, or is killed once the log has more than `most` items."""
    began, peak = time.time(), 0
    child = collector.start("collect", collector.plan, "--models", collector.models, "--quiet", *words, env=collector.quick)
    while child.poll() is None:
        peak = max(peak, peak_of(child.pid))
        if log and log.read_on(child.pid) > (most or math.inf):
            child.kill()
            break
        time.sleep(0.05)
    _, err = child.communicate()
    if log:
        log.read_on(child.pid)
    ran = Ran(child.returncode, peak, began, time.time())
    print(f"{' '.join(words)}: {ran.ended - ran.began:.1f} s, at most {ran.peak >> 20} MiB")
    assert ran.peak < MOST_MEMORY, ran
    assert ran.code == (-9 if most else 0), f"{words}: {ran} {err[-2000:]!r}"
    return ran


def peak_of(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), 0)


def worked_by(pid: int) -> float:
    """Seconds of the processor, user and system; 0 of a process that has ended."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def facts(collector, kind: str) -> int:
    """Of a ledger whose owner may have been killed: its log is read in a copy."""
    ledger, = collector.state.glob("jobs/*/ledger.sqlite")
    copy = collector.space / "ledger-copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for path in ledger.parent.glob("ledger.sqlite*"):
        shutil.copy(path, copy)
    with closing(sqlite3.connect(copy / ledger.name)) as database:
        return database.execute("SELECT count(*) FROM fact WHERE kind = ?", [kind.encode()]).fetchone()[0]


@pytest.mark.timeout(7200)
def test_a_million_candidates(collector, servers, space, full):
    wanted = int(os.environ.get("HAUL_TEST_ITEMS", 1_000_000 if full else 10_000))
    what, pages, log = scene(servers, space, wanted), servers[1], Log(collector)
    collector.write_plan(*[feed(pages.add(one)) for one in [*what.fit, what.unfit, what.away]], downloads=32, per_host=16)
    print(f"\n{what.items} candidates")
    watched(collector, "--phase", "search")
    watched(collector, "--phase", "probe")
    watched(collector, "--phase", "download", log=log, most=what.gone // 2)
    before = len(log.times)
    second = watched(collector, "--phase", "download", log=log)
    print(f"time to start, with {before} of {what.items} done: {log.times[before] - second.began:.1f} s")
    tenth = what.gone // 10
    for name, items in (("first", range(tenth)), ("last", range(len(log.times) - tenth, len(log.times)))):
        print(f"claims in the {name} tenth: {log.rate(items, log.times):.0f} a second, {log.rate(items, log.worked):.0f} a second of work")
    watched(collector, "--phase", "filter")
    totals = collector.collect(limit=3600)
    assert totals["candidates"] == what.items and totals["waiting"] == totals["set_aside"] == totals["fetched"] == 0
    assert totals["accepted"] == FEEDS + 1 and totals["channels"] == {"accepted": FEEDS + 1, "closed": 0, "open": 1}
    assert totals["left_out"] == {"gone": what.gone, "licence_unknown": what.unfit.items, "undecodable": TINY}
    assert len(collector.assert_sound()) == FEEDS + 1
    assert {one.fault for one in servers[2].asked} == {"", "503"}


def test_a_probe_that_was_killed_goes_on_where_it_was(collector, servers):
    """A channel of items that are all unfit: what was tried is kept every few hundred items."""
    pages, items = servers[1], 3 * A_PAGE
    collector.write_plan(feed(pages.add(LongFeed("unfit", items, UNKNOWN, lambda item: f"{servers[0].endpoint}/{item}.ogg"))))
    collector.collect("--phase", "search")
    collector.killed_at("ledger.commit.after", *collector.words("--phase", "probe"), nth=6, code=-9)
    tried = facts(collector, "left_out")
    assert SOME <= tried < items
    finished = collector.run(*collector.words("--phase", "probe"))
    said = [one["subject"] for one in finished.events() if one["event"] == "item_skipped"]
    assert len(said) == len(set(said)) == items - tried
    totals = collector.collect()
    assert totals["left_out"] == {"licence_unknown": items} and totals["channels"]["open"] == 1


def test_what_a_changed_plan_wants_again_comes_back_in_few_commits(collector, servers):
    pages, items = servers[1], 3 * A_PAGE
    address = pages.add(LongFeed("unwanted", items, "CC-BY-NC-4.0", lambda item: f"{servers[0].endpoint}/{item}.ogg"))
    collector.write_plan(feed(address))
    assert collector.collect("--phase", "search")["left_out"] == {"licence_unwanted": items}
    collector.write_plan(feed(address), licences='["CC-BY-NC-4.0"]')
    collector.killed_at("ledger.commit.after", *collector.words("--phase", "search"), nth=6, code=-9)
    assert SOME <= items - facts(collector, "left_out") < items
    assert collector.collect("--phase", "search")["left_out"] == {}
    assert facts(collector, "item") == items and facts(collector, "channel") == 1
    assert collector.collect()["left_out"] == {"gone": items}
