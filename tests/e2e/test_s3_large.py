"""Members of many pieces, and many members of several: packed and unpacked, with every byte compared. In the long form 6 GiB and 13 GB."""

import hashlib
import os
import time

import pytest
from harness import large, make
from harness.buckets import address, download, members
from harness.s3 import running
from servers.versitygw import VersitygwBeside

FULL = bool(os.environ.get("HAUL_TEST_FULL"))
ONE = 6144 if FULL else 40  # MiB: more than a tile, and no whole number of them with what is before it
COUNT, EACH = (200, 64) if FULL else (12, 6)
SMALL = {"a": b"before", "z": b"behind"}


@pytest.fixture(name="bucket")
def in_versitygw(haul):
    """A server of its own, with room for the metadata of very many pieces."""
    with running(VersitygwBeside) as server:
        client = server.client()
        haul.always |= client.env
        yield client


def timed(haul, what, mebibytes, *arguments) -> None:
    began = time.monotonic()
    haul.run(*arguments, code=0, limit=1800)
    seconds = time.monotonic() - began
    print(f"{what}: {seconds:.1f} s, {mebibytes * 1.048576 / seconds:.0f} MB/s")


def remove(client, prefix) -> None:
    """At once: there are three times as many bytes as the collection has."""
    client.delete_many(list(client.list(prefix)))


@pytest.mark.timeout(4000)
@pytest.mark.parametrize("source", ["bucket", "folder"])
def test_one_large_member(haul, space, bucket, source):
    if source == "bucket":
        large.put(bucket, "in/large", ONE)
        for name, data in SMALL.items():
            bucket.put(f"in/{name}", data)
    else:
        large.write(space / "in" / "large", ONE)
        for name, data in SMALL.items():
            make.file(space / "in" / name, data)
    where = address(bucket, "in") if source == "bucket" else space / "in"
    timed(haul, f"pack {source}", ONE, "pack", where, address(bucket, "out"), "--part-size", f"{ONE + 16}MiB")
    listed = bucket.list("out/")
    assert sorted(listed) == ["out/in/haul-00001.json", "out/in/part-00001.jsonl.zst", "out/in/part-00001.zip"]
    assert listed["out/in/part-00001.zip"] > ONE << 20
    remove(bucket, "in/")
    timed(haul, "unpack", ONE, "unpack", address(bucket, "out/in"), address(bucket, "back"))
    remove(bucket, "out/")
    large.assert_object(bucket, "back/large", ONE)
    assert {name: bucket.get(f"back/{name}") for name in SMALL} == SMALL
    assert bucket.uploads() == []


@pytest.mark.timeout(4000)
def test_many_members_of_several_pieces(haul, space, bucket):
    names = [f"{number % 7}/{number:03}" for number in range(COUNT)]
    for name in names:
        large.put(bucket, f"in/{name}", EACH)
    total = COUNT * EACH
    timed(haul, "pack", total, "pack", address(bucket, "in"), address(bucket, "out"), "--part-size", f"{total // 3}MiB")
    assert len([key for key in bucket.list("out/") if key.endswith(".zip")]) > 3
    if not FULL:
        haul.run("verify", address(bucket, "out/in"), "--against", address(bucket, "in"), code=0)
        made = {name: hashlib.sha256(large.stretch(name.rpartition("/")[2], 0, EACH)).hexdigest() for name in names}
        assert members(download(bucket, "out/in/", space / "set")) == made  # as other programs read it
    remove(bucket, "in/")
    timed(haul, "unpack", total, "unpack", address(bucket, "out/in"), address(bucket, "back"))
    remove(bucket, "out/")
    assert len(bucket.list("back/")) == COUNT
    for name in names:
        large.assert_object(bucket, f"back/{name}", EACH)
    assert bucket.uploads() == []
