"""Put, get, head and delete of objects."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

from servers.exact_server.answer import Answer, document, element, http_date, xml_key
from servers.exact_server.errors import Refused
from servers.exact_server.request import Request
from servers.exact_server.segments import whole
from servers.exact_server.state import KEPT_HEADERS, Bucket, State, Stored

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")  # nothing is ever restored here
RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def put(state: State, request: Request, if_none_match: str) -> Answer:
    if "x-amz-copy-source" in request.headers:
        raise Refused("NotImplemented", "CopyObject")
    if request.headers.get("Content-Length") is None:
        raise Refused("MissingContentLength")
    request.check_body()
    stored = Stored(whole(request.body), f'"{request.md5.hex()}"', request.crc32, "FULL_OBJECT", kept_headers(request),
                    request.headers.get("x-amz-storage-class", "STANDARD"))
    with state.lock:
        bucket = state.bucket(request.bucket)
        check_may_write(bucket, request, if_none_match)
        bucket.store(request.key, stored)
    return Answer(200, {"ETag": stored.etag, "x-amz-checksum-crc32": stored.crc32, "x-amz-checksum-type": "FULL_OBJECT"})


def kept_headers(request: Request) -> dict[str, str]:
    return {name: value for name, value in request.headers.items()
            if name.lower() in KEPT_HEADERS or name.lower().startswith("x-amz-meta-")}


def check_may_write(bucket: Bucket, request: Request, if_none_match: str) -> None:
    """Under the lock under which the object is stored: of racing writers one wins."""
    there = bucket.objects.get(request.key)
    wanted = request.headers.get("If-None-Match")
    if wanted is not None and if_none_match == "refuse":
        raise Refused("NotImplemented", "If-None-Match of a write")
    if wanted is not None and if_none_match == "honour":
        if wanted != "*":
            raise Refused("NotImplemented", "If-None-Match of a write is * or nothing")
        if there:
            raise Refused("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
    wanted = request.headers.get("If-Match")
    if wanted is not None:
        if there is None:
            raise Refused("NoSuchKey")
        if wanted not in ("*", there.etag):
            raise Refused("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")


def get(state: State, request: Request) -> Answer:
    with state.lock:
        stored = state.bucket(request.bucket).object(request.key)
    if request.method != "HEAD" and stored.storage_class in ARCHIVES:
        raise Refused("InvalidObjectState", "The operation is not valid for the object's storage class")
    if request.headers.get("If-Match") not in (None, "*", stored.etag):
        raise Refused("PreconditionFailed")
    if request.headers.get("If-None-Match") in ("*", stored.etag):
        raise Refused("NotModified")
    headers = {"ETag": stored.etag, "Last-Modified": http_date(stored.modified), "Accept-Ranges": "bytes",
               "Content-Type": "binary/octet-stream", **canonical_names(stored.headers)}
    if stored.storage_class != "STANDARD":
        headers["x-amz-storage-class"] = stored.storage_class
    asked = request.headers.get("Range")
    if asked is None:
        if request.headers.get("x-amz-checksum-mode", "").upper() == "ENABLED" and stored.crc32:
            headers |= {"x-amz-checksum-crc32": stored.crc32, "x-amz-checksum-type": stored.checksum_type}
        return Answer(200, headers, data=stored.data)
    first, last = byte_range(asked, stored.size)
    headers["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    return Answer(206, headers, data=stored.data.cut(first, last - first + 1))


def canonical_names(headers: dict[str, str]) -> dict[str, str]:
    """One Content-Type, however the client wrote it."""
    return {name.title() if name.lower() in KEPT_HEADERS else name.lower(): value for name, value in headers.items()}


def byte_range(text: str, size: int) -> tuple[int, int]:
    """First and last byte, both included."""
    parsed = RANGE.fullmatch(text)
    if not parsed or parsed.groups() == ("", ""):
        raise Refused("InvalidArgument", f"Range: {text}")
    if not parsed[1]:
        first, last = max(0, size - int(parsed[2])), size - 1
    else:
        first, last = int(parsed[1]), min(size - 1, int(parsed[2] or size - 1))
    if first >= size or first > last:
        raise Refused("InvalidRange", "The requested range is not satisfiable")
    return first, last


def delete(state: State, request: Request) -> Answer:
    with state.lock:
        state.bucket(request.bucket).remove(request.key)
    return Answer(204)


def delete_many(state: State, request: Request) -> Answer:
    if not {"content-md5", "x-amz-checksum-crc32", "x-amz-checksum-sha256"} & {name.lower() for name in request.headers}:
        raise Refused("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    request.check_body()
    root = parsed_xml(request)
    keys = [(one.findtext("Key") or "").encode() for one in root.iter("Object")]
    if not keys or len(keys) > 1000:
        raise Refused("MalformedXML", "1 to 1000 keys")
    with state.lock:
        bucket = state.bucket(request.bucket)
        for key in keys:
            bucket.remove(key)
    if root.findtext("Quiet") == "true":
        return document("DeleteResult", "")
    return document("DeleteResult", "".join(element("Deleted", element("Key", xml_key(key, False))) for key in keys))


def parsed_xml(request: Request) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(b"".join(whole(request.body).pieces()))
    except ElementTree.ParseError as error:
        raise Refused("MalformedXML", str(error)) from error
    for one in root.iter():
        one.tag = one.tag.rpartition("}")[2]
    return root
