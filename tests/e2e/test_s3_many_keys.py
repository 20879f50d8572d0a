"""Very many keys: listed and laid out in memory that does not grow with them. Also: what an estimate says of a bucket."""

import json

import pytest
from harness.buckets import address
from harness.s3 import own_bucket, running, seaweedfs, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import
from servers.seaweedfs import Seaweedfs
from test_memory import FIGURES

FEW = 5_000
# What a run may take more for many keys than for FEW: allocators differ by as much from run to run.
SLACK = 10 << 20
MOST = 64 << 20
WAYS = ("estimate", "pack")


@pytest.fixture(name="count", scope="module")
def number_of_keys():
    import os
    return 1_000_000 if os.environ.get("HAUL_TEST_FULL") else 20_000


@pytest.fixture(name="many", scope="module")
def filled(count):
    """A server of its own, which is gone with its folder: to delete so many takes longer than the test."""
    with running(Seaweedfs) as server:
        client = server.client()
        fill(server, client, "few", FEW)
        fill(server, client, "many", count)
        yield client


def fill(server, client, prefix, count) -> None:
    names = [f"{prefix}/{number // 1000:04}/{number * 7919 % count:07}.txt" for number in range(count)]
    server.load(client.bucket, ((name, name.encode()) for name in names))
    for name in names[-100:]:  # those that may not have come in
        if not client.exists(name):
            client.put(name, name.encode())


def peak_and_seconds(haul, way, client, prefix, count) -> tuple[int, float]:
    """pack is ended when it has laid out its first part, which holds 64 MiB of directory: some 850,000 keys. Nothing is read yet."""
    measured = haul.space / "peak"
    command = [way, address(client, prefix), address(client, f"{way} of {prefix}")]
    more = {"estimate": ["--json"], "pack": ["--memory", "128MiB"]}[way]
    finished = haul.run(*command, *more, before=["time", "-f", "%M", "-o", measured], limit=600,
                        env={**client.env, "HAUL_FAULT": "kill:pack.list.after_write:1"})
    if way == "estimate":
        assert finished.code == 0, finished
        assert json.loads(finished.out)["files"] == count
    else:
        assert finished.code in (-9, 137), finished
    return int(measured.read_text().split()[-1]) * 1024, finished.seconds


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("way", WAYS)
def test_memory_is_flat(haul, many, count, way, record_property):
    few, _ = peak_and_seconds(haul, way, many, "few", FEW)
    peak, seconds = peak_and_seconds(haul, way, many, "many", count)
    rate = f", {count / seconds:,.0f} keys/s" if way == "estimate" else ""
    said = f"{count:,} keys of SeaweedFS listed and laid out by {way} in {seconds:.1f} s{rate}, " \
           f"peak {peak / 2**20:.1f} MiB ({FEW:,}: {few / 2**20:.1f} MiB)"
    print(said)
    record_property("rate", said)
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    with open(FIGURES, "a", encoding="utf-8") as out:
        out.write(said + "\n")
    assert peak < MOST and peak < few + SLACK, said


def test_an_estimate_of_a_prefix_that_is_not_there_yet(haul, versitygw_client):  # noqa: F811
    versitygw_client.put("in/file", b"file")
    haul.always |= versitygw_client.env
    source = address(versitygw_client, "in")
    assert "cannot be written" not in haul.run("estimate", source, address(versitygw_client, "new/prefix"), code=0).out
    said = haul.run("estimate", source, "s3://no-such-bucket/new", code=0).out
    assert "cannot be written" in said and "no-such-bucket" in said
