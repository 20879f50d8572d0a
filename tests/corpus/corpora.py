"""Makes corpora as a collect leaves them, and exports them with corpus_export_tool."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOL = Path(os.environ.get("HAUL_BINARY", ROOT / "build" / "check" / "bin" / "haul")).parent / "corpus_export_tool"
SOURCE = "https://media.example.org/feed.xml"
LICENCES = ["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0"]


def id_of(*parts: str) -> str:
    """As item.h says."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:26]


def recording(number: int, heard: dict, extension: str = "ogg", data: bytes = b"") -> dict:
    """As the ledger keeps it."""
    item = f"item {number}"
    page = f"https://media.example.org/story/{number}"
    return {
        "id": id_of("feed", SOURCE, item),
        "candidate": {
            "kind": "feed", "source_url": SOURCE, "item": item, "channel": f"channel-{number % 4}", "channel_title": f"Vorlesen, {number % 4}",
            "title": f"Geschichte {number}: „Über <den> Fluss“ | Teil 1", "page": page, "media": f"{page}.{extension}", "media_type": "",
            "duration": None, "size": None, "language": ["de", "nl", ""][number % 3], "published": "2026-03-01T10:00:00Z",
            "licence": {"id": LICENCES[number % 3], "statement": f"https://creativecommons.org/{number % 3}", "page": page, "field": "license",
                        "seen_ns": 1_700_000_000_000_000_000 + number}},
        "extension": extension, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "type": "", "fetched_ns": 1_700_000_000_000_000_000,
        "heard": {key: value for key, value in heard.items() if key not in ("path", "verdict")}, "accepted": True, "reasons": []}


@dataclass
class Exported:
    answer: dict
    out: Path

    @property
    def shown(self) -> Path:
        return self.out / "exports" / "current"

    def lines(self, view: str) -> list[dict]:
        return [json.loads(line) for line in (self.shown / view).read_text().splitlines()]


def write_recordings(path: Path, recordings: list[dict]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in sorted(recordings, key=lambda one: one["id"])))
    return path


def write_many(path: Path, count: int, heard: dict) -> Path:
    """A million at a time are not held in memory here either."""
    with open(path, "w") as out:
        for _, number in sorted((id_of("feed", SOURCE, f"item {number}"), number) for number in range(count)):
            out.write(json.dumps(recording(number, heard)) + "\n")
    return path


def export(out, listed: Path, space: Path, env: dict | None = None) -> dict:
    done = subprocess.run([TOOL, str(out), space / "scratch", "stories", listed], env={**os.environ, **(env or {})}, capture_output=True,
                          text=True, timeout=250, check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == 0 and "error" not in answer, answer
    return answer


def with_files(space: Path, heard: dict[Path, dict]) -> list[dict]:
    """A corpus in `space`/out that has these files: its recordings."""
    made = []
    for number, (path, line) in enumerate(heard.items()):
        one = recording(number, line, path.suffix[1:], path.read_bytes())
        place = space / "out" / "audio" / one["id"][:2] / f"{one['id']}{path.suffix}"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
        made.append(one)
    return made
