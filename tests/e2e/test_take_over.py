"""--take-over: a service without create-only writes is worked on where the user says that nobody else does, and nothing is replaced."""

import shutil
from collections import Counter

import pytest
from harness import make, trees
from harness.buckets import address
from harness.held import held
from harness.program import wait
from harness.s3 import (exact, exact_client, own_bucket, proxied, running,  # noqa: F401  pylint: disable=unused-import
                        versitygw)
from servers.exact import Exact

TAKE = "--take-over"
LARGE = bytes(range(256)) * (40 << 12)  # goes up in pieces


@pytest.fixture(scope="module", name="ignoring")
def server_that_ignores():
    with running(Exact, options=("--ignore-if-none-match",)) as server:
        yield server


@pytest.fixture(scope="module", name="refusing")
def server_that_refuses():
    with running(Exact, options=("--refuse-if-none-match",)) as server:
        yield server


@pytest.fixture(name="bucket", params=["ignoring"])
def in_it(haul, request):
    for client in own_bucket(request.getfixturevalue(request.param)):
        haul.always |= client.env
        yield client


@pytest.fixture(name="source")
def some_files(space):
    folder = make.files(space / "in", 12)
    (folder / "link").unlink()  # a bucket holds none
    return folder


def assert_right(haul, space, bucket, source) -> None:
    assert bucket.uploads() == [] and [key for key in bucket.list() if ".haul" in key] == []
    haul.run("verify", address(bucket, "out/in"), "--against", source, code=0)
    haul.run("unpack", address(bucket, "out/in"), address(bucket, "back"), TAKE, code=0)
    assert {key for key in bucket.list("back/") if ".haul" in key} == set()
    haul.run("unpack", address(bucket, "out/in"), space / "back", code=0)
    trees.assert_same(trees.record(space / "back"), trees.record(source))


@pytest.mark.parametrize("bucket", ["ignoring", "refusing"], indirect=True)
def test_refused_without(haul, space, bucket, source):
    refused = haul.run("pack", source, address(bucket, "out"), code=1)
    assert "two writers" in refused.err and "nobody else works on this destination" in refused.err and TAKE in refused.err
    haul.run("pack", source, space / "sets", code=0)
    assert TAKE in haul.run("unpack", space / "sets" / "in", address(bucket, "back"), code=1).err
    assert bucket.list() == {}
    haul.run("pack", source, address(bucket, "out"), TAKE, code=0)
    assert_right(haul, space, bucket, source)


@pytest.mark.parametrize("point", ["claim.after_create", "pack.upload.after_id", "pack.part.before_manifest"])
@pytest.mark.parametrize("state", ["kept", "lost"])
def test_a_killed_pack_is_continued(haul, space, bucket, source, point, state):
    pack = ("pack", source, address(bucket, "out"), TAKE)
    haul.killed_at(point, *pack, code=-9)
    assert "out/in/.haul/claim-000001.json" in bucket.list()
    if state == "kept":
        haul.run("resume", haul.run("jobs", "--json", code=0).events()[0]["id"], code=0)
    else:
        shutil.rmtree(haul.state)
        haul.run(*pack, code=0)
    assert_right(haul, space, bucket, source)


def test_a_killed_pack_is_cancelled(haul, bucket, source):
    haul.killed_at("pack.upload.after_id", "pack", source, address(bucket, "out"), TAKE, code=-9)
    haul.run("cancel", haul.run("jobs", "--json", code=0).events()[0]["id"], code=0)
    assert bucket.list() == {} and bucket.uploads() == []


def test_an_owner_that_lives_is_not_taken_over(haul, space, bucket, source):
    pack = ("pack", source, address(bucket, "out"), TAKE)
    with held(haul, "pack.part.before_publish", *pack) as job:
        before = bucket.list()
        busy = haul.run(*pack, "--state", space / "another", code=8)
        assert "claim 1 belongs to" in busy.err and bucket.list() == before
        job.let_go()
        assert wait(job.child).code == 0
    assert_right(haul, space, bucket, source)


def test_nothing_is_replaced(haul, space, bucket):
    make.file(space / "in" / "small", b"mine")
    make.file(space / "in" / "large", LARGE)
    haul.run("pack", space / "in", space / "sets", code=0)
    theirs = {"back/small": b"your", "back/large": LARGE[::-1]}
    for key, data in theirs.items():
        bucket.put(key, data)
    refused = haul.run("unpack", space / "sets" / "in", address(bucket, "back"), TAKE, code=3)
    assert refused.err.count("a file with other contents is there already") >= 2, refused
    assert {key: bucket.get(key) for key in bucket.list()} == theirs
    haul.run("unpack", space / "sets" / "in", address(bucket, "back"), TAKE, "--if-exists=overwrite", code=0)
    assert bucket.get("back/large") == LARGE and bucket.get("back/small") == b"mine"


def test_lost_replies_are_settled(haul, space, bucket, source, proxied):  # noqa: F811
    """What is looked at before the second try is what the first one wrote."""
    lost = {"claim": ("PUT", "claim-000001"), "list": ("PUT", ".list.zst"), "manifest": ("PUT", ".jsonl.zst"), "part": ("POST", "part-00001.zip.uploadId"),
            "record": ("PUT", "haul-00001.json")}
    rules = [{"action": "lose_reply", "id": name, "method": method, "path": path, "nth": 1} for name, (method, path) in lost.items()]
    before = proxied(bucket, *rules)
    haul.run("pack", source, address(bucket, "out"), TAKE, env={**before.env, "HAUL_RETRY_MS": 5}, code=0)
    fired = before.fired()
    assert all(fired.get(name) for name in lost), fired
    assert_right(haul, space, bucket, source)


def test_it_changes_nothing_where_there_is_create_only(haul, source, exact, exact_client):  # noqa: F811
    haul.always |= exact_client.env
    haul.run("pack", source, address(exact_client, "first"), code=0)
    seen = []
    for name, more in (("one", ()), ("two", (TAKE,))):
        before = len(exact.requests())
        haul.run("pack", source, address(exact_client, name), *more, code=0)
        seen.append(Counter(one["method"] for one in exact.requests()[before:]))
    assert seen[0] == seen[1]
