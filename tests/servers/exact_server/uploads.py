"""Uploads in parts: create, parts by bytes and by copy, complete, abort."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import zlib
from urllib.parse import unquote_to_bytes

from servers.exact_server.answer import Answer, document, element, iso, xml_key
from servers.exact_server.errors import Refused
from servers.exact_server.objects import byte_range, check_may_write, kept_headers, parsed_xml
from servers.exact_server.request import Request, crc_text
from servers.exact_server.segments import Bytes, whole
from servers.exact_server.state import Part, State, Stored, Upload

MOST_PARTS = 10_000


def create(state: State, request: Request, full_object: str) -> Answer:
    """`full_object`: "yes", or what becomes of a wish for it: "refuse", "ignore"."""
    algorithm = request.headers.get("x-amz-checksum-algorithm", "").upper()
    kind = request.headers.get("x-amz-checksum-type", "COMPOSITE" if algorithm else "").upper()
    if algorithm not in ("", "CRC32"):
        raise Refused("NotImplemented", algorithm)
    if kind == "FULL_OBJECT" and not algorithm:
        raise Refused("InvalidRequest", "a checksum type needs an algorithm")
    if kind == "FULL_OBJECT" and full_object == "refuse":
        raise Refused("InvalidRequest", "The FULL_OBJECT checksum type is not supported")
    if kind == "FULL_OBJECT" and full_object == "ignore":
        algorithm = kind = ""
    upload = Upload(request.key, kept_headers(request), request.headers.get("x-amz-storage-class", "STANDARD"), algorithm, kind)
    number = secrets.token_urlsafe(24)
    with state.lock:
        state.bucket(request.bucket).uploads[number] = upload
    said = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind} if algorithm else {}
    return document("InitiateMultipartUploadResult", element("Bucket", request.bucket)
                    + element("Key", xml_key(request.key, False)) + element("UploadId", number), said)


def part_number(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,4}", text) or int(text) > MOST_PARTS:
        raise Refused("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
    return int(text)


def put_part(state: State, request: Request) -> Answer:
    number = part_number(request.query["partNumber"])
    if request.headers.get("Content-Length") is None:
        raise Refused("MissingContentLength")
    request.check_body()
    part = Part(whole(request.body), f'"{request.md5.hex()}"', request.crc32)
    with state.lock:
        state.bucket(request.bucket).upload(request.key, request.query["uploadId"]).parts[number] = part
    return Answer(200, {"ETag": part.etag, "x-amz-checksum-crc32": part.crc32})


def copy_part(state: State, request: Request) -> Answer:
    number = part_number(request.query["partNumber"])
    words = unquote_to_bytes(request.headers["x-amz-copy-source"].removeprefix("/")).split(b"/", 1)
    if len(words) != 2:
        raise Refused("InvalidArgument", "x-amz-copy-source is bucket/key")
    with state.lock:
        state.bucket(request.bucket).upload(request.key, request.query["uploadId"])
        source = state.bucket(words[0].decode()).object(words[1])
    if request.headers.get("x-amz-copy-source-if-match") not in (None, source.etag):
        raise Refused("PreconditionFailed")
    data = source.data
    wanted = request.headers.get("x-amz-copy-source-range")
    if wanted is not None:
        stretch = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
        if not stretch or int(stretch[2]) >= source.size:
            raise Refused("InvalidArgument", f"x-amz-copy-source-range: {wanted} of {source.size} bytes")
        first, last = byte_range(wanted, source.size)
        data = data.cut(first, last - first + 1)
    crc = data.crc32()
    part = Part(data, f'"{hashlib.md5(f"{source.etag}{wanted}{crc}".encode()).hexdigest()}"', crc_text(crc))
    with state.lock:
        state.bucket(request.bucket).upload(request.key, request.query["uploadId"]).parts[number] = part
    return document("CopyPartResult", element("LastModified", iso(part.modified)) + element("ETag", xml_quoted(part.etag))
                    + element("ChecksumCRC32", part.crc32))


def complete(state: State, request: Request, smallest: int, if_none_match: str) -> Answer:
    wanted = [(part_number(one.findtext("PartNumber") or ""), one.findtext("ETag") or "", one.findtext("ChecksumCRC32"))
              for one in parsed_xml(request).iter("Part")]
    number = request.query["uploadId"]
    with state.lock:
        upload = state.bucket(request.bucket).upload(request.key, number)
        parts = chosen(upload, wanted, smallest)
    stored = joined(upload, parts)
    check_whole(request, upload, stored)
    with state.lock:
        bucket = state.bucket(request.bucket)
        # Another Complete of it may have won meanwhile.
        bucket.upload(request.key, number)
        check_may_write(bucket, request, if_none_match)
        bucket.store(request.key, stored)
        del bucket.uploads[number]
    sums = element("ChecksumCRC32", stored.crc32) + element("ChecksumType", stored.checksum_type) if stored.crc32 else ""
    return document("CompleteMultipartUploadResult", element("Location", f"/{request.bucket}") + element("Bucket", request.bucket)
                    + element("Key", xml_key(request.key, False)) + element("ETag", xml_quoted(stored.etag)) + sums)


def chosen(upload: Upload, wanted: list[tuple[int, str, str | None]], smallest: int) -> list[Part]:
    if not wanted:
        raise Refused("MalformedXML", "no part")
    numbers = [number for number, _, _ in wanted]
    if numbers != sorted(set(numbers)):
        raise Refused("InvalidPartOrder")
    parts = []
    for number, etag, crc in wanted:
        part = upload.parts.get(number)
        if part is None or part.etag.strip('"') != etag.strip('"') or crc not in (None, part.crc32):
            raise Refused("InvalidPart", f"part {number}")
        if upload.checksum_type == "COMPOSITE" and crc is None:
            raise Refused("InvalidRequest", f"the upload was created with checksums, and part {number} comes without")
        parts.append(part)
    for part in parts[:-1]:
        if part.data.size < smallest:
            raise Refused("EntityTooSmall")
    return parts


def joined(upload: Upload, parts: list[Part]) -> Stored:
    data = Bytes([segment for part in parts for segment in part.data.segments])
    etag = hashlib.md5(b"".join(bytes.fromhex(part.etag.strip('"')) for part in parts)).hexdigest()
    crc = ""
    if upload.checksum_type == "FULL_OBJECT":
        crc = crc_text(data.crc32())
    elif upload.checksum_type == "COMPOSITE":
        crc = f"{crc_text(zlib.crc32(b''.join(base64.b64decode(part.crc32) for part in parts)))}-{len(parts)}"
    return Stored(data, f'"{etag}-{len(parts)}"', crc, upload.checksum_type, upload.headers, upload.storage_class)


def check_whole(request: Request, upload: Upload, stored: Stored) -> None:
    kind = request.headers.get("x-amz-checksum-type")
    if kind is not None and kind.upper() != upload.checksum_type:
        raise Refused("InvalidRequest", f"the upload's checksum type is {upload.checksum_type or 'none'}")
    if request.headers.get("x-amz-checksum-crc32", stored.crc32) != stored.crc32:
        raise Refused("BadDigest", f"the CRC-32 is {stored.crc32}")
    if request.headers.get("x-amz-mp-object-size", str(stored.size)) != str(stored.size):
        raise Refused("InvalidRequest", f"the size is {stored.size}")


def abort(state: State, request: Request) -> Answer:
    with state.lock:
        bucket = state.bucket(request.bucket)
        bucket.upload(request.key, request.query["uploadId"])
        del bucket.uploads[request.query["uploadId"]]
    return Answer(204)


def xml_quoted(etag: str) -> str:
    return etag.replace('"', "&quot;")
