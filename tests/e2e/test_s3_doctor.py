"""haul doctor on services: what it finds, that it leaves nothing, and what it says where it may not write."""

import json

from harness import schemas
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


def test_keys_that_are_refused(haul, real_client):  # noqa: F811
    finished = haul.run("doctor", f"s3://{real_client.bucket}/p", env={**real_client.env, "AWS_SECRET_ACCESS_KEY": "another"}, code=6)
    assert real_client.bucket in finished.err and "another" not in finished.err + finished.out
    assert real_client.list() == {} and real_client.uploads() == []


def test_a_bucket_that_is_not_there(haul, versitygw_client):  # noqa: F811
    haul.run("doctor", "s3://no-such-bucket/p", env=versitygw_client.env, code=4)
