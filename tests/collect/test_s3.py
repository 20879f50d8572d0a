"""A corpus in S3: recordings, views, claim and copies of the ledger."""

import json
import shutil

import pytest
from collecting import files, item_id
from harness import buckets, decisions
from harness.s3 import seaweedfs, seaweedfs_client  # noqa: F401  pylint: disable=unused-import


@pytest.fixture(name="bucket")
def in_seaweedfs(collector, seaweedfs_client):  # noqa: F811
    collector.always |= seaweedfs_client.env
    return seaweedfs_client


def plan_into(collector, bucket, *sources):
    collector.write_plan(*sources, out=json.dumps(buckets.address(bucket, "corpus")))


def test_a_corpus_in_a_bucket(collector, bucket, speakers):
    plan_into(collector, bucket, files(speakers))
    totals = collector.collect()
    assert totals["accepted"] == 3 and totals["fetched"] == 3
    names = sorted(buckets.contents(bucket, "corpus/"))
    audio = [name for name in names if "audio/" in name]
    assert len(audio) == 3 and not [name for name in names if ".haul" in name]
    assert len([name for name in names if "backup/ledger-" in name]) == 1 and any(name.endswith("exports/current.json") for name in names)
    sources = buckets.digests({str(path): path.read_bytes() for path in (speakers / "sanne").iterdir()})
    held = buckets.contents(bucket, "corpus/")
    assert sorted(held[name] for name in audio) == sorted(sources.values())
    assert json.loads(collector.run("check", collector.plan, "--json").out)["finding_count"] == 0
    again = collector.collect()
    assert again["fetched"] == again["probe_bytes"] == 0 and again["state"] == totals["state"]
    (job,) = (collector.state / "jobs").iterdir()
    assert not list((job / "incoming").iterdir())


def decided(bucket) -> list[dict]:
    return [one for key in sorted(bucket.list("corpus/decisions/")) for one in decisions.read(bucket.get(key))]


def test_a_bucket_whose_ledger_and_copies_are_lost(collector, bucket, speakers):
    plan_into(collector, bucket, files(speakers))
    first = collector.collect()
    told = decided(bucket)
    assert sorted(one["what"] for one in told) == ["channel"] * 2 + ["licence"] * 3
    shutil.rmtree(collector.state)
    for key in bucket.list("corpus/backup/"):
        bucket.delete(key)
    erased = item_id("files", str(speakers), "sanne/item-02.ogg")
    bucket.put("corpus/decisions/000009.jsonl", decisions.written(decisions.tombstone("item", erased)))
    again = collector.collect()
    assert again["accepted"] == 2 and again["fetched"] == 0 and again["channels"] == first["channels"]
    assert 0 < again["probe_bytes"] < first["probe_bytes"]
    assert [one for one in decided(bucket) if one["what"] != "tombstone"] == told


def test_another_machine_goes_on_with_it(collector, bucket, speakers):
    plan_into(collector, bucket, files(speakers))
    first = collector.collect()
    shutil.rmtree(collector.state)
    again = collector.collect()
    assert again["state"] == first["state"] and again["fetched"] == again["probe_bytes"] == 0


def test_the_last_three_copies_are_kept_and_a_damaged_ledger_is_made_from_them(collector, bucket, speakers):
    plan_into(collector, bucket, files(speakers))
    first = collector.collect()
    for _ in range(3):
        collector.collect()
    names = sorted(bucket.list("corpus/backup/"))
    assert len(names) == 3 and all("/ledger-" in name for name in names)
    (job,) = (collector.state / "jobs").iterdir()
    ledger = job / "ledger.sqlite"
    ledger.write_bytes(ledger.read_bytes()[:5000])
    # The newest copy is damaged, too.
    bucket.put(names[-1], bucket.get(names[-1])[:100])
    finished = collector.run(*collector.words(), code=0)
    assert "was damaged" in finished.out and "cannot be used" in finished.out and f"rebuilt from the copy {names[-2].removeprefix('corpus/')}" in finished.out
    again = finished.events()[-1]["totals"]
    assert again["state"] == first["state"] and again["accepted"] == 3 and again["fetched"] == again["probe_bytes"] == 0
    assert list(job.glob("ledger.sqlite.damaged-*"))
    assert len(bucket.list("corpus/backup/")) == 3 and names[-2] in bucket.list("corpus/backup/")
    assert json.loads(collector.run("check", collector.plan, "--json").out)["finding_count"] == 0
