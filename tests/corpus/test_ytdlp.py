"""The source yt-dlp: the real program, at its pinned version, lists and describes what a site on this machine has."""

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import corpora
import pytest
from harness import ytdlp as pinned

TOOL = corpora.TOOL.with_name("corpus_ytdlp_tool")
AUDIO = Path("/usr/share/tuxpaint/stamps/symbols/math/0_nl.ogg").read_bytes()


@pytest.fixture(scope="session")
def ytdlp() -> Path:
    return pinned.installed()


class Site:
    """/NNN/… answers with that status, /cut.ogg stops in the middle, /feed.xml lists what `items` says, /*.ogg is audio."""

    def __init__(self):
        self.items: list[str] = []
        self.asked: list[tuple[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.answer(False)

            def do_GET(self):
                self.answer(True)

            def answer(self, with_body: bool) -> None:
                site.asked.append((self.path, self.headers["User-Agent"]))
                status, kind, body = site.page(self.path)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if with_body:
                    self.wfile.write(body[:len(body) // 2] if "cut" in self.path else body)
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path: str) -> tuple[int, str, bytes]:
        if path == "/feed.xml":
            return 200, "application/rss+xml", pinned.listing(*map(self.url, self.items)).encode()
        if path[1:4].isdigit():
            return int(path[1:4]), "text/plain", b""
        return (200, "audio/ogg", AUDIO) if path.endswith(".ogg") else (200, "text/html", b"<html><body>no media here</body></html>")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"


@pytest.fixture
def site():
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def ask(ytdlp, space):
    def run(*words, code: int = 0, program: Path | None = None) -> list[dict]:
        env = {**os.environ, "HOME": str(space), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([TOOL, program or ytdlp / "bin" / "yt-dlp", space, *words], env=env, capture_output=True, text=True, timeout=250,
                              check=False)
        assert done.returncode == code, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
    return run


def test_a_list_is_found_described_and_fetched(ask, site):
    site.items = [f"/story{n}.ogg" for n in range(3)]
    lines = ask(site.url("/feed.xml"))
    assert len(lines) == len(site.items)
    assert [line["described"]["title"] for line in lines] == ["T 0", "T 1", "T 2"]
    for line, path in zip(lines, site.items):
        assert line["found"]["page"] == site.url(path) and line["found"]["kind"] == "yt-dlp" and line["found"]["channel"]
        assert line["described"]["media"] == site.url(path) and line["described"]["item"] == line["found"]["item"]
        assert Path(line["fetched"]["path"]).read_bytes() == AUDIO and line["fetched"]["extension"] == "ogg"
    told = {agent for _, agent in site.asked if agent and agent.startswith("haul/")}
    assert told, site.asked


def test_errors_mean_what_they_say(ask, site):
    expected = {"/404/a.ogg": "not_found", "/410/b.ogg": "not_found", "/403/c.ogg": "denied", "/502/d.ogg": "unavailable",
                "/page.html": "unsupported", "/e.ogg": None, "/429/f.ogg": "unavailable", "/g.ogg": "unavailable"}
    site.items = list(expected)
    lines = ask(site.url("/feed.xml"))
    assert {path: line.get("error", {}).get("code") for path, line in zip(expected, lines)} == expected
    for line in lines:
        assert line.get("error", {}).get("retry", "later") == "later" or line["error"]["code"] != "unavailable"
    # A throttle closes the host: nothing behind it is asked for.
    assert "429" in lines[-2]["error"]["message"] and "asked to be left alone" in lines[-1]["error"]["message"]
    assert "/g.ogg" not in [path for path, _ in site.asked]
    line, = ask(site.url("/404/feed.xml"))
    assert line["error"]["code"] == "not_found" and "yt-dlp says" in line["error"]["message"]


def test_a_body_that_is_cut_is_no_recording(ask, site):
    line, = ask(site.url("/cut.ogg"))
    assert "fetched" not in line and line["error"]["code"] in ("corrupt", "unavailable")


def test_private_addresses_and_youtube(ask, site):
    line, = ask("--public", site.url("/f.ogg"))
    assert line["error"]["code"] == "denied" and "allow_private" in line["error"]["remedy"]
    assert site.asked == []
    for url in ("https://www.youtube.com/watch?v=BaW_jenozKc", "https://youtu.be/BaW_jenozKc"):
        line, = ask(url, code=1)
        assert line["error"]["code"] == "usage" and "accept_terms" in line["error"]["remedy"]


def test_without_the_program(ask, site, space):
    line, = ask(site.url("/f.ogg"), program=space / "nothing")
    assert line["error"]["code"] == "usage" and "pip install" in line["error"]["remedy"]
