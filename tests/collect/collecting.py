"""haul collect as a user runs it, and what must hold of a corpus whatever happened."""

import base64
import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from harness.listener import HAUL
from harness.program import Haul

PLAN = """
name = "corpus"
out = "corpus"
contact = "tests@example.org"
[accept]
licences = ["CC0-1.0", "CC-BY-4.0"]
child_score = 0.5
speech_seconds = 2.0
[limits]
downloads = 4
per_host = 4
requests_per_second = 1000.0
allow_private = true
"""


def files(path: Path, licence: str = "CC0-1.0") -> str:
    return f'[[source]]\nkind = "files"\npath = "{path}"\nlicence = "{licence}"\nlicence_evidence = "the test says so"\n'


def feed(address: str) -> str:
    return f'[[source]]\nkind = "feed"\nurl = "{address}"\n'


def peertube(address: str, *searches: str) -> str:
    return f'[[source]]\nkind = "peertube"\nurl = "{address}"\nsearch = {json.dumps(searches)}\n'


def ytdlp(*urls: str, accept_terms: bool = False) -> str:
    return f'[[source]]\nkind = "yt-dlp"\nurls = {json.dumps(urls)}\naccept_terms = {json.dumps(accept_terms)}\n'


def item_id(kind: str, source_url: str, item: str) -> str:
    digest = hashlib.sha256(b"\0".join(part.encode() for part in (kind, source_url, item))).digest()
    return base64.b32encode(digest).decode().lower()[:26]


class Collector(Haul):
    """Haul as it was built, not a copy: haul-speech is found beside it."""

    def __init__(self, space: Path, models: Path):
        super().__init__(HAUL, space)
        self.models = models
        self.plan = space / "plan.toml"
        self.out = space / "corpus"
        # Failed units are tried again after milliseconds.
        self.quick = {"HAUL_UNIT_RETRY_MS": 5}

    def write_plan(self, *sources: str, **changes: str) -> None:
        """`changes`: keys of PLAN with other values, as TOML writes them."""
        text = PLAN
        for key, value in changes.items():
            lines = [f"{key} = {value}" if line.startswith(f"{key} = ") else line for line in text.splitlines()]
            assert lines != text.splitlines() or f"{key} = {value}" in lines, key
            text = "\n".join(lines) + "\n"
        self.plan.write_text(text + "".join(sources))

    def words(self, *more) -> list:
        return ["collect", self.plan, "--models", self.models, "--json", *more]

    def collect(self, *more, code: int = 0, **how) -> dict:
        """The last line: what the corpus has come to."""
        out = self.run(*self.words(*more), code=code, **how).out
        return json.loads(out.splitlines()[-1])["totals"]

    def facts(self) -> list[tuple[bytes, bytes, bytes]]:
        """Kind, key and value of all that the ledger knows."""
        ledger, = self.state.glob("jobs/*/ledger.sqlite")
        with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as database:
            return database.execute("SELECT kind, key, value FROM fact ORDER BY kind, key").fetchall()

    def rows(self) -> set[str]:
        """Ids of the recordings that the ledger knows."""
        return {key.decode() for kind, key, _ in self.facts() if kind == b"recording"}

    def start_over(self) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        shutil.rmtree(self.state_home, ignore_errors=True)

    def audio(self) -> set[Path]:
        return {path for path in (self.out / "audio").rglob("*") if path.is_file()}

    def exported(self) -> list[dict]:
        return [json.loads(line) for line in (self.out / "exports" / "current" / "manifest.jsonl").read_text().splitlines()]

    def assert_sound(self) -> list[dict]:
        """Views, files and hashes agree, and nothing is left over."""
        recordings = self.exported()
        for one in recordings:
            path = self.out / one["file"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == one["sha256"] and path.stat().st_size == one["bytes"], one
        assert len({one["id"] for one in recordings}) == len(recordings) == len({one["sha256"] for one in recordings})
        urls = (self.out / "exports" / "current" / "urls.txt").read_text().splitlines()
        assert len(urls) == len(recordings)
        assert self.temporaries() == []
        files = {path.stem for path in self.audio()}
        assert files == self.rows() and len(files) == len(self.audio())
        assert {one["id"] for one in recordings} <= files
        return recordings

    def temporaries(self) -> list[Path]:
        """Of downloads and of views."""
        exports = self.out / "exports"
        views = [path for path in exports.iterdir() if path.name.startswith(".haul")] if exports.exists() else []
        return [*(self.out / ".haul" / "incoming").glob("*"), *views]

    def shown(self) -> tuple[str, bytes]:
        """STATE of the exports, and the manifest in it."""
        current = self.out / "exports" / "current"
        return current.readlink().name, (current / "manifest.jsonl").read_bytes()
