"""The views of a corpus: as docs/schemas says, and as programs of others read them."""

import base64
import hashlib
import json

import corpora
import pytest
from conftest import KINDS
from harness import readers, schemas

VIEWS = {"manifest.jsonl": "corpus-recording.json", "metadata.jsonl": "corpus-metadata.json", "recordings.jsonl": "lhotse-recording.json",
         "supervisions.jsonl": "lhotse-supervision.json"}


def test_each_line_is_as_its_schema_says(corpus):
    for view, schema in VIEWS.items():
        lines = corpus.lines(view)
        assert lines, view
        for line in lines:
            schemas.assert_fits(line, schema)
    current = json.loads((corpus.out / "exports" / "current.json").read_text())
    schemas.assert_fits(current, "corpus-current.json")
    assert current["state"] == corpus.answer["state"] == corpus.shown.readlink().name
    text = "".join(f"{one['name']}\n{one['bytes']}\n{one['sha256']}\n" for one in current["files"])
    assert base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower()[:26] == current["state"]
    for one in current["files"]:
        assert hashlib.sha256((corpus.shown / one["name"]).read_bytes()).hexdigest() == one["sha256"]


def test_what_is_shown_is_there(corpus):
    lines = corpus.lines("manifest.jsonl")
    assert len(lines) == len(KINDS) and [line["id"] for line in lines] == sorted(line["id"] for line in lines)
    for line in lines:
        data = (corpus.out / line["file"]).read_bytes()
        assert len(data) == line["bytes"] and hashlib.sha256(data).hexdigest() == line["sha256"]
        assert (corpus.shown / line["file"]).samefile(corpus.out / line["file"])
    assert (corpus.shown / "urls.txt").read_text().splitlines() == [line["source"]["page"] for line in lines]
    told = json.dumps(lines)
    assert "fetched" not in told and "seen_ns" not in told and "1700000000" not in told


def test_the_datasheet_counts(corpus):
    page = (corpus.shown / "datasheet.md").read_text()
    assert f"{len(KINDS)} recordings" in page and "CC-BY-4.0" in page and "child-log-mel" in page and "## Known limits" in page
    assert "<den>" not in page


@pytest.mark.timeout(900)
def test_pandas_and_duckdb(corpus, space):
    lines = corpus.lines("manifest.jsonl")
    speech = sum(line["speech_seconds"] for line in lines)
    found = readers.ask(readers.PLAIN, "pandas", corpus.out, space=space)
    assert found["rows"] == found["metadata"] == len(lines) and found["ids"] == [line["id"] for line in lines]
    assert found["speech_seconds"] == pytest.approx(speech) and found["licences"] == sorted(corpora.LICENCES)
    found = readers.ask(readers.PLAIN, "duckdb", corpus.out, space=space)
    assert found["rows"] == found["urls"] == len(lines) and found["speech_seconds"] == pytest.approx(speech)
    assert found["segments"] == len(corpus.lines("supervisions.jsonl")) and found["licences"] == sorted(corpora.LICENCES)


@pytest.mark.timeout(900)
def test_datasets(corpus, space):
    lines = corpus.lines("manifest.jsonl")
    found = readers.ask(readers.PLAIN, "audiofolder", corpus.out, space=space)
    assert found["rows"] == len(lines) and found["ids"] == [line["id"] for line in lines]
    assert "audio" in found["columns"] and "segments" in found["columns"]
    # An MP3's encoder adds up to a tenth of a second of silence, which decoders leave out or not.
    assert found["apart"] < 0.12
    found = readers.ask(readers.PLAIN, "json", corpus.out, space=space)
    assert found == {"rows": len(lines), "opened": len(lines)}


@pytest.mark.timeout(4000)
def test_with_torch(corpus, space, full):
    """In full: lhotse, and the datasets of today. Without, the lines alone are looked at."""
    recordings, supervisions = corpus.lines("recordings.jsonl"), corpus.lines("supervisions.jsonl")
    assert len(recordings) == len(KINDS)
    for one in recordings:
        assert one["num_samples"] == pytest.approx(one["duration"] * one["sampling_rate"], abs=1)
    assert {len(one["sources"][0]["channels"]) for one in recordings} == {1, 2}
    if full:
        found = readers.ask(readers.WITH_TORCH, "lhotse", corpus.out, space=space)
        assert found["rows"] == found["cuts"] == len(recordings)
        assert found["supervisions"] == found["pieces"] == len(supervisions)
        found = readers.ask(readers.WITH_TORCH, "decoded", corpus.out, space=space)
        assert found["rows"] == len(recordings) and found["apart"] < 0.12


def test_a_service_gets_the_same(corpus, space, seaweedfs_client):
    listed = space / "recordings.jsonl"
    answer = corpora.export(f"s3://{seaweedfs_client.bucket}/stories", listed, space, seaweedfs_client.env)
    assert answer["state"] == corpus.answer["state"]
    for view in [*VIEWS, "urls.txt", "datasheet.md"]:
        sent = seaweedfs_client.get(f"stories/exports/{answer['state']}/{view}")
        assert sent == (corpus.shown / view).read_bytes(), view
    assert json.loads(seaweedfs_client.get("stories/exports/current.json"))["state"] == answer["state"]


def test_memory_does_not_grow(space, full, heard):
    line = next(iter(heard.values()))
    peaks = []
    for count in (2_000, 1_000_000 if full else 30_000):
        listed = corpora.write_many(space / f"{count}.jsonl", count, line)
        answer = corpora.export(space / f"out-{count}", listed, space)
        assert answer["recordings"] == count
        peaks.append(answer["peak_rss"])
    assert peaks[1] < peaks[0] + (16 << 20), peaks
