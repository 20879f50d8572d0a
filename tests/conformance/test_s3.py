"""The promises of docs/stores.md over real S3 services, and over ours with each peculiarity that a client must bear.

A promise that the service cannot keep is one that the store does not make there (its capabilities): nothing else is left out.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest
from harness.credentials import renewable
from harness.s3 import (exact, own_bucket, running, seaweedfs, secure_versitygw,  # noqa: F401  pylint: disable=unused-import
                        versitygw)
from servers.exact import Exact

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("S3_CONFORMANCE", ROOT / "build" / "check" / "bin" / "s3_conformance"))
WRAPPERS = ["bare", "retry", "limit", "trace", "fault", "stormy"]
CASES = [("versitygw", wrapper) for wrapper in WRAPPERS]
# A wrapper sees no service: the long form has all of them over the second one, too.
CASES += [("seaweedfs", wrapper) for wrapper in (WRAPPERS if os.environ.get("HAUL_TEST_FULL") else ("bare", "stormy"))]
CASES += [("secure_versitygw", wrapper) for wrapper in ("bare", "retry")] + [("exact", "bare")]
CREATE_ONLY = {"failed_writes_leave_nothing", "create_only_never_replaces", "one_of_racing_creators_wins", "finish_honours_create_only"}
# What our server is told, and the promises that may not be made there.
PECULIAR = {
    "--no-crc-in-list-parts": set(),
    "--no-full-object-crc": {"wrong_checksums_are_refused"},
    "--no-full-object-crc=ignore": {"wrong_checksums_are_refused"},
    "--order=seaweed": {"listings_are_in_byte_order"},
    "--max-keys-cap=7": set(),
    "--ignore-if-none-match": CREATE_ONLY,
    "--clock-skew=3600": set(),
}


def verdicts(client, *wrappers: str, env: dict | None = None) -> dict[str, str]:
    """Promise -> what was seen instead, empty where it was kept."""
    finished = subprocess.run([PROGRAM, f"s3://{client.bucket}/a prefix", *wrappers], capture_output=True, text=True, check=False,
                              timeout=280, env={**os.environ, **(client.env if env is None else env)})
    assert finished.returncode in (0, 1), finished
    said = [json.loads(line) for line in finished.stdout.splitlines()]
    return {one["promise"]: "" if one["passed"] else one["detail"] or "broken" for one in said}


def broken(found: dict[str, str]) -> dict[str, str]:
    return {promise: detail for promise, detail in found.items() if detail}


def assert_kept(client, *wrappers: str, env: dict | None = None) -> set[str]:
    found = verdicts(client, *wrappers, env=env)
    assert broken(found) == {} and len(found) >= 28
    return set(found)


@pytest.mark.parametrize("server, wrapper", CASES)
def test_promises_are_kept(request, server, wrapper):
    for client in own_bucket(request.getfixturevalue(server)):
        made = assert_kept(client, wrapper)
        assert CREATE_ONLY | {"pieces_are_listed"} <= made
        assert client.list() == {} and client.uploads() == []


@pytest.fixture(scope="module")
def all_made(exact):  # noqa: F811
    """What the store promises where the service has no peculiarity."""
    return assert_kept(exact.client(), "bare")


@pytest.mark.parametrize("option", PECULIAR)
def test_peculiarities_are_borne(all_made, option):
    with running(Exact, options=(option,)) as peculiar:
        assert all_made - assert_kept(peculiar.client(), "bare") == PECULIAR[option]


def test_a_sole_writer_needs_no_create_only(all_made):
    """It looks first: all but the race is kept then."""
    with running(Exact, options=("--ignore-if-none-match",)) as ignoring:
        assert all_made - assert_kept(ignoring.client(), "bare", "sole-writer") == {"one_of_racing_creators_wins"}


def test_credentials_expire_in_the_middle(all_made, tmp_path):
    """Also in the middle of one batch of the thousands that the longest has."""
    with running(Exact, options=("--expire-credentials-after=1500",)) as expiring:
        client = expiring.client()
        assert assert_kept(client, "bare", env=renewable(client, tmp_path)) == all_made
        assert [one for one in expiring.requests() if one["status"] == 400]


def test_it_can_fail(exact):  # noqa: F811
    """To a program with a wrong secret the service keeps nothing."""
    for client in own_bucket(exact):
        found = verdicts(client, "bare", env={**client.env, "AWS_SECRET_ACCESS_KEY": "another"})
        assert broken(found)
