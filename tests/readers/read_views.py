"""Reads a corpus with the programs of others, as docs/corpus.md tells people to, and says what they found. Runs in their environment.

    read_views.py QUESTION CORPUS
"""

import json
import sys


def pandas(corpus: str) -> dict:
    import pandas as reader
    shown = f"{corpus}/exports/current"
    manifest = reader.read_json(f"{shown}/manifest.jsonl", lines=True)
    metadata = reader.read_json(f"{shown}/metadata.jsonl", lines=True)
    return {"rows": len(manifest), "metadata": len(metadata), "ids": sorted(manifest["id"]),
            "speech_seconds": float(manifest["speech_seconds"].sum()),
            "licences": sorted({licence["id"] for licence in manifest["licence"]})}


def duckdb(corpus: str) -> dict:
    import duckdb as reader
    shown = f"{corpus}/exports/current"
    (rows, speech, segments), = reader.sql(
        f"SELECT count(*), sum(speech_seconds), sum(len(segments)) FROM '{shown}/manifest.jsonl'").fetchall()
    licences = reader.sql(f"SELECT DISTINCT licence.id FROM '{shown}/manifest.jsonl' ORDER BY 1").fetchall()
    (urls,), = reader.sql(
        f"SELECT count(*) FROM read_csv('{shown}/urls.txt', header = false, columns = {{'url': 'VARCHAR'}}, delim = '\t')").fetchall()
    return {"rows": rows, "speech_seconds": speech, "segments": int(segments), "licences": [one for one, in licences], "urls": urls}


def audiofolder(corpus: str) -> dict:
    import soundfile
    from datasets import Audio, load_dataset
    loaded = load_dataset("audiofolder", data_dir=f"{corpus}/exports/current", split="train").cast_column("audio", Audio(decode=False))
    seconds = [soundfile.info(row["audio"]["path"]).duration for row in loaded]
    return {"rows": len(loaded), "ids": sorted(loaded["id"]), "columns": sorted(loaded.features),
            "apart": max(abs(read - said) for read, said in zip(seconds, loaded["duration"]))}


def decoded(corpus: str) -> dict:
    """With torch: the samples themselves."""
    from datasets import load_dataset
    loaded = load_dataset("audiofolder", data_dir=f"{corpus}/exports/current", split="train")
    seconds = [row["audio"].get_all_samples().duration_seconds for row in loaded]
    return {"rows": len(loaded), "apart": max(abs(read - said) for read, said in zip(seconds, loaded["duration"]))}


def by_json(corpus: str) -> dict:
    """Where there are no links: the paths are put together by whoever reads."""
    import soundfile
    from datasets import Audio, load_dataset
    loaded = load_dataset("json", data_files=f"{corpus}/exports/current/metadata.jsonl", split="train")
    files = [f"{corpus}/{name}" for name in loaded["file_name"]]
    loaded = loaded.add_column("audio", files).cast_column("audio", Audio(decode=False))
    return {"rows": len(loaded), "opened": sum(1 for row in loaded if soundfile.info(row["audio"]["path"]).duration > 0)}


def lhotse(corpus: str) -> dict:
    from lhotse import CutSet, load_manifest
    from lhotse.qa import validate_recordings_and_supervisions
    shown = f"{corpus}/exports/current"
    recordings = load_manifest(f"{shown}/recordings.jsonl").with_path_prefix(corpus)
    supervisions = load_manifest(f"{shown}/supervisions.jsonl")
    validate_recordings_and_supervisions(recordings, supervisions, read_data=True)
    cuts = CutSet.from_manifests(recordings=recordings, supervisions=supervisions)
    pieces = [piece.load_audio() for piece in cuts.trim_to_supervisions(keep_overlapping=False)]
    return {"rows": len(recordings), "supervisions": len(supervisions), "cuts": len(cuts), "pieces": len(pieces),
            "seconds": float(sum(piece.duration for piece in supervisions))}


if __name__ == "__main__":
    QUESTIONS = {"pandas": pandas, "duckdb": duckdb, "audiofolder": audiofolder, "decoded": decoded, "json": by_json, "lhotse": lhotse}
    print(json.dumps(QUESTIONS[sys.argv[1]](sys.argv[2])))
