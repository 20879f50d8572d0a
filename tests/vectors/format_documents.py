"""Sets' records, claims and beats of tests/vectors/format, written from docs/format.md without Haul's code."""

import copy
import hashlib
import json


OPTIONS = {"part_size": 20000000000, "digest": "xxh128", "symlinks": "store", "folders": "empty", "filters": [],
           "min_size": 0}
PART = {"name": "part-00001.zip", "manifest": "part-00001.jsonl.zst", "size": 412, "crc32": "00abcdef", "members": 2,
        "folders": 1, "bytes": 7, "manifest_digest": "sha256:" + "ab" * 32}
SET = {"format": "haul/1", "generation": 1, "name": "photos", "source": "/data/photos", "options": OPTIONS,
       "parts": [PART], "superseded": [], "gone": [], "skipped": {"count": 0, "items": []},
       "failed": {"count": 0, "items": []},
       "totals": {"files": 1, "folders": 1, "symlinks": 1, "folder_lines": 1, "bytes": 7}}
OWNER = {"machine_id": "0123456789abcdef0123456789abcdef", "boot_id": "11111111-2222-3333-4444-555555555555",
         "pid_namespace": 4026531836, "pid": 4711, "pid_start": 98765}
CLAIM = {"format": "haul/1", "claim": 3, "flow": "pack", "source": "/data/photos", "name": "photos",
         "options": OPTIONS, "token": "00112233445566778899aabbccddeeff", "owner": OWNER}


def text_of(document: dict) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def changed(document: dict, **fields) -> dict:
    made = copy.deepcopy(document)
    made.update(fields)
    return made


def without(document: dict, field: str) -> dict:
    return {key: value for key, value in document.items() if key != field}


def signed(document: dict) -> str:
    """F21: the digest is over the document without it."""
    text = text_of(document)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text.removesuffix("\n}\n") + f',\n  "digest": "sha256:{digest}"\n}}\n'


def full_set() -> dict:
    options = changed(OPTIONS, filters=["include *.jpg", {"b64": "ZXhjbHVkZSD/Kg=="}], max_size=10, newer=-1,
                      files_from="sha256:" + "cd" * 32)
    made = without(changed(SET, generation=2, options=options), "name")
    made = {"format": made.pop("format"), "generation": made.pop("generation"), "name_b64": "cP8=", **made}
    made["parts"] = [PART, changed(PART, name="part-00002.zip", manifest="part-00002.jsonl.zst", oversize=True)]
    made["superseded"] = [{"path": "old.txt", "part": "part-00001.zip"}]
    made["gone"] = [{"path_b64": "Z/4=", "part": "part-00001.zip"}]
    made["skipped"] = {"count": 1, "items": [{"path": "fifo", "reason": "special"}]}
    made["failed"] = {"count": 12, "items": [{"path": "a\nb", "reason": "denied", "detail": "open a: no"}]}
    return made


def sets():
    good = signed(SET)
    fine = {"canonical": True}
    yield "set-plain.json", good, fine
    yield "set-full.json", signed(full_set()), fine
    yield "set-unknown-fields.json", signed({"format": "haul/1.2", "new": {"a": [1]}, **without(SET, "format")}), {}
    yield "set-major-2.json", signed(changed(SET, format="haul/2")), {"error": "unsupported"}
    yield "set-no-format.json", signed(without(SET, "format")), {"error": "corrupt"}
    corrupt = {"error": "corrupt"}
    yield "set-one-byte-changed.json", good.replace('"size": 412', '"size": 413'), corrupt
    yield "set-no-digest.json", text_of(SET), corrupt
    yield "set-digest-not-last.json", text_of({**json.loads(good), "behind": 1}), corrupt
    yield "set-truncated.json", good[:-20], corrupt
    outside = changed(PART, name="../part-00001.zip")
    yield "set-part-name-outside.json", signed(changed(SET, parts=[outside])), corrupt
    other = changed(PART, manifest="part-00002.jsonl.zst")
    yield "set-manifest-of-another.json", signed(changed(SET, parts=[other])), corrupt
    yield "set-generation-0.json", signed(changed(SET, generation=0)), corrupt
    yield "set-no-totals.json", signed(without(SET, "totals")), corrupt


def claims():
    yield "claim-pack.json", text_of(CLAIM), {"canonical": True}
    unpack = {**without(CLAIM, "options"), "flow": "unpack", "name": ""}
    order = ["format", "claim", "flow", "source", "name", "request", "token", "owner"]
    unpack["request"] = '{"if_exists":"same"}'
    yield "claim-unpack.json", text_of({key: unpack[key] for key in order}), {"canonical": True}
    yield "claim-unknown-fields.json", text_of({**CLAIM, "new": 1}), {}
    yield "claim-major-2.json", text_of(changed(CLAIM, format="haul/2")), {"error": "unsupported"}
    yield "claim-no-owner.json", text_of(without(CLAIM, "owner")), {"error": "corrupt"}
    yield "claim-no-token.json", text_of(without(CLAIM, "token")), {"error": "corrupt"}
    yield "claim-pid-text.json", text_of(changed(CLAIM, owner=changed(OWNER, pid="4711"))), {"error": "corrupt"}
    yield "claim-truncated.json", text_of(CLAIM)[:-3], {"error": "corrupt"}
    yield "beat-3.json", text_of({"format": "haul/1", "claim": 3}), {"canonical": True}


def vectors():
    for name, text, expected in (*sets(), *claims()):
        yield name, text.encode(), expected
