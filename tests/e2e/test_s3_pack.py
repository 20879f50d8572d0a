"""pack from S3, to S3 and between buckets: the set, its parts, and everything that comes back of them."""

import random
from pathlib import Path

import pytest
from harness import buckets, make, sets, trees
from harness.buckets import address
from harness.s3 import (exact, exact_client, real_client, running, seaweedfs,  # noqa: F401  pylint: disable=unused-import
                        versitygw, versitygw_client)
from servers.versitygw import Versitygw

STAMPS = Path("/usr/share/tuxpaint/stamps")
# Longer than a folder's names may be, in elements that versitygw can hold.
LONG = "/".join(["long" + "n" * 175] * 5)
ODD = {
    "marker/": b"",
    "marker/file": b"beneath a marker",
    "über/ﬁ/日本語/🎈.txt": b"unicode",
    "nfd/u\u0308": b"decomposed",
    "a+b=c&d/x+y": b"plus",
    "percent/%2F": b"percent",
    "percent/100%": b"percent alone",
    "  two  spaces  /  in  it  ": b"spaces",
    "quotes/'\"<>&;$`#?*[]{}|^~!@,": b"quotes",
    "empty": b"",
    LONG[:900]: b"900 bytes long",
}
# What no real server takes as a key.
REFUSED = {"a//b": b"empty element", "/lead": b"leads", "../up": b"up", "x/./y": b"dot", "x": b"beside x/./y", "x//": b""}
TYPED = {"page": {"content_type": "text/html; charset=utf-8", "x_amz_meta_colour": "blue", "x_amz_meta_two_words": "a b=c"},
         "picture": {"content_type": "image/png"}}


@pytest.fixture(name="bucket")
def in_versitygw(haul, versitygw_client):
    haul.always |= versitygw_client.env
    return versitygw_client


@pytest.fixture(name="real")
def in_each(haul, real_client):
    haul.always |= real_client.env
    return real_client


@pytest.fixture(name="any_key")
def in_exact(haul, exact_client):
    haul.always |= exact_client.env
    return exact_client


def some(count: int = 40, biggest: int = 30_000, seed: int = 3) -> dict[str, bytes]:
    chance = random.Random(seed)
    return {f"folder {number % 5}/file-{number:04}": chance.randbytes(chance.randrange(biggest)) for number in range(count)}


def assert_nothing_is_left(client, prefix: str) -> None:
    assert client.uploads() == []
    assert [key for key in client.list(prefix) if ".haul" in key] == []


@pytest.fixture(name="own")
def in_a_server_of_its_own(haul):
    """Gone with its folder: to delete 20,000 objects one by one takes longer than the test."""
    with running(Versitygw) as server:
        client = server.client()
        haul.always |= client.env
        yield client


def test_the_stamps(haul, space, own):
    """10,397 files: into a bucket as a set, out of it as objects, those into a set again, and home."""
    bucket = own
    haul.run("pack", STAMPS, address(bucket, "one"), "--part-size", "60MB", code=0)
    haul.run("unpack", address(bucket, "one/stamps"), address(bucket, "stamps"), code=0)
    files = {path.relative_to(STAMPS).as_posix(): path.stat().st_size for path in STAMPS.rglob("*") if path.is_file()}
    listed = bucket.list("stamps/")
    assert {key.removeprefix("stamps/"): size for key, size in listed.items() if not key.endswith("/")} == files
    haul.run("pack", address(bucket, "stamps"), address(bucket, "two"), "--part-size", "60MB", code=0)
    haul.run("verify", address(bucket, "two/stamps"), code=0)
    assert len([key for key in bucket.list("two/") if key.endswith(".zip")]) >= 4
    haul.run("unpack", address(bucket, "two/stamps"), space / "back", code=0)
    back, there = trees.record(space / "back"), trees.record(STAMPS)
    assert {path: one.content for path, one in back.items()} == {path: one.content for path, one in there.items()}
    for prefix in ("one/", "two/", "stamps/"):
        assert_nothing_is_left(bucket, prefix)


def test_odd_keys_and_what_was_said_of_them(haul, space, real):
    buckets.upload(real, ODD, "in/")
    for key, words in TYPED.items():
        real.put(f"in/typed/{key}", key.encode(), **words)
    said = {key: buckets.meta_of(real, f"in/{key}") for key in ("typed/page", "typed/picture")}
    assert said["typed/page"]["x-amz-meta-colour"] == "blue"
    haul.run("pack", address(real, "in"), address(real, "out"), code=0)
    made = address(real, "out/in")
    haul.run("verify", made, "--against", address(real, "in"), code=0)
    listed = haul.run("ls", made, code=0).out
    assert "percent/%2F" in listed and "日本語/🎈.txt" in listed
    for key in ODD:
        if not key.endswith("/"):
            assert haul.run("cat", made, key, code=0).out.encode() == ODD[key]
    haul.run("unpack", made, address(real, "back"), code=0)
    everything = ODD | {f"typed/{key}": key.encode() for key in TYPED}
    assert buckets.contents(real, "back/") == buckets.digests(everything)
    assert {key: buckets.meta_of(real, f"back/{key}") for key in said} == said
    folder = buckets.download(real, "out/in/", space / "set")
    lines = {sets.path_of(one).decode(): one for one in sets.manifest(folder / "part-00001.zip")[1]}
    assert lines["typed/page"]["meta"]["content-type"] == "text/html; charset=utf-8"
    buckets.members(folder)
    haul.run("unpack", made, space / "home", code=0)
    assert (space / "home" / LONG[:900]).read_bytes() == ODD[LONG[:900]]
    assert (space / "home" / "marker").is_dir() and (space / "home" / "empty").read_bytes() == b""
    assert_nothing_is_left(real, "")


def test_keys_that_real_servers_refuse(haul, any_key):
    objects = ODD | REFUSED
    buckets.upload(any_key, objects, "in/")
    for key, words in TYPED.items():
        any_key.put(f"in/typed/{key}", b"", **words)
    haul.run("pack", address(any_key, "in"), address(any_key, "out"), code=0)
    haul.run("verify", address(any_key, "out/in"), "--against", address(any_key, "in"), code=0)
    haul.run("unpack", address(any_key, "out/in"), address(any_key, "back"), code=0)
    assert buckets.contents(any_key, "back/") == buckets.contents(any_key, "in/")
    assert all(buckets.meta_of(any_key, f"back/typed/{key}") == buckets.meta_of(any_key, f"in/typed/{key}") for key in TYPED)
    assert_nothing_is_left(any_key, "")


def test_a_folder_to_a_bucket_and_a_bucket_to_a_folder(haul, space, real):
    """The same objects, all the ways, have the same members in their parts."""
    source = make.with_large_one(space / "source", 60, megabytes=48)
    (source / "link").unlink()
    haul.run("pack", source, address(real, "sets"), "--part-size", "100MB", code=0)
    haul.run("verify", address(real, "sets/source"), "--against", source, code=0)
    haul.run("unpack", address(real, "sets/source"), address(real, "objects"), code=0)
    haul.run("pack", address(real, "objects"), space / "sets", "--part-size", "100MB", code=0)
    haul.run("verify", space / "sets" / "objects", "--against", address(real, "objects"), code=0)
    there = buckets.members(buckets.download(real, "sets/source/", space / "there"))
    assert there == buckets.members(space / "sets" / "objects")
    assert len(list((space / "there").glob("part-*.zip"))) == 1
    haul.run("unpack", space / "sets" / "objects", space / "back", code=0)
    back, before = trees.record(space / "back"), trees.record(source)
    assert {path: one.content for path, one in back.items()} == {path: one.content for path, one in before.items()}
    haul.run("unpack", address(real, "sets/source"), space / "with times", code=0)
    trees.assert_same(trees.record(space / "with times"), before)
    assert_nothing_is_left(real, "")


def test_packed_twice_is_the_same(haul, real):
    buckets.upload(real, some(), "in/")
    for name in ("one", "two"):
        haul.run("pack", address(real, "in"), address(real, name), "--part-size", "150kB", code=0)
    one = buckets.contents(real, "one/")
    assert buckets.contents(real, "two/") == one and len(one) > 6
    again = haul.run("pack", address(real, "in"), address(real, "one"), "--part-size", "150kB", code=0)
    assert "Nothing to do" in again.out
    assert buckets.contents(real, "one/") == one


def test_a_changed_source_is_another_set(haul, real):
    objects = some()
    buckets.upload(real, objects, "in/")
    command = ["pack", address(real, "in"), address(real, "out")]
    haul.run(*command, code=0)
    before = buckets.contents(real, "out/")
    buckets.put_again(real, "in/" + sorted(objects)[2])  # the same contents at another time are no change
    assert "Nothing to do" in haul.run(*command, code=0).out
    victim, gone = sorted(objects)[0], sorted(objects)[1]
    real.put(f"in/{victim}", objects[victim][::-1])  # the same size: the ETag alone tells
    real.put("in/new", b"new")
    real.delete(f"in/{gone}")
    refused = haul.run(*command, code=2)
    assert "1 new, 1 changed, 1 gone" in refused.err and victim in refused.err and "--name" in refused.err
    assert buckets.contents(real, "out/") == before
    assert_nothing_is_left(real, "out/")


def test_what_is_not_there(haul, real):
    buckets.upload(real, {"file": b"file"}, "in/")
    nothing = haul.run("pack", address(real, "nothing"), address(real, "out"), code=4)
    assert "no object lies beneath this prefix" in nothing.err and "to do:" in nothing.err
    finished = haul.run("pack", "s3://no-such-bucket/in", address(real, "out"), code=4)
    assert "no-such-bucket" in finished.err and "to do:" in finished.err
    assert real.list() == {"in/file": 4}


def test_a_bucket_is_not_made(haul, bucket):  # SeaweedFS makes one of itself when an object comes
    buckets.upload(bucket, {"file": b"file"}, "in/")
    finished = haul.run("pack", address(bucket, "in"), "s3://no-such-bucket/out", code=4)
    assert "no-such-bucket" in finished.err and "to do: make the bucket first" in finished.err


@pytest.mark.parametrize("wrong", ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"])
@pytest.mark.parametrize("side", ["source", "destination"])
def test_wrong_keys(haul, space, real, wrong, side):
    buckets.upload(real, {"file": b"file"}, "in/")
    make.file(space / "source" / "file", b"file")
    places = {"source": (address(real, "in"), space / "out"), "destination": (space / "source", address(real, "out"))}
    finished = haul.run("pack", *places[side], env={wrong: "WRONG-AND-SECRET"}, code=6)
    assert "to do: check the credentials" in finished.err
    if wrong == "AWS_SECRET_ACCESS_KEY":
        assert "WRONG-AND-SECRET" not in finished.err + finished.out
    assert real.list() == {"in/file": 4}
