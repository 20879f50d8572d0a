"""A pack to a bucket that is stopped and goes on: Ctrl+C, cancel, and a service that is away for a while or for too long."""

import random

import pytest
from harness import buckets, make
from harness.buckets import address
from harness.held import held
from harness.program import interrupt_at, wait, wait_for
from harness.s3 import running, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import
from servers.versitygw import Versitygw

# Three pieces in one part, and a part beside it.
OBJECTS = {"a/large": random.Random(1).randbytes(36_000_000), "b/small": b"small"}
PART_SIZE = ["--part-size", "30MB"]
WAITING = "waiting until it works again"
QUICK = {"HAUL_RETRY_MS": 5, "HAUL_RETRY_MOST_MS": 50, "HAUL_UNIT_RETRY_MS": 20}


@pytest.fixture(name="bucket")
def in_versitygw(haul, versitygw_client):
    haul.always |= {**versitygw_client.env, "HAUL_CHECKPOINT_MS": "0"}
    buckets.upload(versitygw_client, OBJECTS, "in/")
    return versitygw_client


@pytest.fixture(name="own")
def server_of_its_own(haul):
    with running(Versitygw) as server:
        haul.always |= server.env
        buckets.upload(server.client(), OBJECTS, "in/")
        yield server


def pack(client) -> list:
    return ["pack", address(client, "in"), address(client, "out"), *PART_SIZE]


def assert_whole(client, space) -> None:
    assert client.uploads() == []
    assert [key for key in client.list("out/") if ".haul" in key] == []
    assert buckets.members(buckets.download(client, "out/in/", space / "set")) == buckets.digests(OBJECTS)


@pytest.mark.parametrize("point", ["pack.list.after_write", "pack.part.before_send:3", "pack.part.before_publish"])
@pytest.mark.parametrize("how", ["again", "resume"])
def test_ctrl_c_drains_and_the_job_goes_on(haul, space, bucket, point, how):
    finished = wait(interrupt_at(haul, point, *pack(bucket)), 30)
    assert finished.code == 130, finished
    assert "haul resume" in (space / "said").read_text()
    haul.run("ls", address(bucket, "out/in"), code=4)
    if how == "again":
        haul.run(*pack(bucket), code=0)
    else:
        haul.run("resume", haul.run("jobs", "--json", code=0).events()[0]["id"], code=0)
    assert_whole(bucket, space)


@pytest.mark.parametrize("point", ["pack.upload.after_intent", "pack.upload.after_create", "pack.part.before_send:3",
                                   "pack.part.before_publish", "pack.set.before_record"])
def test_cancel_leaves_no_upload(haul, space, bucket, point):
    point, _, nth = point.partition(":")
    haul.killed_at(point, *pack(bucket), nth=int(nth or 1), code=-9)
    haul.run("cancel", haul.run("jobs", "--json", code=0).events()[0]["id"], code=0)
    assert bucket.uploads() == []
    assert bucket.list("out/") == {}
    haul.run(*pack(bucket), code=0)
    assert_whole(bucket, space)


def said(space) -> str:
    return (space / "said").read_text()


def test_a_service_that_is_away_is_waited_for(haul, space, own):
    with open(space / "said", "wb") as screen:
        with held(haul, "pack.part.before_send", *pack(own.client()), stderr=screen, env=QUICK) as job:
            own.stop()
            job.let_go()
            wait_for(lambda: WAITING in said(space), job.child)
            own.start()
            finished = wait(job.child)
    assert finished.code == 0, said(space)
    assert_whole(own.client(), space)


def test_a_service_that_is_away_too_long_ends_the_run(haul, space, own):
    with open(space / "said", "wb") as screen:
        with held(haul, "pack.part.before_send", *pack(own.client()), "--max-outage", "2s", stderr=screen, env=QUICK) as job:
            own.stop()
            job.let_go()
            finished = wait(job.child)
    assert finished.code == 6, said(space)
    assert WAITING in said(space) and "to do:" in said(space)
    own.start()
    haul.run(*pack(own.client()), code=0)
    assert_whole(own.client(), space)


@pytest.mark.parametrize("side", ["source", "destination"])
def test_a_service_that_does_not_answer_at_the_start(haul, space, own, side):
    """Nothing is at work yet that would be worth waiting: a wrong endpoint is told at once."""
    make.file(space / "source" / "file", b"file")
    own.stop()
    places = {"source": ("s3://bucket/in", space / "out"), "destination": (space / "source", "s3://bucket/out")}
    finished = haul.run("pack", *places[side], code=6)
    assert own.endpoint in finished.err and "to do:" in finished.err
