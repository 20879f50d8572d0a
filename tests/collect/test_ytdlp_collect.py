"""A corpus through the real yt-dlp, from pages that nginx or a server of the tests' own serves: as a guest as polite as Haul itself."""

import shutil
from pathlib import Path

import pytest
from collecting import item_id, ytdlp
from harness import ytdlp as program
from harness.media_site import MediaSite
from harness.metrics import number
from harness.program import wait, wait_for
from harness.web_site import Answer, WebSite
from servers.server import free_ports

AUDIO = Path("/usr/share/tuxpaint/stamps/symbols/math/0_nl.ogg").read_bytes()
WITHOUT = {"PATH": "/usr/bin:/bin"}
# Pages of a site that states licences, in the form in which yt-dlp 2026.10.26 reads them (its extractor samplefocus.py). The tests'
# server stands for that site as the proxy that leads to it.
SAMPLES = "http://samplefocus.com/samples"
PAGE = """<html><head><meta property="og:title" content="{title}"><meta property="og:image" content="{media}.png"></head>
<body>By <a href="/users/{user}">{user}</a><input id="sample_id" value="{number}"><input id="sample_mp3" value="{media}">
<a href="/license">{licence}</a></body></html>"""
ITEMS = 2  # of a list
LICENCE = "Creative Commons Attribution 4.0"


@pytest.fixture
def collector(collector):  # pylint: disable=redefined-outer-name
    collector.always["PATH"] = f"{program.installed() / 'bin'}:/usr/bin:/bin"
    return collector


@pytest.fixture
def site():
    with WebSite() as server:
        yield server


def through(endpoint: str) -> dict[str, str]:
    """Whoever is asked by name is there."""
    return {"http_proxy": endpoint, "https_proxy": endpoint, "no_proxy": "127.0.0.1"}


@pytest.fixture
def samples(space, speakers):
    """nginx, with recordings and a page for each."""
    folder = space / "site"
    shutil.copytree(speakers, folder / "data")
    (folder / "data" / "samples").mkdir()
    with MediaSite(folder) as server:
        for number_of, path in enumerate(sorted((server.data).glob("*/*.ogg"))):
            media = f"{server.endpoint}/{path.parent.name}/{path.name}"
            server.serve(f"samples/{path.parent.name}-{path.stem}.html",
                         PAGE.format(title=path.stem, user=path.parent.name, number=number_of + 1, media=media, licence=LICENCE))
        yield server


def listed(samples, user: str) -> str:
    names = sorted(path.name for path in (samples.data / "samples").glob(f"{user}-*"))[:ITEMS]
    return samples.serve(f"{user}.xml", program.listing(*(f"{SAMPLES}/{name}" for name in names)))


def left_out(finished) -> list[str]:
    """Why, item by item."""
    return [one["text"] for one in finished.events() if one["event"] == "item_skipped"]


def test_pages_become_recordings(collector, samples):
    right, wrong = listed(samples, "sanne"), listed(samples, "allison")
    collector.write_plan(ytdlp(right, wrong))
    totals = collector.collect(env=through(samples.endpoint))
    assert totals["channels"] == {"accepted": 1, "closed": 1, "open": 0} and totals["accepted"] == totals["fetched"] == ITEMS
    assert {one.path for one in samples.log() if one.path.startswith("/allison/")} == {"/allison/item-00.ogg"}
    pages = {f"{SAMPLES}/sanne-item-{number_of:02}.html" for number_of in range(ITEMS)}
    recordings = collector.assert_sound()
    assert {one["id"] for one in recordings} == {item_id("yt-dlp", right, page) for page in pages}
    for one in recordings:
        assert one["source"]["page"] in pages and one["source"]["channel"] == "sanne"
        assert one["licence"] == {**one["licence"], "id": "CC-BY-4.0", "statement": LICENCE, "field": "license", "page": one["source"]["page"]}
        name = Path(one["source"]["page"]).stem.removeprefix("sanne-")
        assert (collector.out / one["file"]).read_bytes() == (samples.data / "sanne" / f"{name}.ogg").read_bytes()
    asked = len(samples.log())
    assert collector.collect(env=through(samples.endpoint))["state"] == totals["state"] and len(samples.log()) == asked


def test_without_the_program_everything_waits(collector, samples):
    collector.write_plan(ytdlp(listed(samples, "sanne")))
    for phase in ("search", "probe"):
        finished = collector.run(*collector.words("--phase", phase), code=3, env={**through(samples.endpoint), **WITHOUT})
        failed, = finished.events()[-1]["units_set_aside"]
        assert "yt-dlp is not installed" in failed["reason"] and "pip install" in failed["remedy"]
        if phase == "search":
            assert collector.collect("--phase", "search", env=through(samples.endpoint))["candidates"] == ITEMS
    totals = collector.collect(code=3, env={**through(samples.endpoint), **WITHOUT})
    assert totals["left_out"] == {} and totals["set_aside"] == 1
    totals = collector.collect(env=through(samples.endpoint))
    assert totals["accepted"] == ITEMS and totals["set_aside"] == 0 and totals["left_out"] == {}


def test_terms_that_are_accepted_later(collector, site):
    """What lies with YouTube comes back, and is asked for. Its host is this site, and has that page left alone."""
    youtube = "http://www.youtube.com"
    plan = site.serve("/list.xml", program.listing(f"{youtube}/watch?v=BaW_jenozKc"))
    site.serve(f"{youtube}/robots.txt", "User-agent: *\nDisallow: /watch\n")
    collector.write_plan(ytdlp(plan))
    finished = collector.run(*collector.words(), code=0, env=through(site.url))
    assert finished.events()[-1]["totals"]["left_out"] == {"terms_not_accepted": 1}
    why, = left_out(finished)
    assert "whose terms the plan does not accept" in why and site.paths_asked(youtube) == []
    assert collector.collect(env=through(site.url))["left_out"] == {"terms_not_accepted": 1}
    collector.write_plan(ytdlp(plan, accept_terms=True))
    assert collector.collect(env=through(site.url))["left_out"] == {"forbidden": 1}
    assert site.paths_asked(youtube) == [f"{youtube}/robots.txt"]


def test_a_page_that_robots_forbid_is_not_asked_for(collector, site):
    site.serve("/robots.txt", "User-agent: *\nDisallow: /private/\n")
    pages = [site.serve(path, AUDIO) for path in ("/private/a.ogg", "/open/b.ogg")]
    collector.write_plan(ytdlp(site.serve("/list.xml", program.listing(*pages))))
    finished = collector.run(*collector.words(), code=0)
    assert finished.events()[-1]["totals"]["left_out"] == {"forbidden": 1, "licence_unknown": 1}
    why, = (one for one in left_out(finished) if one.startswith("forbidden"))
    assert "robots.txt forbids it (Disallow: /private/)" in why
    assert site.paths_asked("/private/") == [] and site.paths_asked("/open/") and site.paths_asked("/robots.txt") == ["/robots.txt"]


def test_an_address_of_the_plan_that_robots_forbid(collector, site):
    site.serve("/robots.txt", "User-agent: haul\nDisallow: /\n")
    collector.write_plan(ytdlp(site.serve("/list.xml", program.listing())))
    finished = collector.run(*collector.words(), code=3)
    failed, = finished.events()[-1]["units_set_aside"]
    assert "robots.txt forbids it (Disallow: /)" in failed["reason"] and failed["remedy"]
    assert site.paths_asked() == ["/robots.txt"]


def test_a_throttle_closes_the_host_and_is_no_failure(collector, site):
    page = site.serve("/a.ogg", AUDIO)
    throttled = []

    def fault(path: str) -> str:
        """The list and the page, the first time that they are asked for."""
        if path not in ("/list.xml", "/a.ogg") or path in throttled:
            return ""
        throttled.append(path)
        return "429"
    site.fault = fault
    collector.write_plan(ytdlp(site.serve("/list.xml", program.listing(page))))
    port, = free_ports(1)
    child = collector.start(*collector.words("--metrics-port", port), env=collector.quick)
    host = site.url.removeprefix("http://")
    wait_for(lambda: number(port, f'haul_host_throttled_total{{host="{host}"}}') == 2, child)
    finished = wait(child)
    assert finished.code == 0, finished
    totals = finished.events()[-1]["totals"]
    assert totals["left_out"] == {"licence_unknown": 1} and totals["set_aside"] == 0
    assert site.paths_asked("/list.xml") == ["/list.xml"] * 2


def test_children_take_turns_at_a_host(collector, site):
    pages = [site.serve(f"/{number_of}.ogg", AUDIO) for number_of in range(4)]
    site.fault = lambda path: "held" if path.endswith(".ogg") else ""
    collector.write_plan(ytdlp(*pages), downloads="8", per_host="2")
    port, = free_ports(1)
    child = collector.start(*collector.words("--metrics-port", port))
    host = site.url.removeprefix("http://")
    try:
        wait_for(lambda: number(port, f'haul_host_waiting{{host="{host}"}}') == 2 and len(site.paths_asked("/")) >= 3, child)
        under_way = [path for path in site.paths_asked("/") if path.endswith(".ogg")]
    finally:
        site.let_go.set()
    finished = wait(child)
    assert finished.code == 0, finished
    assert len(under_way) == 2 and finished.events()[-1]["totals"]["left_out"] == {"licence_unknown": 4}


def test_where_a_page_leads_is_checked(collector, site):
    """The page is elsewhere, behind a proxy. It redirects to this machine, which no proxy is asked for."""
    secret = site.serve("/secret.ogg", AUDIO)
    page = "http://media.example.org/moved.ogg"
    site.served[page] = Answer(status=302, headers={"Location": secret})
    collector.write_plan(ytdlp(page), allow_private="false")
    finished = collector.run(*collector.words(), code=3, env=through(site.url))
    failed, = finished.events()[-1]["units_set_aside"]
    assert "its address is loopback, not public" in failed["reason"] and "allow_private" in failed["remedy"]
    assert page in site.paths_asked() and site.paths_asked("/secret") == []
