"""A service that is disturbed on the way, each disturbance in turn: the result is that of an undisturbed run, with few requests more."""

import os
import random
import time

import pytest
from harness.disturbed_s3 import placed
from harness.long_silence import silent_for
from harness.s3 import exact, exact_client, proxied, versitygw  # noqa: F401  pylint: disable=unused-import

FULL = bool(os.environ.get("HAUL_TEST_FULL"))
MIX_SECONDS = float(os.environ.get("HAUL_TEST_MIX_SECONDS", 1800 if FULL else 25))
SILENT_SECONDS = 1200 if FULL else 90
SEED = int(os.environ.get("HAUL_TEST_SEED", "20261126"))

# One worker runs them all, in this order: what the first test begins, the last one ends.
pytestmark = pytest.mark.xdist_group("s3 proxy")
SMALL, LARGE, PAGE = r"/in/f\d/", r"/in/large-", r"list-type=2"
PIECE, CREATE, COMPLETE = r"/part-\d+\.zip\?partNumber", r"/part-\d+\.zip\?uploads", r"/part-\d+\.zip\?uploadId"
MIB = 1 << 20


def rule(action, method, path, **more):
    return {"action": action, "method": method, "path": path, **more}


def lost(method, path, *nth):
    return [rule("lose_reply", method, path, nth=list(nth) or [1])]


# Of the set, as it is made in a bucket. Several rules of one action have ids of their own.
PACK = {
    "reads reset": [rule("reset", "GET", SMALL, nth=[1, 50, 199]),
                    rule("reset", "GET", LARGE, nth=[1, 3], after=MIB, id="large")],
    "pieces reset": [rule("reset", "PUT", PIECE, nth=[1, 3], direction="up", after=MIB)],
    "piece reset before its answer": [rule("reset", "PUT", PIECE, nth=[2])],
    "reads truncated": [rule("truncate", "GET", SMALL, nth=[2, 60], after=0),
                        rule("truncate", "GET", LARGE, nth=[2], after=2 * MIB, id="large")],
    "pages truncated": [rule("truncate", "GET", PAGE, nth=[1, 2, 5, 9], after=150)],
    "answers truncated": [rule("truncate", "POST", CREATE, nth=[1], after=60, id="create"),
                          rule("truncate", "POST", COMPLETE, nth=[1], after=60, id="complete")],
    "delays": [rule("delay", ".*", "", ms=40, probability=0.2, seed=1),
               rule("delay", ".*", "", ms=90, direction="down", probability=0.1, seed=2, id="down")],
    "flipped pieces": [rule("flip", "PUT", PIECE, nth=[1, 3], direction="up", offset=300_000)],
    "flipped records": [rule("flip", "PUT", path, nth=[1], direction="up", offset=50, id=path)
                        for path in (r"\.jsonl\.zst", r"haul-00001\.json", r"claim-", r"\.list\.zst", r"/uploads/")],
    "flipped record read back": [rule("flip", "GET", r"/haul-00001\.json", nth=[1], offset=100)],
    "flipped complete": [rule("flip", "POST", COMPLETE, nth=[1], direction="up", offset=150)],
    "flipped small reads": [rule("flip", "GET", SMALL, nth=[1, 3, 77, 150], offset=0)],
    "storm": [rule("storm", "PUT", PIECE, requests=30)],
    "storm over everything": [rule("storm", "GET", SMALL, nth=[100], requests=20), rule("storm", ".*", "/out/", nth=[40], requests=20, id="all")],
    "storm of a second": [rule("storm", "GET", SMALL, nth=[20], seconds=1)],
    "other failures": [rule("storm", "PUT", PIECE, requests=3, status=429, code="TooManyRequests"),
                       rule("storm", ".*", "/out/", nth=[30], requests=4, status=500, code="InternalError", id="inside")],
    "complete refused inside 200": [rule("error_body_200", "POST", COMPLETE, nth=[1, 2])],
    "complete done and refused inside 200": [rule("error_body_200", "POST", COMPLETE, nth=[1], done=True)],
    "pages again": [rule("stale_page", "GET", PAGE, nth=list(range(2, 20)))],
    "silence": [rule("silence", "PUT", PIECE, nth=[1], seconds=2, after=MIB, id="up"),
                rule("silence", "GET", SMALL, nth=[5], seconds=2, direction="down", id="down")],
    "lost: claim": lost("PUT", r"claim-"),
    "lost: begun uploads": lost("POST", CREATE, 1, 2),
    "lost: pieces": lost("PUT", PIECE, 1, 2, 3),
    "lost: completes": lost("POST", COMPLETE, 1, 2),
    "lost: small writes": [rule("lose_reply", "PUT", path, nth=[1, 2], id=path)
                           for path in (r"\.list\.zst", r"\.haul/uploads/", r"\.jsonl\.zst")],
    "lost: set record": lost("PUT", r"/haul-00001\.json"),
    "lost: removals": [rule("lose_reply", "DELETE", r"\.haul/", nth=[1, 2, 3, 4])],
    "lost: looks": [rule("lose_reply", "HEAD|GET", r"/out/", nth=list(range(2, 40, 6)))],
    "lost: questions of what the service can": [rule("lose_reply", ".*", r"probe", nth=list(range(1, 16, 2)))],
}
UNPACK = {
    "reads reset": [rule("reset", "GET", r"/set/in/part-", nth=[1, 4], after=10)],
    "reads truncated": [rule("truncate", "GET", r"/set/in/part-.*zip$", nth=[2, 4], after=100_000)],
    "writes reset": [rule("reset", "PUT", r"/back/f", nth=[1, 90], direction="up", after=1),
                     rule("reset", "PUT", r"/back/large", nth=[1], direction="up", after=MIB, id="large")],
    "flipped reads": [rule("flip", "GET", r"/set/in/part-.*zip$", nth=[1, 3], offset=100_000)],
    "flipped writes": [rule("flip", "PUT", r"/back/f", nth=[1, 50, 120], direction="up"),
                       rule("flip", "PUT", r"/back/large", nth=[1, 2], direction="up", offset=MIB, id="large")],
    "storm": [rule("storm", "PUT", r"/back/f", nth=[10], requests=60)],
    "silence": [rule("silence", "PUT", r"/back/large", nth=[1], seconds=2, after=MIB)],
    "lost: files": lost("PUT", r"/back/(f|large)", *range(1, 200, 40)),
    "lost: claim": lost("PUT", r"claim-"),
    "lost: removals": lost("DELETE", r"\.haul/"),
}
OTHER_WAYS = {
    "pack up": [rule("reset", "PUT", PIECE, nth=[1], direction="up", after=MIB), rule("storm", "PUT", PIECE, nth=[3], requests=5)],
    "pack down": [rule("truncate", "GET", LARGE, nth=[1, 3], after=MIB), rule("storm", "GET", SMALL, nth=[30], requests=20)],
    "unpack down": [rule("reset", "GET", r"\.zip", nth=[1, 3], after=10), rule("storm", "GET", r"\.zip", nth=[4], requests=5)],
}
QUIET = {"HAUL_HTTP_SILENCE_MS": 700}
# A storm is answered by trying; all else costs hardly more than what was disturbed.
NO_STORMS = [name for name in PACK if "storm" not in name]


@pytest.fixture(scope="session")
def place(versitygw, binary):  # noqa: F811
    with placed(versitygw, binary) as one:
        yield one


def disturbed(place, way, rules, *words, **more):
    place.begin_anew(way)
    place.proxy.plan(*rules)
    before = place.proxy.counts()["requests"]
    finished = place.run(way, *words, **more)
    assert_fired(rules, place.proxy.fired(), finished)
    sent = place.proxy.counts()["requests"] - before
    place.proxy.plan()
    return finished, sent


def assert_fired(rules, fired, finished):
    for one in rules:
        count = fired[one.get("id", one["action"])]
        planned = len(one["nth"]) if "nth" in one and one["action"] != "storm" else 1
        planned = 1 if one["action"] == "stale_page" else one.get("requests", planned)
        assert count >= planned, f"{one} fired {count} times; {finished}"


@pytest.fixture(scope="module", autouse=True)
def silence(versitygw, binary):  # noqa: F811
    """Lasts while the other tests run."""
    with silent_for(SILENT_SECONDS, versitygw, binary) as one:
        yield one


@pytest.mark.parametrize("name", PACK)
def test_pack(place, name):
    way = place.ways["pack"]
    finished, sent = disturbed(place, way, PACK[name], env=QUIET if name == "silence" else None)
    place.assert_right(way, finished)
    if name in NO_STORMS:
        assert sent <= 1.1 * way.needed, f"{sent} requests where {way.needed} are needed; {finished}"


@pytest.mark.parametrize("name", UNPACK)
def test_unpack(place, name):
    way = place.ways["unpack"]
    finished, sent = disturbed(place, way, UNPACK[name], env=QUIET if name == "silence" else None)
    place.assert_right(way, finished)
    if name != "storm":
        assert sent <= 1.1 * way.needed, f"{sent} requests where {way.needed} are needed; {finished}"


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_one_side_is_a_folder(place, name):
    way = place.ways[name]
    finished, _ = disturbed(place, way, OTHER_WAYS[name])
    place.assert_right(way, finished)


def test_a_slow_link_is_no_outage(place):
    """2 MB/s each way: silence is what is given up, and this is none."""
    way = place.ways["pack"]
    what = f"{PIECE}|{LARGE}" if FULL else r"/part-00002\.zip\?partNumber|/in/large-c"
    slow = rule("throttle", "PUT|GET", what, bytes_per_s=2_000_000)
    finished, sent = disturbed(place, way, [slow], "--json", env={"HAUL_HTTP_SILENCE_MS": 3000, "HAUL_DOWN_MS": 3000})
    assert {"store_down", "unit_failed"}.isdisjoint(event["event"] for event in finished.events()), finished
    place.assert_right(way, finished)
    assert sent <= 1.02 * way.needed, finished


@pytest.mark.parametrize("way", ["pack", "unpack"])
def test_nothing_answers_for_long(place, way):
    """Everything is silent, longer than an endpoint may be: the work waits, and nothing is set aside."""
    way, seconds = place.ways[way], 6
    path = r"/out/|/in/f" if way is place.ways["pack"] else r"/back/"
    rules = [rule("silence", ".*", path, nth=list(range(60, 5000)), seconds=seconds)]
    place.begin_anew(way)
    place.proxy.plan(*rules)
    env = {"HAUL_HTTP_SILENCE_MS": 400, "HAUL_DOWN_MS": 400}
    child = place.runner.start(*way.arguments, "--json", env={**env, "HAUL_RETRY_MS": 2})
    began = time.monotonic()
    while place.proxy.fired()["silence"] == 0 or time.monotonic() - began < seconds:
        assert child.poll() is None, child.communicate()
        time.sleep(0.05)
    place.proxy.plan()
    out, err = child.communicate(timeout=100)
    assert child.returncode == 0, err
    assert b'"unit_set_aside"' not in out and b'"unit_failed"' not in out, out
    assert b'"store_down"' in out and b'"store_up"' in out, out
    place.assert_right(way)


@pytest.fixture(name="cut")
def cut_exact(exact_client, proxied, haul):  # noqa: F811
    """Listings of many pages."""
    for number in range(1500):
        exact_client.put(f"in/{number:04}", b"%d" % number)
    proxy = proxied(exact_client)
    haul.always |= proxy.env
    return exact_client, proxy, haul


@pytest.mark.parametrize("action", ["duplicate_page", "stale_page", "truncate", "reset"])
def test_pages(cut, action):
    client, proxy, haul = cut
    address = f"s3://{client.bucket}"
    proxy.plan({"action": action, "method": "GET", "path": r"continuation-token.*prefix=in", "nth": 1})
    haul.run("pack", f"{address}/in", f"{address}/out", code=0, env={"HAUL_RETRY_MS": 2})
    assert proxy.fired()[action] == (action != "stale_page")  # of a source that does not change, an old page is the page
    proxy.plan()
    haul.run("verify", f"{address}/out/in", "--against", f"{address}/in", code=0)
    assert not client.uploads()


# What plain HTTP cannot show at once: answers that are whole and wrong. Name -> exit codes that it may come to.
PERMANENT = {
    "a page's name": ("pack", [rule("flip", "GET", r"list-type=2.*prefix=in%2F", nth=[2], offset=2000)], (0, 3, 5, 6)),
    "a claim read": ("pack", [rule("flip", "GET", r"claim-", nth=[2], offset=30)], (0, 5)),
}


@pytest.mark.parametrize("name", PERMANENT)
def test_permanent(place, name):
    """The error is clear, and the same command completes once nothing disturbs."""
    way, rules, codes = PERMANENT[name]
    way = place.ways[way]
    finished, _ = disturbed(place, way, rules, code=None)
    assert finished.code in codes, finished
    assert finished.code == 0 or "disturbed" in finished.err, finished
    place.run(way)
    place.assert_right(way, finished)


def chance_rule(chance, number):
    action = chance.choice(["reset", "truncate", "delay", "flip", "lose_reply", "storm", "error_body_200", "stale_page", "silence"])
    more = {
        "reset": {"direction": chance.choice(["up", "down"]), "after": chance.choice([None, 0, 100])},
        "truncate": {"after": chance.choice([0, 100])},
        "delay": {"ms": chance.randrange(200)},
        "flip": {"direction": "up", "method": "PUT", "offset": chance.randrange(200)},
        "storm": {"requests": chance.randrange(1, 20)},
        "error_body_200": {"method": "POST", "path": COMPLETE, "done": chance.random() < 0.5},
        "stale_page": {"method": "GET", "path": PAGE},
        # A write held back would reach the service when whoever sent it has long given it up and cleaned behind it.
        "silence": {"seconds": 1, **chance.choice([{"direction": "up", "method": "GET"}, {"direction": "down"}])},
    }.get(action, {})
    nth = sorted({int(2 ** chance.uniform(0, 8)) for _ in range(3)})
    return {"id": f"{action} {number}", "action": action, "nth": nth, "path": "", **more}


@pytest.mark.timeout(MIX_SECONDS + 200)
def test_mix(place):
    """Rounds of several faults each, from a fixed seed, until the time is up."""
    chance, end, fired, planned = random.Random(SEED), time.monotonic() + MIX_SECONDS, 0, 0
    while time.monotonic() < end:
        way = place.ways[chance.choice(["pack", "unpack"])]
        rules = [chance_rule(chance, number) for number in range(chance.randint(2, 6))]
        print(f"HAUL_TEST_SEED={SEED} {way.arguments[0]} {rules}")
        place.begin_anew(way)
        place.proxy.plan(*rules)
        finished = place.run(way, env=QUIET)
        counts = place.proxy.fired()
        fired, planned = fired + sum(count > 0 for count in counts.values()), planned + len(rules)
        place.assert_right(way, finished)
    assert fired > planned // 2, f"{fired} of {planned} fired"


@pytest.mark.timeout(SILENT_SECONDS + 200)
def test_minutes_of_silence(silence):
    """With the patience that users have: it began before the first test of this file."""
    silence.assert_waited()
