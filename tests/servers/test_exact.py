"""The byte-exact server: keys as they are, sums and conditions checked, wrong requests refused, peculiarities on demand."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest
from harness.s3 import running
from servers import s3client, sigv4
from servers.exact import Exact
from servers.s3client import S3Client, S3Error, crc32

ODD_KEYS = ["a//b", "/lead", "//lead", "..", "../up", "./a", "a/", "a/b", "a", "x/../y", " ", "+", "%2F", "\x01\n\r\t", "&<>\"'", "é", "e\u0301",
            "😀", "\uffff", "k" * 900, "a\\b", "?q=1#f"]
BIG = 5 * 1024 * 1024


def code_of(call, *arguments, **more) -> str:
    with pytest.raises(S3Error) as caught:
        call(*arguments, **more)
    return caught.value.code


@pytest.fixture
def peculiar(request):
    """A client of a server with the options that the test gives as a parameter."""
    with running(Exact, options=tuple(request.param)) as server:
        client = server.client()
        client.server = server
        yield client


def options(*words: str):
    return pytest.mark.parametrize("peculiar", [list(words)], indirect=True)


def test_odd_keys_live_side_by_side(exact_client):
    for number, key in enumerate(ODD_KEYS):
        exact_client.put(key, b"x" * number)
    in_order = sorted(ODD_KEYS, key=str.encode)
    for most in ("1000", "1", "7"):
        assert list(exact_client.list(max_keys=most).items()) == [(key, ODD_KEYS.index(key)) for key in in_order]
    for number, key in enumerate(ODD_KEYS):
        assert exact_client.get(key) == b"x" * number
        exact_client.delete(key)
    assert exact_client.list() == {}


def test_prefix_and_start_after(exact_client):
    for key in ("a", "a/1", "a/2", "a0", "b"):
        exact_client.put(key, b"")
    assert list(exact_client.list("a/")) == ["a/1", "a/2"]
    assert list(exact_client.list("a", start_after="a/1", max_keys="1")) == ["a/2", "a0"]


@pytest.mark.parametrize("asked, status, expected", [
    ("bytes=0-0", 206, b"0"), ("bytes=5-", 206, b"56789"), ("bytes=-3", 206, b"789"), ("bytes=8-100", 206, b"89"),
    ("bytes=10-", 416, None)])
def test_ranges(exact_client, asked, status, expected):
    exact_client.put("a", b"0123456789")
    answer = exact_client.request("GET", "a", headers={"range": asked})
    assert answer.status == status
    assert expected in (None, answer.body)


def test_headers_are_kept(exact_client):
    exact_client.put("a", b"1", content_type="text/x", x_amz_meta_one="eins", x_amz_storage_class="GLACIER_IR")
    head = exact_client.head("a", x_amz_checksum_mode="ENABLED")
    assert (head["Content-Type"], head["x-amz-meta-one"], head["x-amz-storage-class"]) == ("text/x", "eins", "GLACIER_IR")
    assert (head["x-amz-checksum-crc32"], head["Content-Length"]) == (crc32(b"1"), "1")
    assert head["Date"].endswith("GMT") and head["Last-Modified"].endswith("GMT")


def test_an_archive_class_is_looked_at_and_not_read(exact_client):
    exact_client.put("a", b"1", x_amz_storage_class="DEEP_ARCHIVE")
    assert exact_client.head("a")["x-amz-storage-class"] == "DEEP_ARCHIVE"
    assert code_of(exact_client.get, "a") == "InvalidObjectState"


def test_conditions(exact_client):
    etag = exact_client.put("a", b"1", if_none_match="*").etag
    assert code_of(exact_client.put, "a", b"2", if_none_match="*") == "PreconditionFailed"
    assert code_of(exact_client.put, "a", b"2", if_match='"no"') == "PreconditionFailed"
    assert code_of(exact_client.put, "b", b"2", if_match=etag) == "NoSuchKey"
    assert code_of(exact_client.get, "a", if_match='"no"') == "PreconditionFailed"
    exact_client.put("a", b"2", if_match=etag)
    assert exact_client.get("a") == b"2"


def test_one_of_many_creators_wins(exact_client):
    def create(number: int) -> int:
        one = S3Client(exact_client.env, exact_client.bucket)
        return one.request("PUT", "a", body=b"%d" % number, headers={"if-none-match": "*"}).status
    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(create, range(32))) == [200] + [412] * 31


def test_parts(exact_client):
    data = random.Random(1).randbytes(BIG + 100)
    upload = exact_client.create("a", content_type="text/y")
    parts = [exact_client.put_part("a", upload, 9, data[BIG:]), exact_client.put_part("a", upload, 4, data[:BIG])]
    assert exact_client.parts("a", upload) == {4: (BIG, crc32(data[:BIG])), 9: (100, crc32(data[BIG:]))}
    assert exact_client.uploads() == [("a", upload)]
    assert code_of(exact_client.complete, "a", upload, parts) == "InvalidPartOrder"
    parts.reverse()
    assert code_of(exact_client.complete, "a", upload, [(4, '"no"', ""), parts[1]]) == "InvalidPart"
    assert code_of(exact_client.complete, "a", upload, [(4, parts[0][1], crc32(b"no")), parts[1]]) == "InvalidPart"
    assert code_of(exact_client.complete, "a", upload, parts, x_amz_checksum_crc32=crc32(b"no")) == "BadDigest"
    exact_client.put("a", b"in the way")
    assert code_of(exact_client.complete, "a", upload, parts, if_none_match="*") == "PreconditionFailed"
    exact_client.delete("a")
    done = exact_client.complete("a", upload, parts, x_amz_checksum_crc32=crc32(data), x_amz_checksum_type="FULL_OBJECT", if_none_match="*")
    assert done.findtext("ChecksumCRC32") == crc32(data)
    assert exact_client.get("a") == data
    assert exact_client.get("a", range=f"bytes={BIG - 2}-{BIG + 1}") == data[BIG - 2:BIG + 2]
    assert exact_client.head("a")["Content-Type"] == "text/y"
    assert code_of(exact_client.complete, "a", upload, parts) == "NoSuchUpload"
    assert exact_client.uploads() == []


def test_small_parts_are_refused_and_abort_forgets(exact_client):
    upload = exact_client.create("a")
    parts = [exact_client.put_part("a", upload, number, b"x") for number in (1, 2)]
    assert code_of(exact_client.complete, "a", upload, parts) == "EntityTooSmall"
    exact_client.abort("a", upload)
    assert code_of(exact_client.abort, "a", upload) == "NoSuchUpload"


def test_copied_parts(exact_client):
    data = random.Random(2).randbytes(BIG * 2)
    etag = exact_client.put("/odd//source", data).etag
    upload = exact_client.create("b")
    assert code_of(exact_client.copy_part, "b", upload, 1, "/odd//source", 0, 9, x_amz_copy_source_if_match='"no"') == "PreconditionFailed"
    assert code_of(exact_client.copy_part, "b", upload, 1, "/odd//source", 0, BIG * 2) == "InvalidArgument"
    part = exact_client.copy_part("b", upload, 1, "/odd//source", 77, BIG + 100, x_amz_copy_source_if_match=etag)
    assert part[2] == crc32(data[77:BIG + 101])
    exact_client.complete("b", upload, [part])
    exact_client.delete("/odd//source")
    assert exact_client.get("b") == data[77:BIG + 101]


def test_many_uploads_come_in_pages(exact_client):
    made = sorted((key, exact_client.create(key)) for key in ("u1", "u2", "u2", "v"))
    found, query = [], {"uploads": "", "max-uploads": "1"}
    for _ in made:
        page = exact_client.ask("GET", query=query).xml
        found += [(one.findtext("Key"), one.findtext("UploadId")) for one in page.iter("Upload")]
        query |= {"key-marker": page.findtext("NextKeyMarker") or "", "upload-id-marker": page.findtext("NextUploadIdMarker") or ""}
    assert found == made


def test_delete_many(exact_client):
    for key in ("a//b", "..", "&<>"):
        exact_client.put(key, b"")
    assert exact_client.delete_many(["a//b", "..", "&<>", "never there"]) == []
    assert exact_client.list() == {}


def tampered(client: S3Client, change) -> str:
    """What becomes of a request that is changed after it was signed."""
    path = f"/{client.bucket}/a%20b"
    sent = sigv4.sign("PUT", path, "", {"host": client.address.netloc, "x-amz-meta-a": "1"}, s3client.UNSIGNED, client.env)
    method, target, headers, body = change("PUT", path, sent, b"data")
    return s3client.error_of(client.exchange(method, target, headers, body)).code


@pytest.mark.parametrize("change, code", [
    (lambda m, t, h, b: (m, t.replace("a", "b"), h, b), "NoSuchBucket|SignatureDoesNotMatch"),
    (lambda m, t, h, b: (m, t + "?x-id=PutObject", h, b), "SignatureDoesNotMatch"),
    (lambda m, t, h, b: (m, t, {**h, "x-amz-meta-a": "2"}, b), "SignatureDoesNotMatch"),
    (lambda m, t, h, b: (m, t, {**h, "x-amz-meta-b": "2"}, b), "AccessDenied"),
    (lambda m, t, h, b: ("GET", t, h, b""), "SignatureDoesNotMatch"),
    (lambda m, t, h, b: (m, t, {**h, "x-amz-content-sha256": "0" * 64}, b), "SignatureDoesNotMatch"),
    (lambda m, t, h, b: (m, t, {**h, "authorization": h["authorization"].replace("us-east-1", "eu-west-1")}, b), "SignatureDoesNotMatch"),
    (lambda m, t, h, b: (m, t, {k: v for k, v in h.items() if k != "authorization"}, b), "AccessDenied"),
    (lambda m, t, h, b: (m, t, {k: v for k, v in h.items() if k != "x-amz-content-sha256"}, b), "InvalidRequest"),
])
def test_what_was_not_signed_is_refused(exact_client, change, code):
    assert tampered(exact_client, change) in code.split("|")
    assert exact_client.list() == {}


def test_a_wrong_body_is_refused(exact_client):
    headers = sigv4.sign("PUT", f"/{exact_client.bucket}/a", "", {"host": exact_client.address.netloc}, "0" * 64, exact_client.env)
    answer = exact_client.exchange("PUT", f"/{exact_client.bucket}/a", headers, b"data")
    assert s3client.error_of(answer).code == "XAmzContentSHA256Mismatch"
    assert code_of(exact_client.put, "a", b"data", x_amz_checksum_crc32=crc32(b"other")) == "BadDigest"
    assert exact_client.list() == {}


@pytest.mark.parametrize("change, code", [
    ({"AWS_SECRET_ACCESS_KEY": "no"}, "SignatureDoesNotMatch"), ({"AWS_ACCESS_KEY_ID": "NO"}, "InvalidAccessKeyId"),
    ({"AWS_REGION": "mars"}, "SignatureDoesNotMatch")])
def test_strangers_are_refused(exact_client, change, code):
    assert code_of(S3Client({**exact_client.env, **change}, exact_client.bucket).list) == code


def test_old_requests_are_refused(exact_client):
    path = f"/{exact_client.bucket}/a"
    sent = sigv4.sign("GET", path, "", {"host": exact_client.address.netloc}, s3client.UNSIGNED, exact_client.env, time.time() - 1000)
    assert s3client.error_of(exact_client.exchange("GET", path, sent, b"")).code == "RequestTimeTooSkewed"


def test_unknown_parameters_are_refused(exact_client):
    exact_client.put("a", b"")
    assert code_of(exact_client.ask, "GET", "a", {"attributes": ""}) == "NotImplemented"


def test_requests_are_told(exact_client, exact):
    exact_client.put("a b", b"12345")
    exact_client.get("a b", range="bytes=0-1")
    mine = [one for one in exact.requests() if one["bucket"] == exact_client.bucket]
    assert [(one["method"], one["key"], one["status"], one["received"], one["sent"]) for one in mine[1:]] == [
        ("PUT", "a b", 200, 5, 0), ("GET", "a b", 206, 0, 2)]


def test_files_of_deleted_objects_are_gone(exact_client, exact):
    exact_client.put("a", b"x" * 100)
    exact_client.delete("a")
    exact_client.list()
    blobs = list((exact.data / "blobs").iterdir())
    assert [blob for blob in blobs if blob.stat().st_size == 100] == []


def test_a_stop_keeps_all():
    with running(Exact) as server:
        client = server.client()
        client.put("a//b", b"kept")
        upload = client.create("u")
        part = client.put_part("u", upload, 1, b"part")
        server.stop()
        server.start()
        assert client.get("a//b") == b"kept"
        client.complete("u", upload, [part])
        assert client.get("u") == b"part"


@options("--order=seaweed", "--max-keys-cap=2")
def test_order_and_cap(peculiar):
    for key in ("a b", "a/b", "a", "c"):
        peculiar.put(key, b"")
    assert list(peculiar.list()) == ["a", "a/b", "a b", "c"]
    assert len(list(peculiar.list_page(max_keys="100").xml.iter("Contents"))) == 2


@options("--no-crc-in-list-parts", "--ignore-if-none-match", "--no-full-object-crc")
def test_what_others_lack(peculiar):
    assert code_of(peculiar.create, "a") == "InvalidRequest"
    upload = peculiar.create("a", full_object_crc=False)
    part = peculiar.put_part("a", upload, 1, b"x")
    assert peculiar.parts("a", upload) == {1: (1, "")}
    assert peculiar.complete("a", upload, [part]).findtext("ChecksumCRC32") is None
    peculiar.put("a", b"again", if_none_match="*")
    assert peculiar.get("a") == b"again"


@options("--refuse-if-none-match")
def test_a_condition_may_be_refused(peculiar):
    assert code_of(peculiar.put, "a", b"", if_none_match="*") == "NotImplemented"
    peculiar.put("a", b"")


@options("--no-full-object-crc=ignore")
def test_a_wish_for_a_sum_is_ignored(peculiar):
    upload = peculiar.create("a")
    part = peculiar.put_part("a", upload, 1, b"x")
    assert peculiar.complete("a", upload, [part]).findtext("ChecksumCRC32") is None


@options("--expire-credentials-after=3")
def test_credentials_expire_and_new_ones_work(peculiar):
    for _ in range(3):
        peculiar.put("a", b"")
    assert code_of(peculiar.put, "a", b"") == "ExpiredToken"
    renewed = S3Client({**peculiar.env, "AWS_SESSION_TOKEN": "new"}, peculiar.bucket)
    renewed.put("a", b"")


@options("--expire-credentials-after=2", "--expire-credentials-on=PUT,GET")
def test_credentials_expire_on_methods_in_turn(peculiar):
    for _ in range(3):
        peculiar.list()
    assert code_of(peculiar.put, "a", b"") == code_of(peculiar.list) == "ExpiredToken"
    renewed = S3Client({**peculiar.env, "AWS_SESSION_TOKEN": "new"}, peculiar.bucket)
    for _ in range(3):
        renewed.put("a", b"")
    assert code_of(renewed.list) == "ExpiredToken"


@options("--clock-skew=-3600")
def test_a_wrong_clock(peculiar):
    assert code_of(peculiar.list) == "RequestTimeTooSkewed"
    told = parsedate_to_datetime(peculiar.request("GET", "a").headers["Date"]).timestamp()
    assert abs(told - (time.time() - 3600)) < 60
    path = f"/{peculiar.bucket}/a"
    sent = sigv4.sign("PUT", path, "", {"host": peculiar.address.netloc}, s3client.UNSIGNED, peculiar.env, told)
    assert peculiar.exchange("PUT", path, sent, b"").status == 200
