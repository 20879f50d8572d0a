"""A collect is a job like any other: jobs, status, resume and the claim see it, and what it made can be packed."""

import json
import shutil

import pytest
from collecting import Collector, feed, files, peertube
from harness import feeds, trees
from harness.buckets import address
from harness.held import held
from harness.peertube_server import PeerTube
from harness.program import wait, wait_for
from harness.s3 import versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import

PLACING = "collect.download.before_place"


def jobs(collector) -> list[dict]:
    return [json.loads(line) for line in collector.run("jobs", "--json", code=0).out.splitlines()]


def status(collector, job: str) -> dict:
    return json.loads(collector.run("status", job, "--json", code=0).out)


def test_jobs_and_status_ask_the_run(collector, speakers):
    collector.write_plan(files(speakers))
    with held(collector, PLACING, *collector.words()) as job:
        wait_for(lambda: status(collector, job.job)["progress"]["phase"] == "collect", job.child)
        found = status(collector, job.job)
        assert found["phase"] == "running" and found["flow"] == "collect" and not found["progress"]["draining"]
        assert [(one["id"], one["phase"]) for one in jobs(collector)] == [(job.job, "running")]
        text = collector.run("status", job.job[:5], code=0).out
        assert "State:    running" in text and str(collector.out) in text and "\nNow:      " in text
        for words in (["resume", job.job], ["forget", job.job], collector.words()):
            refused = collector.run(*words, code=8)
            assert str(job.child.pid) in refused.out + refused.err
    assert wait(job.child).code == 0
    found = status(collector, job.job)
    assert found["phase"] == "complete" and found["exit_code"] == 0 and "progress" not in found
    collector.assert_sound()


def test_resume_from_anywhere_goes_on(collector, speakers):
    collector.write_plan(files(speakers))
    collector.run("collect", "plan.toml", "--models", collector.models, cwd=collector.space, env={"HAUL_FAULT": f"kill:{PLACING}"}, code=-9)
    job, = jobs(collector)
    assert job["phase"] == "interrupted" and collector.audio() == set()
    collector.run("resume", job["id"], cwd="/", code=0)
    assert [one["phase"] for one in jobs(collector)] == ["complete"] and len(collector.assert_sound()) == 3


@pytest.mark.parametrize("where", ["folder", "bucket"])
def test_a_corpus_is_collected_by_one_at_a_time(collector, speakers, space, models, where, request):
    """The other has a state folder of its own, as on another machine."""
    other = Collector(space / "other", models)
    other.plan = collector.plan
    collector.write_plan(files(speakers))
    if where == "bucket":
        bucket = request.getfixturevalue("versitygw_client")
        for one in (collector, other):
            one.always |= bucket.env
        collector.write_plan(files(speakers), out=json.dumps(address(bucket, "corpus")))
    with held(collector, PLACING, *collector.words()) as job:
        refused = other.run(*other.words(), code=8)
        error = json.loads(refused.out.splitlines()[-1])
        assert f"belongs to process {job.child.pid} of this machine" in json.dumps(error), error
        assert job.child.poll() is None
    assert json.loads(wait(job.child).out.splitlines()[-1])["totals"]["accepted"] == 3
    # Who was refused can go on where the first ended.
    totals = other.collect()
    assert totals["accepted"] == 3 and totals["fetched"] == totals["probe_bytes"] == 0


def test_every_request_says_whom_to_write_to(collector, speakers):
    with PeerTube() as site:
        for path in sorted((speakers / "sanne").iterdir()):
            site.add("sanne", path.stem, path, words="aloud")
        path = speakers / "allison" / "item-00.ogg"
        items = [feeds.Item("a", site.serve("/a.ogg", path.read_bytes()), path.stat().st_size)]
        collector.write_plan(feed(site.serve("/feed.xml", feeds.rss("Allison", items, "CC0-1.0"))), peertube(site.url, "aloud"),
                             contact='"https://example.org/who-we-are"')
        assert collector.collect()["accepted"] == 3
        asked = {one.path.split("/")[1].split("?")[0]: one.agent for one in site.asked}
        assert {"feed.xml", "a.ogg", "api", "static"} <= set(asked), asked
        version = json.loads(collector.run("version", "--json", code=0).out)["version"]
        assert {one.agent for one in site.asked} == {f"haul/{version} (+https://example.org/who-we-are)"}


def test_a_corpus_is_packed_like_any_folder(collector, speakers, space):
    collector.write_plan(files(speakers))
    collector.collect()
    before = trees.record(collector.out)
    collector.run("pack", collector.out, space / "packed", code=0)
    collector.run("verify", space / "packed" / "corpus", "--against", collector.out, code=0)
    collector.run("unpack", space / "packed" / "corpus", space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), before)
    # What came back is the corpus: the same plan goes on with it.
    shutil.rmtree(collector.out)
    shutil.rmtree(collector.state_home)
    (space / "back").rename(collector.out)
    again = collector.collect()
    assert again["accepted"] == 3 and again["fetched"] == again["probe_bytes"] == 0
    collector.assert_sound()
