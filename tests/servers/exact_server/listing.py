"""Lists: objects (ListObjectsV2), uploads, parts."""

from __future__ import annotations

import base64
import binascii

from servers.exact_server.answer import Answer, document, element, iso, xml_key
from servers.exact_server.errors import Refused
from servers.exact_server.request import Request
from servers.exact_server.state import State
from servers.exact_server.uploads import xml_quoted

MOST = 1000


def number_in(request: Request, name: str, most: int) -> int:
    text = request.query.get(name, str(most))
    if not text.isdigit():
        raise Refused("InvalidArgument", f"{name}: {text}")
    return min(int(text), most)


def objects(state: State, request: Request, cap: int) -> Answer:
    """`cap`: no page is longer, whatever is asked for."""
    query = {name.decode(): value for name, value in request.query_bytes()}
    most = number_in(request, "max-keys", min(MOST, cap))
    url = query.get("encoding-type") == b"url"
    after = query.get("start-after")
    token = query.get("continuation-token")
    if token is not None:
        try:
            after = base64.urlsafe_b64decode(token)
        except binascii.Error as error:
            raise Refused("InvalidArgument", "The continuation token provided is incorrect") from error
    prefix = query.get("prefix", b"")
    with state.lock:
        bucket = state.bucket(request.bucket)
        keys = bucket.after(after, prefix)
        page = [(key, bucket.objects[key]) for key in keys[:most]]
    contents = "".join(element("Contents", "".join([
        element("Key", xml_key(key, url)), element("LastModified", iso(one.modified)), element("ETag", xml_quoted(one.etag)),
        *([element("ChecksumAlgorithm", "CRC32"), element("ChecksumType", one.checksum_type)] if one.crc32 else []),
        element("Size", one.size), element("StorageClass", one.storage_class)])) for key, one in page)
    more = len(keys) > len(page) and most > 0
    tail = element("NextContinuationToken", base64.urlsafe_b64encode(page[-1][0]).decode()) if more else ""
    return document("ListBucketResult", "".join([
        element("Name", request.bucket), element("Prefix", xml_key(prefix, url)), element("KeyCount", len(page)),
        element("MaxKeys", most), element("EncodingType", "url") if url else "",
        element("IsTruncated", str(more).lower()), contents, tail]))


def uploads(state: State, request: Request, cap: int) -> Answer:
    query = {name.decode(): value for name, value in request.query_bytes()}
    most = number_in(request, "max-uploads", min(MOST, cap))
    url = query.get("encoding-type") == b"url"
    prefix, marker = query.get("prefix", b""), query.get("key-marker", b"")
    upload_marker = query.get("upload-id-marker", b"").decode()
    with state.lock:
        found = sorted((one.key, number, one.initiated) for number, one in state.bucket(request.bucket).uploads.items()
                       if one.key.startswith(prefix))
    if upload_marker:
        found = [one for one in found if one[:2] > (marker, upload_marker)]
    elif marker:
        found = [one for one in found if one[0] > marker]
    page = found[:most]
    more = len(found) > len(page) and most > 0
    tail = element("NextKeyMarker", xml_key(page[-1][0], url)) + element("NextUploadIdMarker", page[-1][1]) if more else ""
    listed = "".join(element("Upload", element("Key", xml_key(key, url)) + element("UploadId", number)
                             + element("StorageClass", "STANDARD") + element("Initiated", iso(when))) for key, number, when in page)
    return document("ListMultipartUploadsResult", "".join([
        element("Bucket", request.bucket), element("Prefix", xml_key(prefix, url)), element("MaxUploads", most),
        element("EncodingType", "url") if url else "", element("IsTruncated", str(more).lower()), tail, listed]))


def parts(state: State, request: Request, cap: int, with_crc: bool) -> Answer:
    most = number_in(request, "max-parts", min(MOST, cap))
    marker = int(request.query.get("part-number-marker", "0"))
    with state.lock:
        upload = state.bucket(request.bucket).upload(request.key, request.query["uploadId"])
        found = [(number, part) for number, part in sorted(upload.parts.items()) if number > marker]
    page = found[:most]
    more = len(found) > len(page) and most > 0
    listed = "".join(element("Part", "".join([
        element("PartNumber", number), element("LastModified", iso(part.modified)), element("ETag", xml_quoted(part.etag)),
        element("Size", part.data.size), element("ChecksumCRC32", part.crc32) if with_crc else ""])) for number, part in page)
    sums = element("ChecksumAlgorithm", upload.algorithm) + element("ChecksumType", upload.checksum_type) if upload.algorithm else ""
    return document("ListPartsResult", "".join([
        element("Bucket", request.bucket), element("Key", xml_key(request.key, False)),
        element("UploadId", request.query["uploadId"]), sums, element("StorageClass", upload.storage_class),
        element("PartNumberMarker", marker), element("NextPartNumberMarker", page[-1][0] if page else marker),
        element("MaxParts", most), element("IsTruncated", str(more).lower()), listed]))
