"""Manifests and part lists of tests/vectors/format, written from docs/format.md without Haul's code."""

import json
import subprocess

HASH = "xxh128:000102030405060708090a0b0c0d0e0f"
CORRUPT = {"error": "corrupt"}

FILE = {"path": "a.txt", "type": "file", "size": 3, "mtime": 1700000000123456789, "mode": 420, "uid": 1000, "gid": 100,
        "crc32": "00c0ffee", "digest": "xxh128:" + "12" * 16, "offset": 35, "version": "s3-m1700000000123456789",
        "proof": "read"}
ODD = {"path_b64": "Yf8=", "type": "symlink", "size": 2, "mtime": -1, "target_b64": "/v8=", "crc32": "0000beef",
       "offset": 90, "zip_name": "%haul/a%FF", "meta": {"Content-Type": "text/plain", "é": "\n\"\\"},
       "proof": "service-checksum"}
TOP = {"path": ".", "type": "dir", "size": 0, "mode": 493}
LEAST = {"path": "p", "type": "file", "size": 1, "offset": 31}


def line(value: dict) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def header(members: int, folders: int = 0, **other) -> str:
    value = {"format": "haul/1", "part": "part-00001.zip", "layout": HASH, "size": 412, "crc32": "00abcdef",
             "members": members, "folders": folders, "bytes": 3, "first": ".", "last_b64": "Yf8="}
    return line({**value, **other})


def compressed(text: str) -> bytes:
    done = subprocess.run(["zstd", "-q", "-1", "--check", "-c"], input=text.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout


def seen(value: dict, **added) -> dict:
    """A line as a reader understands it: zip_name is always said."""
    usual = value.get("path", "")
    if value["type"] == "dir":
        usual = usual + "/" if "offset" in value else ""
    return {"zip_name": usual, **value, **added}


def one(fields: dict, **expected) -> tuple[str, dict]:
    return header(1) + line(fields), {"members": [expected or seen(fields)]}


def good_manifests():
    text = header(2, 1) + line(TOP) + line(FILE) + line(ODD)
    yield "plain", text, {"members": [seen(TOP), seen(FILE), seen(ODD)], "canonical": True}
    yield "empty", header(0), {"members": [], "canonical": True}
    limits = {**LEAST, "size": 2**64 - 1, "mtime": -2**63, "mode": 2**32 - 1, "offset": 2**64 - 1}
    yield "numbers-at-limits", *one(limits)
    yield "any-order", *one(dict(reversed(FILE.items())))
    yield "unknown-fields", header(1, format="haul/1.9", new=[1]) + line(
        {"new": {"path": "q", "meta": {}}, **LEAST, "more": [[1.5, None, True]]}), {"members": [seen(LEAST)]}
    yield "proof-unknown", *one({**LEAST, "proof": "notarised"}, **seen(LEAST))
    names = [{**LEAST, "zip_name": "q"}, {**LEAST, "type": "dir"}, {**LEAST, "type": "dir", "zip_name": "%haul/p/"}]
    yield "zip-names", header(3) + "".join(map(line, names)), {"members": [seen(n) for n in names], "canonical": True}


def bad_manifests():
    least = line(LEAST)
    yield "no-header", least
    yield "too-few-lines", header(2) + least
    yield "too-many-lines", header(1) + least + least
    yield "folders-disagree", header(1, 1) + least
    yield "no-final-newline", header(1) + least[:-1]
    yield "empty-line", header(1) + "\n" + least
    yield "long-line", header(1) + line({**LEAST, "version": "v" * 2**20})
    for name, fields in bad_lines():
        yield name, header(1) + (fields if isinstance(fields, str) else line(fields))


def bad_lines():
    for field in ("path", "type", "size"):
        yield f"no-{field}", {key: value for key, value in LEAST.items() if key != field}
    yield "path-empty", {**LEAST, "path": ""}
    yield "path-twice", {**LEAST, "path_b64": "cA=="}
    yield "path-not-base64", {"path_b64": "c", **{k: v for k, v in LEAST.items() if k != "path"}}
    yield "field-twice", line(LEAST).replace('"size":1', '"size":1,"size":2')
    yield "type-unknown", {**LEAST, "type": "fifo"}
    yield "size-negative", {**LEAST, "size": -1}
    yield "size-too-large", {**LEAST, "size": 2**64}
    yield "size-fraction", line(LEAST).replace('"size":1', '"size":1.0')
    yield "mtime-too-large", {**LEAST, "mtime": 2**63}
    yield "mode-too-large", {**LEAST, "mode": 2**32}
    yield "crc32-upper-case", {**LEAST, "crc32": "00C0FFEE"}
    yield "crc32-short", {**LEAST, "crc32": "c0ffee"}
    yield "meta-not-text", {**LEAST, "meta": {"a": 1}}
    yield "zip-name-too-long", {**LEAST, "zip_name": "n" * 65_536}
    yield "path-too-long-for-zip", {**LEAST, "path": "n" * 65_536}
    yield "not-an-object", "[]\n"
    yield "not-json", "{\n"


def manifests():
    for name, text, expected in good_manifests():
        yield f"manifest-{name}.jsonl.zst", compressed(text), expected
    for name, text in bad_manifests():
        yield f"manifest-{name}.jsonl.zst", compressed(text), CORRUPT
    yield "manifest-major-2.jsonl.zst", compressed(header(0, format="haul/2")), {"error": "unsupported"}
    whole = compressed(header(1) + line(FILE))
    yield "manifest-truncated.jsonl.zst", whole[:-5], CORRUPT
    yield "manifest-bytes-behind.jsonl.zst", whole + b"x", CORRUPT
    yield "manifest-two-frames.jsonl.zst", compressed(header(1)) + compressed(line(FILE)), {"members": [seen(FILE)]}
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    yield "manifest-bit-flipped.jsonl.zst", bytes(flipped), CORRUPT


LIST_FILE = {k: v for k, v in FILE.items() if k not in ("crc32", "digest", "offset", "proof")}
EMPTY_FOLDER = {"path": "e", "type": "dir", "size": 0, "zip_name": "e/"}
END = {"end": True, "layout": HASH, "cursor_b64": "Y/8=", "last": True, "oversize": False, "settles": False, "members": 2, "folders": 1,
       "bytes": 3, "size": 412}
NOTES = [{"note": "skipped", "path": "fifo", "reason": "special", "detail": ""},
         {"note": "failed", "path_b64": "Z/4=", "reason": "denied", "detail": "open g: no"},
         {"note": "late", "path": "moving", "reason": "changed", "detail": ""}]
LIST_HEADER = line({"format": "haul/1", "part": 3, "revision": 2})


def lists():
    body = line(TOP) + line(LIST_FILE) + line(EMPTY_FOLDER)
    expected = {"members": [seen(TOP), seen(LIST_FILE), seen(EMPTY_FOLDER)], "end": END, "canonical": True}
    yield "plain", LIST_HEADER + body + line(END), expected
    yield "unknown-fields", LIST_HEADER + body + line({**END, "new": {}}), {"members": expected["members"], "end": END}
    noted = LIST_HEADER + body + "".join(map(line, NOTES)) + line(END)
    yield "notes", noted, {**expected, "notes": NOTES}
    yield "note-unknown", noted.replace('"late"', '"early"'), CORRUPT
    yield "no-closing-line", LIST_HEADER + body, CORRUPT
    yield "closing-line-cut", (LIST_HEADER + body + line(END))[:-1], CORRUPT
    yield "line-behind-closing", LIST_HEADER + body + line(END) + line(LIST_FILE), CORRUPT
    yield "counts-disagree", LIST_HEADER + body + line({**END, "members": 3}), CORRUPT
    yield "no-header", body + line(END), CORRUPT
    yield "part-0", LIST_HEADER.replace("3", "0") + body + line(END), CORRUPT
    yield "major-2", LIST_HEADER.replace("haul/1", "haul/2") + body + line(END), {"error": "unsupported"}


def vectors():
    yield from manifests()
    for name, text, expected in lists():
        yield f"list-{name}.list.zst", compressed(text), expected
