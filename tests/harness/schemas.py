"""Documents held against docs/schemas. A field that no schema knows is a mistake here: readers ignore those, but we write none."""

import json
from functools import lru_cache
from pathlib import Path

import jsonschema

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"


@lru_cache
def store() -> dict[str, dict]:
    return {path.name: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}


def schema_at(name: str, definition: str) -> dict:
    return store()[name]["$defs"][definition] if definition else store()[name]


@lru_cache
def validator(name: str, definition: str = ""):
    schema = store()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    resolver = jsonschema.RefResolver(schema["$id"], schema, store())
    return jsonschema.Draft202012Validator(schema_at(name, definition), resolver=resolver)


def pieces(schema: dict, name: str) -> list[tuple[dict, str]]:
    """The schema and all that it takes in, each with the file that its references are relative to."""
    found = [(schema, name)]
    for one in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        found += pieces(one, name)
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#")
        target = store()[file or name]
        for step in filter(None, pointer.split("/")):
            target = target[step]
        found += pieces(target, file or name)
    return found


def unknown_fields(value, schema: dict, name: str, place: str = "") -> list[str]:
    """Fields, at any depth, that no schema names."""
    taken_in = pieces(schema, name)
    if isinstance(value, list):
        items = [(one["items"], file) for one, file in taken_in if "items" in one]
        return [field for n, each in enumerate(value) for one, file in items
                for field in unknown_fields(each, one, file, f"{place}/{n}")]
    if not isinstance(value, dict) or any("additionalProperties" in one for one, _ in taken_in):
        return []
    fields = {key: (of, file) for one, file in reversed(taken_in) for key, of in one.get("properties", {}).items() if of is not False}
    return [field for key, each in value.items()
            for field in (unknown_fields(each, *fields[key], f"{place}/{key}") if key in fields else [f"{place}/{key}"])]


def assert_fits(value: dict, name: str, definition: str = "") -> None:
    problems = [f"{'/'.join(map(str, one.absolute_path)) or 'the document'}: {one.message}"
                for one in validator(name, definition).iter_errors(value)]
    problems += [f"{field}: no schema knows it" for field in unknown_fields(value, schema_at(name, definition), name)]
    assert not problems, f"{name} {definition}: {problems[:5]} in {json.dumps(value)[:2000]}"


def assert_event(value: dict) -> None:
    """By its name, so that a failure says which field it is; then by the whole schema."""
    assert value.get("event") in event_names(), f"an event that no schema knows: {value}"
    assert_fits(value, "event.json", value["event"])
    assert validator("event.json").is_valid(value), f"it fits more than one event: {value}"


def event_names() -> list[str]:
    return [one["$ref"].rpartition("/")[2] for one in store()["event.json"]["oneOf"]]
