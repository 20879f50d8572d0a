"""Reads a packed set without our own code."""

import base64
import hashlib
import json
import subprocess
import zipfile
import zlib
from pathlib import Path


def parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.zip"))


def set_record(folder: Path, generation: int = 1) -> dict:
    return json.loads((folder / f"haul-{generation:05}.json").read_text())


def manifest(part: Path) -> tuple[dict, list[dict]]:
    """Header and member lines of the manifest beside a part."""
    packed = part.with_suffix(".jsonl.zst")
    text = subprocess.run(["zstd", "-dc", packed], capture_output=True, check=True).stdout
    header, *members = [json.loads(line) for line in text.splitlines()]
    return header, members


def path_of(member: dict) -> bytes:
    return base64.b64decode(member["path_b64"]) if "path_b64" in member else member["path"].encode()


def entries(part: Path) -> dict[str, tuple[int, int]]:
    """ZIP name -> (size, CRC-32) as the manifest says."""
    found = {}
    for member in manifest(part)[1]:
        if "offset" in member:
            path = path_of(member)
            default = path.decode(errors="replace") + ("/" if member["type"] == "dir" else "")
            data = member.get("target", "").encode() if member["type"] == "symlink" else b""
            crc = member["crc32"] if "crc32" in member else zlib.crc32(data)
            crc = int(crc, 16) if isinstance(crc, str) else crc
            found[member.get("zip_name", default)] = (member.get("size", 0), crc)
    return found


def files_of(folder: Path) -> dict[str, str]:
    """Every file beneath, hidden ones too, with a digest of its bytes: for comparing two destinations."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        found[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
    return found


def names(part: Path) -> list[str]:
    with zipfile.ZipFile(part) as archive:
        return archive.namelist()


def remains(folder: Path) -> list[str]:
    """What only a job at work may leave behind."""
    return [p.relative_to(folder).as_posix() for p in folder.rglob("*")
            if p.name.startswith(".haul") or ".haul" in p.relative_to(folder).parts]
