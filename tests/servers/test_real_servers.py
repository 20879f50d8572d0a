"""What the tests of the S3 store build upon: our independent client and the real servers agree."""

import http.client
import random
import ssl

import pytest
from servers.s3client import S3Client, S3Error, crc32

BIG = 5 * 1024 * 1024


def code_of(call, *arguments, **more) -> tuple[int, str]:
    with pytest.raises(S3Error) as caught:
        call(*arguments, **more)
    return caught.value.status, caught.value.code


@pytest.mark.parametrize("key", ["a", "deep/er/name", "a b+c=d&e?f%20#g", "(1)!*'@:,;$~", "üñï-日本-😀", "x" * 200])
def test_keys_come_back(real_client, key):
    real_client.put(key, key.encode())
    assert real_client.get(key) == key.encode()
    assert real_client.list() == {key: len(key.encode())}


def test_a_range_under_a_condition(real_client):
    etag = real_client.put("a", bytes(range(100))).etag
    assert real_client.get("a", range="bytes=10-19", if_match=etag) == bytes(range(10, 20))
    assert code_of(real_client.get, "a", if_match='"0123456789abcdef0123456789abcdef"')[0] == 412


def test_create_only(real_client):
    real_client.put("a", b"first", if_none_match="*")
    assert code_of(real_client.put, "a", b"second", if_none_match="*") == (412, "PreconditionFailed")
    assert real_client.get("a") == b"first"


def test_a_wrong_checksum_is_refused(real_client):
    assert code_of(real_client.put, "a", b"data", x_amz_checksum_crc32=crc32(b"other")) == (400, "BadDigest")
    assert not real_client.exists("a")


def test_pages(real_client):
    for number in range(7):
        real_client.put(f"p/{number}", b"x" * number)
    real_client.put("q", b"")
    assert real_client.list("p/", max_keys="3") == {f"p/{number}": number for number in range(7)}
    assert list(real_client.list(start_after="p/4")) == ["p/5", "p/6", "q"]


def test_parts_out_of_order_with_the_crc_of_the_whole(real_client):
    data = random.Random(1).randbytes(BIG + 100)
    upload = real_client.create("big")
    second = real_client.put_part("big", upload, 5, data[BIG:])
    first = real_client.put_part("big", upload, 2, data[:BIG])
    assert {number: size for number, (size, _) in real_client.parts("big", upload).items()} == {2: BIG, 5: 100}
    assert real_client.uploads() == [("big", upload)]
    whole = {"x_amz_checksum_type": "FULL_OBJECT"}
    assert code_of(real_client.complete, "big", upload, [first, second], x_amz_checksum_crc32=crc32(b"no"), **whole)[1] == "BadDigest"
    real_client.complete("big", upload, [first, second], x_amz_checksum_crc32=crc32(data), **whole)
    assert real_client.get("big") == data
    assert real_client.uploads() == []


def test_a_part_is_copied_from_an_object(real_client):
    data = random.Random(2).randbytes(BIG + 1000)
    etag = real_client.put("source", data).etag
    upload = real_client.create("copy")
    copied = real_client.copy_part("copy", upload, 1, "source", 1000, BIG + 999, x_amz_copy_source_if_match=etag)
    assert copied[2] == crc32(data[1000:])
    real_client.complete("copy", upload, [copied])
    assert real_client.get("copy") == data[1000:]


def test_abort_and_delete(real_client):
    upload = real_client.create("a")
    real_client.abort("a", upload)
    assert real_client.uploads() == []
    for key in ("b", "c", "d<&>"):
        real_client.put(key, b"1")
    real_client.delete("b")
    assert real_client.delete_many(["c", "d<&>"]) == []
    assert real_client.list() == {}


@pytest.mark.parametrize("change", [{"AWS_SECRET_ACCESS_KEY": "wrong"}, {"AWS_ACCESS_KEY_ID": "AKUNKNOWN"}])
def test_wrong_keys_are_refused(real_client, change):
    stranger = S3Client({**real_client.env, **change}, real_client.bucket)
    assert code_of(stranger.list)[0] in (403, 404)  # 404: versitygw knows no such user


def test_orders_differ(versitygw_client, seaweedfs_client):
    for client in (versitygw_client, seaweedfs_client):
        client.put("a/b", b"")
        client.put("a b", b"")
    assert list(versitygw_client.list()) == ["a b", "a/b"]
    assert list(seaweedfs_client.list()) == ["a/b", "a b"]


def test_tls(secure_client):
    secure_client.put("a", b"over TLS", if_none_match="*")
    assert secure_client.get("a") == b"over TLS"
    without_ca = {k: v for k, v in secure_client.env.items() if k != "AWS_CA_BUNDLE"}
    with pytest.raises(ssl.SSLCertVerificationError):
        S3Client(without_ca, secure_client.bucket).list()


def test_a_connection_is_kept(real_client):
    real_client.put("a", b"")
    socket = real_client.local.connection.sock
    real_client.get("a")
    assert real_client.local.connection.sock is socket


def test_data_outlives_a_server(real_client, request):
    server = request.getfixturevalue("versitygw" if "versitygw" in request.node.name else "seaweedfs")
    real_client.put("a", b"kept")
    server.stop()
    assert not server.alive
    with pytest.raises((OSError, http.client.HTTPException)):
        real_client.get("a")
    server.start()
    assert real_client.get("a") == b"kept"
