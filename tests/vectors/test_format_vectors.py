"""The vectors are what their script makes; docs/format.md, the vectors and the schemas agree with one another."""

import filecmp
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VECTORS = HERE / "format"
PAGE = ROOT / "docs" / "format.md"
SCHEMAS = ROOT / "docs" / "schemas"
FILES = sorted(p for p in VECTORS.iterdir() if p.suffix != ".expected")
# Rules that no schema can say: lengths in bytes, digests, counts, names that belong together, JSON that is cut or says a field twice.
BEYOND_SCHEMAS = re.compile(
    r"-(one-byte-changed|digest-not-last|manifest-of-another|truncated|bit-flipped|bytes-behind|too-few-lines|too-many-lines|"
    r"folders-disagree|no-final-newline|empty-line|long-line|no-header|path-not-base64|field-twice|not-json|size-fraction|"
    r"no-closing-line|closing-line-cut|line-behind-closing|counts-disagree|zip-name-too-long|path-too-long-for-zip)\.")


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_the_script_makes_exactly_these(tmp_path):
    subprocess.run([sys.executable, HERE / "make_format_vectors.py", tmp_path], check=True)
    assert names(tmp_path) == names(VECTORS)
    equal, other, missing = filecmp.cmpfiles(tmp_path, VECTORS, names(tmp_path), shallow=False)
    assert (other, missing) == ([], []) and equal


def rules() -> dict[str, str]:
    """Number -> text, of each numbered rule."""
    return dict(re.findall(r"^\*\*(F\d+)\.\*\* (.*?)(?=^\*\*F|^#|\Z)", PAGE.read_text(), re.M | re.S))


def test_rules_are_numbered_in_order():
    assert list(rules()) == [f"F{n}" for n in range(1, len(rules()) + 1)]


def test_every_rule_names_a_vector_or_test_that_is_there():
    for number, text in rules().items():
        vectors = re.findall(r"`((?:manifest|list|set|claim|beat)-[a-z0-9-]+\.(?:jsonl\.zst|list\.zst|json))`", text)
        tests = re.findall(r"`((?:src|tests)/[a-z_/]+_test\.cc)`", text)
        assert vectors or tests, number
        for name in [VECTORS / v for v in vectors] + [ROOT / t for t in tests]:
            assert name.is_file(), f"{number}: {name}"


def test_every_must_is_in_a_rule():
    outside = re.sub(r"^\*\*F\d+\.\*\* .*?(?=\n\n|\Z)", "", PAGE.read_text(), flags=re.M | re.S)
    assert "MUST" not in outside


def test_every_vector_belongs_to_a_rule():
    page = PAGE.read_text()
    assert [p.name for p in FILES if f"`{p.name}`" not in page] == []


def validator(name: str):
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    store = {p.name: json.loads(p.read_text()) for p in SCHEMAS.glob("*.json")}
    resolver = jsonschema.RefResolver(schema["$id"], schema, store)
    return jsonschema.Draft202012Validator(schema, resolver=resolver)


def schema_of_line(kind: str, number: int, value: dict) -> str:
    if number == 0:
        return f"{kind}-header"
    return next((f"list-{first}" for first in ("end", "note") if first in value), "manifest-line")


def fits(path: Path) -> bool:
    """Whether every document of a vector is as its schema says."""
    kind = path.name.split("-")[0]
    if not path.name.endswith(".zst"):
        return validator(kind).is_valid(json.loads(path.read_text()))
    text = subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout.decode()
    values = [json.loads(line) for line in text.splitlines()]
    return all(validator(schema_of_line(kind, n, v)).is_valid(v) for n, v in enumerate(values))


@pytest.mark.parametrize("path", [p for p in FILES if not BEYOND_SCHEMAS.search(p.name)], ids=lambda p: p.name)
def test_schemas_take_what_readers_take_and_nothing_else(path):
    expected = json.loads(path.with_name(path.name + ".expected").read_text())
    assert fits(path) == ("error" not in expected)
