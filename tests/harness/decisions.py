"""Decisions of a corpus, read and written as docs/corpus.md says, by nothing of ours."""

import hashlib
import json
import zlib

from harness import schemas


def line(value: dict) -> bytes:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return text[:-1] + f',"crc32":"{zlib.crc32(text):08x}"}}\n'.encode()


def written(*decisions: dict) -> bytes:
    """An object."""
    return b"".join(map(line, [{"what": "decisions", "lines": len(decisions)}, *decisions]))


def read(data: bytes) -> list[dict]:
    """What stands in an object that is whole, without the checksums."""
    head, *values = [whole(one) for one in data.splitlines()]
    assert head == {"what": "decisions", "lines": len(values)} and data.endswith(b"\n")
    return values


def whole(text: bytes) -> dict:
    value = json.loads(text)
    schemas.assert_fits(value, "decision.json", value["what"])
    front, _, _ = text.rpartition(b',"crc32":')
    assert value.pop("crc32") == f"{zlib.crc32(front + b'}'):08x}"
    return value


def of_folder(corpus) -> list[dict]:
    return [one for path in sorted((corpus / "decisions").glob("*")) for one in read(path.read_bytes())]


def subjects(decisions: list[dict]) -> list[tuple]:
    """Without what differs from run to run."""
    return sorted((one["what"], one.get("channel") or one["item"], one.get("state"), one.get("score")) for one in decisions)


def tombstone(of: str, value: str, salt: str = "a1b2") -> dict:
    digest = hashlib.sha256(b"\0".join(part.encode() for part in (salt, of, value))).hexdigest()
    return {"what": "tombstone", "of": of, "salt": salt, "hash": digest}
