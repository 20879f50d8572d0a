"""One request as it came: the bytes of its target, and its body already on disk with its sums."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from email.message import Message
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from servers.exact_server.errors import Refused
from servers.exact_server.segments import Blob

LONGEST_KEY = 1024
STEP = 1 << 20


@dataclass
class Request:
    method: str
    raw_path: str
    raw_query: str
    headers: Message
    body: Blob
    crc32: str
    md5: bytes
    sha256: bytes

    @property
    def path(self) -> bytes:
        return unquote_to_bytes(self.raw_path)

    @property
    def bucket(self) -> str:
        return self.path.split(b"/", 2)[1].decode("utf-8", "replace")

    @property
    def key(self) -> bytes:
        """Empty: the bucket is meant."""
        words = self.path.split(b"/", 2)
        return words[2] if len(words) > 2 else b""

    @property
    def query(self) -> dict[str, str]:
        return {name.decode(): value.decode("utf-8", "replace") for name, value in self.query_bytes()}

    def query_bytes(self) -> list[tuple[bytes, bytes]]:
        """A + is a plus sign here: S3 knows no other escape than %."""
        pairs = [word.partition("=") for word in self.raw_query.split("&") if word]
        return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]

    def check_key(self) -> None:
        try:
            self.key.decode()
        except UnicodeDecodeError as error:
            raise Refused("InvalidURI", "the key is no UTF-8") from error
        if len(self.key) > LONGEST_KEY:
            raise Refused("KeyTooLongError")

    def check_body(self) -> None:
        """Against every sum that the client sent along."""
        claims = {"x-amz-checksum-crc32": self.crc32, "content-md5": base64.b64encode(self.md5).decode(),
                  "x-amz-checksum-sha256": base64.b64encode(self.sha256).decode()}
        for name, value in self.headers.items():
            low = name.lower()
            if low in claims and value != claims[low]:
                raise Refused("BadDigest", f"{low} is {claims[low]}")
            if low.startswith("x-amz-checksum-") and low[15:] not in ("crc32", "sha256", "type", "algorithm", "mode"):
                raise Refused("NotImplemented", low)


def receive(method: str, target: str, headers: Message, stream: BinaryIO, body: Blob) -> Request:
    """Reads the whole body, whatever becomes of the request: the connection stays usable."""
    path, _, query = target.partition("?")
    crc, md5, sha256 = 0, hashlib.md5(), hashlib.sha256()
    left = int(headers.get("Content-Length") or 0)
    signed = len(headers.get("x-amz-content-sha256") or "") == 64 or "x-amz-checksum-sha256" in headers
    with open(body.path, "wb") as file:
        while left:
            piece = stream.read(min(STEP, left))
            if not piece:
                raise ConnectionError("the body ended early")
            left -= len(piece)
            crc = zlib.crc32(piece, crc)
            md5.update(piece)
            if signed:
                sha256.update(piece)
            file.write(piece)
            body.size += len(piece)
    return Request(method, path, query, headers, body, crc_text(crc), md5.digest(), sha256.digest())


def crc_text(crc: int) -> str:
    return base64.b64encode(crc.to_bytes(4, "big")).decode()
