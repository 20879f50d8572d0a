"""Each action of the proxy fires, says so, and does what it says; without rules nothing is changed."""

import http.client
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from servers import sigv4
from servers.s3client import UNSIGNED, S3Client, S3Error, crc32

DATA = random.Random(3).randbytes(3_000_000)


@pytest.fixture
def through(exact_client, proxied):
    """through(RULE...): a client that goes through a proxy with these rules."""
    def made(*rules: dict) -> S3Client:
        proxy = proxied(exact_client, *rules)
        client = proxy.client(exact_client.bucket)
        client.proxy = proxy
        return client
    return made


def seconds_of(call, *arguments) -> float:
    began = time.monotonic()
    call(*arguments)
    return time.monotonic() - began


def test_without_rules_nothing_changes(real_client, proxied):
    proxy = proxied(real_client)
    client = proxy.client(real_client.bucket)
    client.put("a b", DATA, if_none_match="*")
    assert client.get("a b") == DATA
    assert client.get("a b", range="bytes=5-9") == DATA[5:10]
    assert client.head("a b")["Content-Length"] == str(len(DATA))
    assert client.list() == {"a b": len(DATA)}
    upload = client.create("m")
    client.complete("m", upload, [client.put_part("m", upload, 1, b"x")], x_amz_checksum_crc32=crc32(b"x"),
                    x_amz_checksum_type="FULL_OBJECT")
    with pytest.raises(S3Error):
        client.get("none")
    client.delete("m")
    counts = proxy.counts()
    assert (counts["requests"], counts["connections"], counts["open"]) == (10, 1, 1)
    assert len(DATA) < counts["bytes_up"] < len(DATA) + 10_000
    assert len(DATA) < counts["bytes_down"] < len(DATA) + 10_000


def test_many_at_once(through):
    client = through({"action": "latency", "ms": 20})

    def one(number: int) -> bool:
        client.put(f"k{number}", b"%d" % number)
        return client.get(f"k{number}") == b"%d" % number
    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(one, range(200)))
    assert client.proxy.fired() == {"latency": 400}
    assert client.proxy.counts()["connections"] <= 33


def is_reset(call, *arguments) -> bool:
    """By RST: a connection that is closed in order is another error."""
    with pytest.raises(OSError) as caught:
        call(*arguments)
    return type(caught.value) in (ConnectionResetError, BrokenPipeError)


@pytest.mark.parametrize("after", [0, 1, 1_000_000, 2_999_999])
def test_reset_of_an_answer(through, after):
    client = through({"action": "reset", "method": "GET", "after": after, "times": 2})
    client.put("a", DATA)
    assert is_reset(client.get, "a")
    assert bytes_until_reset(client, "a") == DATA[:after]
    assert client.proxy.fired() == {"reset": 2}
    assert client.get("a") == DATA


def bytes_until_reset(client: S3Client, key: str) -> bytes:
    """All that came before it."""
    host, _, port = client.address.netloc.partition(":")
    target = f"/{client.bucket}/{key}"
    sent = sigv4.sign("GET", target, "", {"host": client.address.netloc}, UNSIGNED, client.env)
    lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
    got = b""
    with socket.create_connection((host, int(port)), 10) as connection:
        connection.sendall("\r\n".join(lines).encode())
        try:
            while piece := connection.recv(1 << 16):
                got += piece
        except ConnectionResetError:
            return got.partition(b"\r\n\r\n")[2]
    raise AssertionError("the connection was closed in order")


def test_an_answer_is_cut_where_it_was_planned(through):
    client = through({"action": "truncate", "method": "GET", "path": "/a$", "after": 1000, "times": 1})
    client.put("a", DATA)
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.get("a")
    assert caught.value.partial == DATA[:1000]
    assert client.proxy.fired() == {"truncate": 1}
    assert client.get("a") == DATA


@pytest.mark.parametrize("after", [None, 0, 100_000])
def test_reset_of_a_request(through, after):
    client = through({"action": "reset", "direction": "up", "method": "PUT", "after": after, "times": 1})
    assert is_reset(client.put, "a", DATA)
    assert client.proxy.fired() == {"reset": 1}
    assert not client.exists("a")
    client.put("a", DATA)


def test_a_lost_reply(through, exact_client):
    client = through({"action": "lose_reply", "method": "PUT", "times": 1})
    assert is_reset(client.put, "a", b"done")
    assert exact_client.get("a") == b"done"
    assert client.proxy.fired() == {"lose_reply": 1}


@pytest.mark.parametrize("direction", ["up", "down"])
def test_delay(through, direction):
    client = through({"action": "delay", "ms": 300, "direction": direction, "nth": 2})
    client.put("a", b"")
    assert seconds_of(client.get, "a") >= 0.3
    assert seconds_of(client.get, "a") < 0.3
    assert client.proxy.fired() == {"delay": 1}


@pytest.mark.parametrize("direction", ["up", "down", "both"])
def test_throttle(through, direction):
    client = through({"action": "throttle", "bytes_per_s": 200_000, "direction": direction})
    up = seconds_of(client.put, "a", DATA[:100_000])
    down = seconds_of(client.get, "a")
    assert (up >= 0.45) == (direction != "down")
    assert (down >= 0.45) == (direction != "up")


def test_flipped_answer(through):
    client = through({"action": "flip", "method": "GET", "offset": 2_999_999, "mask": 128, "times": 1})
    client.put("a", DATA)
    assert client.get("a") == DATA[:-1] + bytes([DATA[-1] ^ 128])
    assert client.get("a") == DATA
    assert client.proxy.fired() == {"flip": 1}


def test_flipped_request(through):
    client = through({"action": "flip", "direction": "up", "offset": 1, "times": 1})
    with pytest.raises(S3Error, match="SHA256Mismatch"):
        client.put("a", b"abc")
    client.put("a", b"abc")
    assert client.proxy.fired() == {"flip": 1}


def test_a_flip_beyond_the_end_does_not_count(through):
    client = through({"action": "flip", "offset": 3})
    client.put("a", b"abc")
    assert client.get("a") == b"abc"
    assert client.proxy.fired() == {"flip": 0}


def test_a_storm_of_requests(through, exact_client):
    client = through({"action": "storm", "method": "PUT", "requests": 3, "nth": 2})
    statuses = [client.request("PUT", f"k{number}", body=b"x").status for number in range(6)]
    assert statuses == [200, 503, 503, 503, 200, 200]
    assert list(exact_client.list()) == ["k0", "k4", "k5"]
    assert client.proxy.fired() == {"storm": 3}


def test_a_storm_of_seconds(through):
    client = through({"action": "storm", "seconds": 0.5, "code": "InternalError", "status": 500})
    began = time.monotonic()
    with pytest.raises(S3Error, match="500 InternalError"):
        client.put("a", b"")
    while client.request("PUT", "a").status == 500:
        assert time.monotonic() - began < 5
    assert time.monotonic() - began >= 0.5
    assert client.proxy.fired()["storm"] > 1


@pytest.mark.parametrize("done", [False, True])
def test_an_error_with_status_200(through, exact_client, done):
    client = through({"action": "error_body_200", "method": "POST", "path": "uploadId=", "done": done, "times": 1})
    upload = client.create("a")
    part = client.put_part("a", upload, 1, b"x")
    assert client.request("POST", "a", {"uploadId": upload}, b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"
                          + part[1].encode() + b"</ETag></Part></CompleteMultipartUpload>").status == 200
    assert exact_client.exists("a") == done
    if not done:
        client.complete("a", upload, [part])
    assert client.proxy.fired() == {"error_body_200": 1}


def test_such_an_error_is_raised(through):
    client = through({"action": "error_body_200", "method": "POST", "path": "uploadId="})
    upload = client.create("a")
    with pytest.raises(S3Error, match="200 InternalError"):
        client.complete("a", upload, [client.put_part("a", upload, 1, b"x")])


def test_a_page_comes_twice(through):
    client = through()
    for number in range(6):
        client.put(f"k{number}", b"")
    client.proxy.plan({"action": "duplicate_page", "path": "list-type=2", "nth": 2})
    pages, query = [], {}
    for _ in range(4):
        page = client.list_page(max_keys="2", **query).xml
        pages.append([one.findtext("Key") for one in page.iter("Contents")])
        query = {"continuation_token": page.findtext("NextContinuationToken")} if page.findtext("NextContinuationToken") else {}
    assert pages == [["k0", "k1"], ["k0", "k1"], ["k2", "k3"], ["k4", "k5"]]
    assert client.proxy.fired() == {"duplicate_page": 1}


def test_an_old_page(through):
    client = through({"action": "stale_page", "nth": [2, 3], "path": "list-type=2"})
    client.put("a", b"")
    assert list(client.list()) == ["a"]
    assert list(client.list()) == ["a"]
    assert client.proxy.fired() == {"stale_page": 0}
    client.put("b", b"")
    assert list(client.list()) == ["a"]
    assert list(client.list()) == ["a", "b"]
    assert client.proxy.fired() == {"stale_page": 1}


@pytest.mark.parametrize("rule", [{"direction": "up"}, {"direction": "down"}, {"direction": "down", "after": 1000},
                                  {"direction": "up", "after": 1000, "method": "PUT"}])
def test_silence(through, rule):
    client = through()
    client.put("a", DATA)
    client.proxy.plan({"action": "silence", "seconds": 2, "times": 1, **rule})
    client.limit = 0.3
    client.close()
    call = (client.put, "a", DATA) if rule.get("method") == "PUT" else (client.get, "a")
    with pytest.raises(TimeoutError):
        if call[0](*call[1:]) is not None:
            raise AssertionError("an answer came")
    assert client.proxy.fired() == {"silence": 1}


def test_all_goes_on_after_a_silence(through):
    client = through({"action": "silence", "seconds": 0.4, "direction": "down", "after": 10, "method": "GET"})
    client.put("a", DATA)
    assert seconds_of(client.get, "a") >= 0.4
    assert client.get("a") == DATA


def test_rules_choose(through):
    client = through({"id": "third", "action": "storm", "requests": 1, "method": "PUT", "path": "/x", "nth": 3},
                     {"id": "some", "action": "latency", "method": "GET", "probability": 0.5, "seed": 7})
    statuses = [client.request("PUT", key, body=b"").status for key in ("x1", "y1", "x2", "y2", "x3", "y3", "x4")]
    assert statuses == [200, 200, 200, 200, 503, 200, 200]
    for _ in range(40):
        client.get("x1")
    fired = client.proxy.fired()
    assert fired["third"] == 1 and 10 <= fired["some"] <= 30


@pytest.mark.parametrize("rule, words", [
    ({"action": "explode"}, "no action"), ({"action": "reset", "bytes": 1}, "bytes"), ({"action": "storm"}, "storm lasts"),
    ({"action": "reset", "path": "("}, "unterminated")])
def test_wrong_rules_are_refused(through, rule, words):
    client = through({"action": "latency", "ms": 1})
    with pytest.raises(ValueError, match=words):
        client.proxy.plan(rule)
    assert client.proxy.fired() == {"latency": 0}


def test_a_server_that_is_gone(through, exact):
    client = through()
    client.put("a", b"")
    exact.stop()
    assert is_reset(client.get, "a")
    exact.start()
    assert client.get("a") == b""


def test_an_early_answer_comes_through(through):
    """Expect: 100-continue is passed on; in a storm no body is waited for."""
    client = through({"action": "storm", "requests": 1, "method": "PUT", "nth": 2})
    client.put("a", b"1", expect="100-continue")
    with pytest.raises(S3Error, match="503"):
        client.put("a", b"2", expect="100-continue")
    assert client.get("a") == b"1"
