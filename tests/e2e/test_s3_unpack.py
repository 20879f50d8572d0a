"""unpack to S3 and from it: what comes back, what is left in the bucket, and what a kill leaves behind."""

import pytest
from harness import make, zips
from harness.s3 import exact, exact_client, proxied, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import
from harness.zips import Entry

LARGE = 40 << 20  # more than goes by PUT


@pytest.fixture(name="bucket", params=["exact_client", "versitygw_client"])
def in_bucket(request, haul):
    client = request.getfixturevalue(request.param)
    haul.always |= client.env
    return client


def address(client, path=""):
    return f"s3://{client.bucket}" + (f"/{path}" if path else "")


def upload(client, folder, prefix):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            client.put(f"{prefix}/{path.relative_to(folder)}", path.read_bytes())


def packed(haul, space):
    source = space / "source"
    make.file(source / "a" / "file", b"contents of a file")
    make.file(source / "b", b"b" * 100_000)
    (source / "empty").mkdir()
    haul.run("pack", source, space / "out", code=0)
    return source, space / "out" / "source"


def test_a_local_set_goes_to_a_bucket(haul, space, bucket):
    """And `verify --against` the bucket finds what is other there; its times, which the service sets itself, are none of that."""
    _, made = packed(haul, space)
    for _ in range(2):  # what is there is done
        finished = haul.run("unpack", made, address(bucket, "back"), code=0)
        assert bucket.list() == {"back/a/file": 18, "back/b": 100_000, "back/empty/": 0}, finished
    assert bucket.get("back/a/file") == b"contents of a file"
    haul.run("verify", made, "--against", address(bucket, "back"), code=0)
    bucket.put("back/a/file", b"contents of a FILE")
    bucket.put("back/b", b"other")
    found = haul.run("verify", made, "--against", address(bucket, "back"), code=5).out
    assert "a/file: the source's contents have another CRC-32" in found and "b: the source has 5 bytes" in found, found
    assert "2 things are wrong" in found and "time" not in found, found
    bucket.put("back/a/file", b"contents of a file")
    finished = haul.run("unpack", made, address(bucket, "back"), code=3)
    assert bucket.get("back/b") == b"other", finished
    haul.run("unpack", made, address(bucket, "back"), "--if-exists=overwrite", code=0)
    assert bucket.list()["back/b"] == 100_000


def test_symlinks_are_failed_items(haul, space, bucket):
    make.file(space / "source" / "file", b"f")
    (space / "source" / "link").symlink_to("file")
    haul.run("pack", space / "source", space / "out", code=0)
    finished = haul.run("unpack", space / "out" / "source", address(bucket), code=3)
    assert "link" in finished.err and "no symlinks" in finished.err, finished
    assert bucket.list() == {"file": 1}


def test_a_set_in_a_bucket_is_looked_at_and_unpacked(haul, space, bucket):
    source, made = packed(haul, space)
    upload(bucket, made, "sets/one")
    place = address(bucket, "sets/one")
    assert "a/file" in haul.run("ls", place, code=0).out
    assert haul.run("cat", place, "a/file", code=0).out == "contents of a file"
    haul.run("verify", place, code=0)
    haul.run("verify", place, "--against", source, code=0)
    haul.run("unpack", place, space / "back", code=0)
    assert (space / "back" / "b").read_bytes() == b"b" * 100_000
    assert (space / "back" / "empty").is_dir()
    haul.run("unpack", place, address(bucket, "copy"), code=0)
    assert bucket.list("copy/") == {"copy/a/file": 18, "copy/b": 100_000, "copy/empty/": 0}
    finished = haul.run("unpack", address(bucket, "sets"), space / "other", code=2)
    assert address(bucket, "sets/one") in finished.err, finished


def test_zips_in_a_bucket(haul, space, bucket):
    bucket.put("one.zip", zips.build([Entry(b"page", b"page")]))
    bucket.put("many/a.zip", zips.build([Entry(b"a", b"a")]))
    bucket.put("many/b.zip", zips.build([Entry(b"b", b"b")]))
    bucket.put("many/archive.cbz", zips.build([Entry(b"c", b"c")]))
    haul.run("unpack", address(bucket, "one.zip"), space / "one", code=0)
    assert (space / "one" / "page").read_bytes() == b"page"
    haul.run("unpack", address(bucket, "many"), space / "many", code=0)
    assert sorted(path.name for path in (space / "many").iterdir()) == ["a", "b"]
    haul.run("unpack", address(bucket, "many/archive.cbz"), space / "cbz", code=0)
    assert (space / "cbz" / "c").read_bytes() == b"c"
    finished = haul.run("unpack", address(bucket, "none.zip"), space / "none", code=4)
    assert "none.zip" in finished.err, finished


@pytest.mark.parametrize("point", ["before_upload", "before_finish", "after_finish"])
@pytest.mark.parametrize("deflated", [False, True])
def test_a_killed_upload_is_ended(haul, space, bucket, point, deflated):
    contents = bytes(range(256)) * (LARGE // 256)
    archive = make.file(space / "large.zip", zips.build([Entry(b"large", contents, deflated=deflated)]))
    haul.killed_at(f"unpack.large.{point}", "unpack", archive, address(bucket, "to"), code=-9)
    assert bool(bucket.uploads()) == (point == "before_finish")
    haul.run("unpack", archive, address(bucket, "to"), code=0)
    assert not bucket.uploads()
    assert bucket.list() == {"to/large": LARGE}
    assert bucket.get("to/large") == contents


def test_cancel_ends_uploads(haul, space, bucket):
    archive = make.file(space / "large.zip", zips.build([Entry(b"large", bytes(LARGE))]))
    haul.killed_at("unpack.large.before_finish", "unpack", archive, address(bucket, "to"), code=-9)
    job = haul.run("jobs", "--json", code=0).events()[0]
    haul.run("cancel", job.get("job") or job["id"], code=0)
    assert not bucket.uploads()
    assert bucket.list() == {}


@pytest.mark.parametrize("bucket", ["exact_client"], indirect=True)  # versitygw's keys are paths
def test_keys_that_no_folder_can_hold_come_back(haul, space, bucket):
    keys = {"in/a//b": b"1", "in//lead": b"2", "in/../up": b"3", "in/plain": b"4", "in/folder/": b"", "in/folder/f": b"5"}
    for key, data in keys.items():
        bucket.put(key, data)
    haul.run("pack", address(bucket, "in"), space / "out", code=0)
    made = space / "out" / "in"
    haul.run("unpack", made, address(bucket, "back"), code=0)
    assert bucket.list("back/") == {key.replace("in/", "back/", 1): len(data) for key, data in keys.items()}
    assert bucket.get("back/../up") == b"3"
    haul.run("verify", made, "--against", address(bucket, "in"), code=0)
    before = sorted(space.iterdir())
    finished = haul.run("unpack", made, space / "back", code=3)
    assert sorted(path.name for path in (space / "back").rglob("*")) == ["f", "folder", "plain"], finished
    assert sorted(space.iterdir()) == sorted([*before, space / "back"])
    haul.run("unpack", made, space / "renamed", "--rename-unfit", code=0)
    assert (space / "renamed" / "%haul" / "%2E%2E" / "up").read_bytes() == b"3"


def test_an_upload_that_cannot_be_ended_at_once(haul, space, versitygw_client, proxied):  # noqa: F811
    """The service is away when a piece fails. The upload is ended when the work is done, though another was begun meanwhile."""
    client = versitygw_client
    make.file(space / "source" / "large", bytes(range(256)) * (LARGE >> 8))
    haul.run("pack", space / "source", space / "out", code=0)
    through = proxied(client, {"id": "piece", "action": "storm", "method": "PUT", "path": "/back/large.*partNumber", "requests": 1},
                      {"id": "end", "action": "storm", "method": "DELETE", "path": "/back/large.*uploadId", "requests": 1})
    haul.run("unpack", space / "out" / "source", address(client, "back"), code=0,
             env={**through.env, "HAUL_RETRY_DEADLINE_MS": 0, "HAUL_UNIT_RETRY_MS": 5})
    assert through.fired() == {"piece": 1, "end": 1}
    assert client.uploads() == [] and client.list("back/") == {"back/large": LARGE}
