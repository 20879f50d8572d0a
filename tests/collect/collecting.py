"""haul collect as a user runs it, and what must hold of a corpus whatever happened."""

import base64
import hashlib
import json
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
        assert not list((self.out / ".haul" / "incoming").glob("*")) if (self.out / ".haul").exists() else True
        return recordings
