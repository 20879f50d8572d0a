"""A small S3 client with Python's library alone: makes buckets for tests, looks at what the program left there.

It tries nothing twice and hides no error. Each thread has one connection, kept between requests.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import select
import ssl
import threading
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote_plus, urlsplit

from servers import sigv4
from servers.sigv4 import escaped

UNSIGNED = "UNSIGNED-PAYLOAD"
Key = str | bytes


class S3Error(Exception):
    def __init__(self, status: int, code: str, message: str):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


@dataclass
class Answer:
    status: int
    headers: Message  # asks for names in any case
    body: bytes

    @property
    def xml(self) -> ElementTree.Element:
        """Without namespaces, which servers write or leave out as they please."""
        root = ElementTree.fromstring(self.body)
        for one in root.iter():
            one.tag = one.tag.rpartition("}")[2]
        return root

    @property
    def etag(self) -> str:
        return self.headers["ETag"] or ""


def crc32(data: bytes) -> str:
    """As S3 writes it: base64 of the four bytes, the highest first."""
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


class S3Client:
    def __init__(self, env: dict[str, str], bucket: str, limit: float = 60):
        """`env`: AWS_ENDPOINT_URL and the other names of a server's env. `limit`: seconds without a byte."""
        self.env, self.bucket, self.limit = env, bucket, limit
        self.address = urlsplit(env["AWS_ENDPOINT_URL"])
        self.tls = ssl.create_default_context(cafile=env.get("AWS_CA_BUNDLE")) if self.address.scheme == "https" else None
        self.local = threading.local()

    # Requests

    def request(self, method: str, key: Key = "", query: dict[str, str] | None = None, body: bytes = b"",
                headers: dict[str, str] | None = None, signed_payload: bool = True) -> Answer:
        """Whatever the server answers, also an error."""
        path = f"/{self.bucket}" + ("/" + escaped(key, sigv4.SAFE + "/") if key else "")
        text = sigv4.query_text(list((query or {}).items()))
        payload = hashlib.sha256(body).hexdigest() if signed_payload else UNSIGNED
        sent = sigv4.sign(method, path, text, {**(headers or {}), "host": self.address.netloc}, payload, self.env)
        return self.exchange(method, path + ("?" + text if text else ""), sent, body)

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """One request, with exactly these headers and Content-Length."""
        connection = self.connection()
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value.encode("utf-8", "surrogateescape"))
            if body or method in ("PUT", "POST"):
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body or None)
            got = connection.getresponse()
            return Answer(got.status, got.headers, got.read())
        except BaseException:
            self.close()
            raise

    def connection(self) -> http.client.HTTPConnection:
        kept = getattr(self.local, "connection", None)
        # Readable before we asked anything: the server has closed it.
        if kept is not None and kept.sock is not None and not select.select([kept.sock], [], [], 0)[0]:
            return kept
        self.close()
        if self.tls:
            self.local.connection = http.client.HTTPSConnection(self.address.netloc, timeout=self.limit, context=self.tls)
        else:
            self.local.connection = http.client.HTTPConnection(self.address.netloc, timeout=self.limit)
        return self.local.connection

    def close(self) -> None:
        """The connection of this thread."""
        kept = getattr(self.local, "connection", None)
        if kept is not None:
            kept.close()

    def ask(self, method: str, key: Key = "", query: dict[str, str] | None = None, body: bytes = b"",
            headers: dict[str, str] | None = None, signed_payload: bool = True) -> Answer:
        """As request, but an error answer is raised; so is one that comes with status 200."""
        answer = self.request(method, key, query, body, headers, signed_payload)
        if answer.status >= 300 or answer.body.lstrip()[:200].partition(b"?>")[2].lstrip().startswith(b"<Error"):
            raise error_of(answer)
        return answer

    # Objects

    def put(self, key: Key, data: bytes, **headers: str) -> Answer:
        """A `_` in a header's name stands for `-`: put("a", b"", if_none_match="*")."""
        return self.ask("PUT", key, body=data, headers=header_names(headers))

    def get(self, key: Key, **headers: str) -> bytes:
        return self.ask("GET", key, headers=header_names(headers)).body

    def head(self, key: Key, **headers: str) -> Message:
        return self.ask("HEAD", key, headers=header_names(headers)).headers

    def exists(self, key: Key) -> bool:
        status = self.request("HEAD", key).status
        if status not in (200, 404):
            raise S3Error(status, "", "HEAD")
        return status == 200

    def delete(self, key: Key) -> None:
        self.ask("DELETE", key)

    def delete_many(self, keys: list[Key]) -> list[str]:
        """The keys that could not be deleted."""
        objects = "".join(f"<Object><Key>{xml_text(key)}</Key></Object>" for key in keys)
        body = f"<Delete><Quiet>true</Quiet>{objects}</Delete>".encode("utf-8", "surrogateescape")
        answer = self.ask("POST", query={"delete": ""}, body=body, headers={"x-amz-checksum-crc32": crc32(body)})
        return [one.findtext("Key") or "" for one in answer.xml.iter("Error")]

    def list_page(self, prefix: str = "", **query: str) -> Answer:
        """A `_` in a name stands for `-`: list_page(max_keys="2")."""
        return self.ask("GET", query={"list-type": "2", "encoding-type": "url", "prefix": prefix, **header_names(query)})

    def list(self, prefix: str = "", **query: str) -> dict[str, int]:
        """Every key with its size, in the server's order."""
        found: dict[str, int] = {}
        while True:
            page = self.list_page(prefix, **query).xml
            # Asked for, and yet some servers do not escape; those that do write + for a space.
            encoded = page.findtext("EncodingType") == "url"
            for one in page.iter("Contents"):
                key = one.findtext("Key")
                found[unquote_plus(key, errors="surrogateescape") if encoded else key] = int(one.findtext("Size"))
            token = page.findtext("NextContinuationToken")
            if page.findtext("IsTruncated") != "true" or not token:
                return found
            query["continuation_token"] = token

    # Uploads in parts

    def create(self, key: Key, full_object_crc: bool = True, **headers: str) -> str:
        """The upload's id."""
        wanted = {"x-amz-checksum-algorithm": "CRC32", "x-amz-checksum-type": "FULL_OBJECT"} if full_object_crc else {}
        return self.ask("POST", key, {"uploads": ""}, headers={**wanted, **header_names(headers)}).xml.findtext("UploadId")

    def put_part(self, key: Key, upload: str, number: int, data: bytes, **headers: str) -> tuple[int, str, str]:
        """What complete needs: number, ETag, CRC-32."""
        answer = self.ask("PUT", key, {"partNumber": str(number), "uploadId": upload}, data,
                          {"x-amz-checksum-crc32": crc32(data), **header_names(headers)})
        return number, answer.etag, crc32(data)

    def copy_part(self, key: Key, upload: str, number: int, source: str, first: int, last: int,
                  **headers: str) -> tuple[int, str, str]:
        """Bytes `first` to `last` of `source`, a key of the same bucket. The CRC-32 is the server's word, or empty."""
        answer = self.ask("PUT", key, {"partNumber": str(number), "uploadId": upload}, headers={
            "x-amz-copy-source": f"/{self.bucket}/" + escaped(source, sigv4.SAFE + "/"),
            "x-amz-copy-source-range": f"bytes={first}-{last}", **header_names(headers)}).xml
        return number, answer.findtext("ETag"), answer.findtext("ChecksumCRC32") or ""

    def complete(self, key: Key, upload: str, parts: list[tuple[int, str, str]], **headers: str) -> ElementTree.Element:
        """Give x_amz_checksum_crc32 and x_amz_checksum_type="FULL_OBJECT" to have the whole checked."""
        listed = "".join(f"<Part><PartNumber>{number}</PartNumber><ETag>{xml_text(etag)}</ETag>"
                         + (f"<ChecksumCRC32>{crc}</ChecksumCRC32>" if crc else "") + "</Part>" for number, etag, crc in parts)
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        return self.ask("POST", key, {"uploadId": upload}, body, header_names(headers)).xml

    def abort(self, key: Key, upload: str) -> None:
        self.ask("DELETE", key, {"uploadId": upload})

    def parts(self, key: Key, upload: str) -> dict[int, tuple[int, str]]:
        """Number -> size, CRC-32 or empty."""
        found: dict[int, tuple[int, str]] = {}
        query = {"uploadId": upload}
        while True:
            page = self.ask("GET", key, query).xml
            for one in page.iter("Part"):
                found[int(one.findtext("PartNumber"))] = int(one.findtext("Size")), one.findtext("ChecksumCRC32") or ""
            if page.findtext("IsTruncated") != "true":
                return found
            query["part-number-marker"] = page.findtext("NextPartNumberMarker")

    def uploads(self, prefix: str = "") -> list[tuple[str, str]]:
        """Key and id of every upload that is neither complete nor aborted."""
        found: list[tuple[str, str]] = []
        query = {"uploads": "", "prefix": prefix}
        while True:
            page = self.ask("GET", query=query).xml
            found += [(one.findtext("Key"), one.findtext("UploadId")) for one in page.iter("Upload")]
            if page.findtext("IsTruncated") != "true":
                return found
            query |= {"key-marker": page.findtext("NextKeyMarker"), "upload-id-marker": page.findtext("NextUploadIdMarker") or ""}

    # Buckets

    def make_bucket(self) -> None:
        """Also when it is there."""
        answer = self.request("PUT")
        if answer.status >= 300 and answer.status != 409:
            raise error_of(answer)

    def empty(self) -> None:
        for key, upload in self.uploads():
            self.abort(key, upload)
        keys = list(self.list())
        for start in range(0, len(keys), 1000):
            self.delete_many(keys[start:start + 1000])

    def remove_bucket(self) -> None:
        self.empty()
        self.ask("DELETE")


def error_of(answer: Answer) -> S3Error:
    try:
        return S3Error(answer.status, answer.xml.findtext("Code") or "", answer.xml.findtext("Message") or "")
    except ElementTree.ParseError:
        return S3Error(answer.status, "", answer.body[:300].decode(errors="replace"))


def header_names(words: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in words.items()}


def xml_text(text: Key) -> str:
    """Servers read XML escapes of every character; control characters have no other form."""
    word = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    return "".join(f"&#{ord(c)};" if c in "<>&\"'\r\n\t" or ord(c) < 32 else c for c in word)
