"""Writes the next generation of a set by hand: parts of another set behind its own, and what they replace (docs/format.md, F22)."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from harness import sets, tampered

Places = list[tuple[str, str]]  # path, part


def add(folder: Path, later: Path, superseded: Places, gone: Places, totals: dict | None = None) -> dict:
    """`later`: a set of what is new and changed. Its parts follow those of `folder`; the record of generation 2 is returned."""
    first, second = sets.set_record(folder), sets.set_record(later)
    number = len(first["parts"])
    parts = [*first["parts"]]
    for one in second["parts"]:
        number += 1
        parts.append(moved(later, folder, one, f"part-{number:05}"))
    record = {**first, "generation": 2, "parts": parts,
              "superseded": [{"path": path, "part": part} for path, part in superseded],
              "gone": [{"path": path, "part": part} for path, part in gone]}
    record["totals"] = {**record["totals"], **(totals or {})}
    (folder / "haul-00002.json").write_text(json.dumps(record))
    tampered.record(folder, lambda value: None, 2)
    return record


def moved(later: Path, folder: Path, one: dict, name: str) -> dict:
    """The part under its new name, which its manifest says too."""
    header, members = sets.manifest(later / one["name"])
    header["part"] = f"{name}.zip"
    text = tampered.line(header) + b"".join(map(tampered.line, members))
    packed = subprocess.run(["zstd", "-q", "-c", "--check"], input=text, capture_output=True, check=True).stdout
    (folder / f"{name}.jsonl.zst").write_bytes(packed)
    shutil.copy2(later / one["name"], folder / f"{name}.zip")
    return {**one, "name": f"{name}.zip", "manifest": f"{name}.jsonl.zst",
            "manifest_digest": "sha256:" + hashlib.sha256(packed).hexdigest()}
