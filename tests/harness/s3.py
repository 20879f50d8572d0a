"""Fixtures of tests against S3 servers: each server once a worker, a bucket for each test.

`real_client` runs a test once against each real server; versitygw_client, seaweedfs_client, secure_client, exact_client against one.
A client's `env` is what the program under test needs; its `bucket` is the test's own. A server that does not start fails the test.
"""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from servers.exact import Exact
from servers.s3client import S3Client
from servers.seaweedfs import Seaweedfs
from servers.server import Server
from servers.versitygw import Versitygw


@contextmanager
def running(kind: type[Server], **more):
    folder = Path(tempfile.mkdtemp(prefix=f"haul-{kind.name}-"))
    try:
        with kind(folder, **more) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def versitygw():
    with running(Versitygw) as server:
        yield server


@pytest.fixture(scope="session")
def secure_versitygw():
    with running(Versitygw, secure=True) as server:
        yield server


@pytest.fixture(scope="session")
def seaweedfs():
    with running(Seaweedfs) as server:
        yield server


@pytest.fixture(scope="session")
def exact():
    with running(Exact) as server:
        yield server


@pytest.fixture
def exact_client(exact):
    yield from own_bucket(exact)


@pytest.fixture
def versitygw_client(versitygw):
    yield from own_bucket(versitygw)


@pytest.fixture
def secure_client(secure_versitygw):
    yield from own_bucket(secure_versitygw)


@pytest.fixture
def seaweedfs_client(seaweedfs):
    yield from own_bucket(seaweedfs)


@pytest.fixture(params=["versitygw", "seaweedfs"])
def real_client(request):
    yield from own_bucket(request.getfixturevalue(request.param))


def own_bucket(server: Server):
    """Emptied afterwards, also after a test that stopped the server."""
    server.buckets_made = getattr(server, "buckets_made", 0) + 1
    client = S3Client(server.env, f"test-{server.buckets_made}")
    client.make_bucket()
    yield client
    if not server.alive:
        server.start()
    client.remove_bucket()
    client.close()
