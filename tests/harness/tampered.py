"""Rewrites packed sets with digests that are right again, as who means harm would."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from harness import sets


def line(value: dict) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def manifest(part: Path, change: Callable[[dict, list[dict]], None]) -> None:
    """`change` alters the header and the members' lines in place; manifest and record are written anew."""
    header, members = sets.manifest(part)
    change(header, members)
    header["members"] = sum("offset" in member for member in members)
    header["folders"] = len(members) - header["members"]
    text = line(header) + b"".join(map(line, members))
    packed = subprocess.run(["zstd", "-q", "-c", "--check"], input=text, capture_output=True, check=True).stdout
    beside = part.with_suffix(".jsonl.zst")
    beside.write_bytes(packed)

    def name_digest(value: dict) -> None:
        for one in value["parts"]:
            if one["name"] == part.name:
                one["manifest_digest"] = "sha256:" + hashlib.sha256(packed).hexdigest()
    record(part.parent, name_digest)


def record(folder: Path, change: Callable[[dict], None], generation: int = 1) -> None:
    value = sets.set_record(folder, generation)
    change(value)
    del value["digest"]
    document = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    digest = hashlib.sha256(document.encode()).hexdigest()
    whole = document[:-len("\n}\n")] + f',\n  "digest": "sha256:{digest}"\n}}\n'
    (folder / f"haul-{generation:05}.json").write_text(whole)
