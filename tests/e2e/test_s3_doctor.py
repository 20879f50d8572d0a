"""haul doctor on services: what it finds, that it leaves nothing, and what it says where it may not write."""

import json
import signal
import time

import pytest
from harness import make, schemas
from harness.program import wait, wait_until_stopped
from harness.s3 import real_client, seaweedfs, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import


def document(haul, place: str, *more, **how) -> dict:
    finished = haul.run("doctor", place, "--json", *more, limit=280, **how)
    found = json.loads(finished.out)
    schemas.assert_fits(found, "doctor.json")
    assert found["exit_code"] == finished.code
    return found


def test_a_healthy_service(haul, real_client):  # noqa: F811
    real_client.put("a prefix/mine", b"mine")
    found = document(haul, f"s3://{real_client.bucket}/a prefix", env=real_client.env, code=0)
    assert [one for one in found["promises"] if one["outcome"] == "broken"] == [] and found["left"] == []
    assert found["kept"] > 25 and found["capabilities"]["conditional_read"] and found["capabilities"]["create_only"]
    assert real_client.list() == {"a prefix/mine": 4} and real_client.uploads() == []


def test_the_next_takes_away_what_a_kill_left(haul, versitygw_client):  # noqa: F811
    """The upload too, which nothing shows but what was written down beside it."""
    client = versitygw_client
    client.put("p/mine", b"mine")
    haul.killed_at("doctor.upload_opened", "doctor", f"s3://{client.bucket}/p", env=client.env, code=-9)
    assert client.uploads() and len(client.list()) > 1
    # Before its first promise it has nothing there but what was left.
    haul.killed_at("doctor.between_promises", "doctor", f"s3://{client.bucket}/p", env=client.env, code=-9)
    assert client.list() == {"p/mine": 4} and client.uploads() == []


def test_keys_that_are_refused(haul, real_client):  # noqa: F811
    finished = haul.run("doctor", f"s3://{real_client.bucket}/p", env={**real_client.env, "AWS_SECRET_ACCESS_KEY": "another"}, code=6)
    assert real_client.bucket in finished.err and "another" not in finished.err + finished.out
    assert real_client.list() == {} and real_client.uploads() == []


def test_a_bucket_that_is_not_there(haul, versitygw_client):  # noqa: F811
    haul.run("doctor", "s3://no-such-bucket/p", env=versitygw_client.env, code=4)


class Left:
    """A pack that was killed between the creation of an upload and its record, beside uploads that are not its own."""

    def __init__(self, haul, space, client):
        self.haul, self.client, self.space = haul, client, space
        make.file(space / "source" / "file", b"f" * 300_000)
        self.set = f"s3://{client.bucket}/sets/source"
        self.words = ["pack", space / "source", f"s3://{client.bucket}/sets"]
        self.env = {**client.env, "HAUL_TEST_MACHINE_ID": "a" * 32}
        self.foreign = {("sets/source/part-00009.zip", client.create("sets/source/part-00009.zip")),
                        ("sets/other/part-00001.zip", client.create("sets/other/part-00001.zip"))}

    def pack(self, fault=None, code=0):
        return self.haul.run(*self.words, env={**self.env, **({"HAUL_FAULT": fault} if fault else {})}, code=code)

    def clean(self, code, *more, machine="a"):
        """From another state folder."""
        env = {**self.env, "HAUL_TEST_MACHINE_ID": machine * 32, "XDG_STATE_HOME": self.space / "another"}
        return self.haul.run("doctor", self.set, "--clean", *more, env=env, code=code)

    def ours(self) -> set:
        pending = set(self.client.uploads())
        assert self.foreign <= pending, pending
        return pending - self.foreign

    def records(self) -> list[str]:
        return sorted(key for key in self.client.list("sets/source/.haul/uploads/"))

    def rest(self) -> dict:
        return {key: self.client.head(key)["ETag"] for key in self.client.list("sets/") if "/uploads/" not in key}


@pytest.fixture
def left(haul, space, versitygw_client):  # noqa: F811
    return Left(haul, space, versitygw_client)


def assert_goes_on(left):  # pylint: disable=redefined-outer-name
    left.pack()
    assert left.ours() == set() and not [key for key in left.client.list("sets/") if ".haul/" in key]
    left.haul.run("verify", left.set, "--against", left.space / "source", env=left.env, code=0)


@pytest.mark.parametrize("point, records", [("pack.upload.after_create", 1), ("pack.upload.after_id", 2)])
def test_clean_ends_what_a_dead_pack_recorded(left, point, records):  # pylint: disable=redefined-outer-name
    left.pack(f"kill:{point}", code=-9)
    (key, upload), = left.ours()
    before = left.rest()
    assert len(left.records()) == records
    found = json.loads(left.clean(0, "--json").out)
    schemas.assert_fits(found, "cleaned.json")
    assert found["recorded"] == records and found["ended"] == [{"object": key.rpartition("/")[2], "upload": upload}]
    assert left.ours() == set() and left.records() == [] and left.rest() == before
    assert "nothing to end" in left.clean(0).out
    assert_goes_on(left)


def test_clean_refuses_while_the_owner_may_live(left):  # pylint: disable=redefined-outer-name
    child = left.haul.start(*left.words, env={**left.env, "HAUL_FAULT": "stop:pack.upload.after_id"})
    wait_until_stopped(child)
    pending, before, records = left.ours(), left.rest(), left.records()
    assert len(pending) == 1
    assert f"process {child.pid} of this machine" in left.clean(8).err
    child.kill()
    wait(child)
    assert "machine " + "a" * 32 in left.clean(8, machine="b").err  # which cannot see that it is dead
    assert (left.ours(), left.rest(), left.records()) == (pending, before, records)
    deadline = time.monotonic() + 60
    while (finished := left.clean(None, "--claim-timeout", "1s", machine="b")).code == 8:
        assert time.monotonic() < deadline, finished
    assert finished.code == 0 and left.ours() == set()
    assert_goes_on(left)


def test_nobody_comes_while_it_cleans(left):  # pylint: disable=redefined-outer-name
    left.pack("kill:pack.upload.after_id", code=-9)
    child = left.haul.start("doctor", left.set, "--clean", env={**left.env, "HAUL_FAULT": "stop:doctor.clean.claimed"})
    wait_until_stopped(child)
    assert f"process {child.pid} of this machine" in left.pack(code=8).err
    child.send_signal(signal.SIGCONT)
    assert wait(child).code == 0 and left.ours() == set()
    assert_goes_on(left)


def test_clean_where_no_job_is(haul, versitygw_client):  # noqa: F811
    client = versitygw_client
    client.put("p/mine", b"mine")
    finished = haul.run("doctor", f"s3://{client.bucket}/p", "--clean", env=client.env, code=0)
    assert "nothing to end" in finished.out and client.list() == {"p/mine": 4}
    haul.run("doctor", f"s3://{client.bucket}/none", "--clean", env=client.env, code=4)


def test_clean_after_an_unpack(left):  # pylint: disable=redefined-outer-name
    """Its notes are of another form."""
    make.file(left.space / "source" / "large", b"l" * (40 << 20))
    left.pack()
    back = f"s3://{left.client.bucket}/back"
    unpack = ["unpack", left.set, back]
    left.haul.killed_at("unpack.large.before_finish", *unpack, env=left.env, code=-9)
    (key, upload), = left.ours()
    found = json.loads(left.haul.run("doctor", back, "--clean", "--json", env=left.env, code=0).out)
    assert found["ended"] == [{"object": key.removeprefix("back/"), "upload": upload}] and left.ours() == set()
    left.haul.run(*unpack, env=left.env, code=0)
    assert left.ours() == set() and left.client.list("back/")["back/large"] == 40 << 20
