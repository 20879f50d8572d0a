"""http_proxy, https_proxy and no_proxy: which requests go through the proxy that the environment names, and what it gets to see."""

from urllib.parse import urlsplit

import pytest
from harness import buckets
from harness.buckets import address
from harness.s3 import (exact, exact_client, proxied, secure_client, secure_versitygw,  # noqa: F401  pylint: disable=unused-import
                        versitygw, versitygw_client)
from servers.forward_proxy import ForwardProxy

# Known to the proxy alone: whoever reaches it went through the proxy.
NAME = "storage.invalid"
OBJECTS = {f"file-{number}": b"%d" % number * 1000 for number in range(20)} | {"large": b"l" * 20_000_000}
LOGIN = "somebody:pass-word"
QUICK = {"HAUL_RETRY_MS": 2, "HAUL_RETRY_DEADLINE_MS": 300}


def netloc(client) -> str:
    return urlsplit(client.env["AWS_ENDPOINT_URL"]).netloc


def port(client) -> int:
    return urlsplit(client.env["AWS_ENDPOINT_URL"]).port


@pytest.fixture(name="plain")
def with_objects(versitygw_client):  # noqa: F811
    buckets.upload(versitygw_client, OBJECTS, "in/")
    return versitygw_client


@pytest.fixture(name="secure")
def with_objects_over_tls(secure_client):  # noqa: F811
    buckets.upload(secure_client, OBJECTS, "in/")
    return secure_client


def move(haul, client, **how) -> None:
    """There and back; right when no proxy is asked."""
    haul.run("pack", address(client, "in"), address(client, "sets"), code=0, **how)
    haul.run("unpack", address(client, "sets/in"), address(client, "back"), code=0, **how)
    assert buckets.contents(client, "back/") == buckets.digests(OBJECTS)


@pytest.mark.parametrize("login", ["", LOGIN])
def test_plain_requests_go_through_http_proxy(haul, plain, login):
    with ForwardProxy({f"{NAME}:9000": netloc(plain)}, login) as between:
        told = f"http://{login}@{between.address}" if login else f"http://{between.address}"
        move(haul, plain, env={**plain.env, "AWS_ENDPOINT_URL": f"http://{NAME}:9000", "http_proxy": told})
        assert len(between.heads) > 40
        assert all(head.first[1].startswith(f"http://{NAME}:9000/") for head in between.heads)


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_secure_requests_go_through_a_tunnel(haul, secure, variable):
    """The proxy sees where to, and nothing else."""
    with ForwardProxy({f"{NAME}:9000": netloc(secure)}, LOGIN) as between:
        env = {**secure.env, "AWS_ENDPOINT_URL": f"https://{NAME}:9000", variable: f"http://{LOGIN}@{between.address}"}
        move(haul, secure, env=env)
        assert {tuple(head.first[:2]) for head in between.heads} == {("CONNECT", f"{NAME}:9000")}
        seen = {name for head in between.heads for name in head.headers}
        assert seen <= {"host", "proxy-authorization", "proxy-connection", "user-agent"}


@pytest.mark.parametrize("place, asks", [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
@pytest.mark.parametrize("no_proxy", ["", "0.0.0.0", "*"])
def test_what_is_asked_without_a_proxy(haul, plain, place, asks, no_proxy):
    """This machine's own addresses always, others as no_proxy says. 0.0.0.0 leads here too, and does not count as one of them."""
    where = f"{place}:{port(plain)}"
    with ForwardProxy({where: netloc(plain)}) as between:
        env = {**plain.env, "AWS_ENDPOINT_URL": f"http://{where}", "http_proxy": between.address, "no_proxy": no_proxy}
        haul.run("ls", address(plain, "nothing"), code=4, env=env)
        assert bool(between.heads) == (asks and not no_proxy)


def test_each_side_has_a_proxy_of_its_own(haul, plain, secure):
    with ForwardProxy({f"{NAME}:9000": netloc(plain)}) as one, ForwardProxy({f"{NAME}:9001": netloc(secure)}) as other:
        env = {**secure.env, "http_proxy": one.address, "https_proxy": f"http://{other.address}"}
        assert plain.env["AWS_SECRET_ACCESS_KEY"] != secure.env["AWS_SECRET_ACCESS_KEY"]
        # The keys are those of the secure one: the plain one answers, and refuses them.
        source = f"{address(plain, 'in')}?endpoint=http://{NAME}:9000"
        refused = haul.run("pack", source, f"{address(secure, 'x')}?endpoint=https://{NAME}:9001", env=env, code=6)
        assert "to do: check the credentials" in refused.err
        assert one.heads and all(head.first[0] == "CONNECT" for head in other.heads)


@pytest.mark.parametrize("said, code", [(f"http://{NAME}:9000", 6), (f"https://{NAME}:9000", 6)])
def test_a_proxy_that_refuses_us_is_named_in_the_error(haul, plain, said, code):
    with ForwardProxy({}, LOGIN) as between:
        told = f"http://somebody:wrong-word@{between.address}"
        env = {**plain.env, **QUICK, "AWS_ENDPOINT_URL": said, "http_proxy": told, "https_proxy": told, "HAUL_MAX_OUTAGE_MS": 300}
        finished = haul.run("pack", address(plain, "in"), address(plain, "x"), "--max-outage", "1s", env=env, code=code, limit=30)
        assert between.heads and "407" in finished.err and "wrong-word" not in finished.err + finished.out, finished


def test_a_proxy_that_is_not_there(haul, plain):
    env = {**plain.env, **QUICK, "AWS_ENDPOINT_URL": f"http://{NAME}:9000", "http_proxy": f"http://{LOGIN}@127.0.0.1:1"}
    finished = haul.run("pack", address(plain, "in"), address(plain, "x"), "--max-outage", "1s", env=env, code=6, limit=30)
    assert "pass-word" not in finished.err + finished.out and "127.0.0.1" in finished.err, finished
