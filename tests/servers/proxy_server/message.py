"""HTTP/1.1 messages in pieces: heads, and bodies whichever way their end is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import AsyncIterator

STEP = 1 << 18


@dataclass
class Head:
    raw: bytes
    first: list[str]  # the words of the first line
    headers: dict[str, str]  # lower-case names

    @property
    def status(self) -> int:
        return int(self.first[1])

    @property
    def chunked(self) -> bool:
        return "chunked" in self.headers.get("transfer-encoding", "").lower()

    @property
    def length(self) -> int | None:
        return int(self.headers["content-length"]) if "content-length" in self.headers else None

    @property
    def closes(self) -> bool:
        return self.headers.get("connection", "").lower() == "close"


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """None: the peer has closed between two messages."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return Head(raw, lines[0].split(" ", 2), {name.lower(): value.strip() for name, _, value in pairs})


def body_of_answer(method: str, head: Head) -> str:
    """How its end is told: none, length, chunks, close."""
    if method == "HEAD" or head.status in (204, 304) or head.status < 200:
        return "none"
    return "chunks" if head.chunked else "close" if head.length is None else "length"


def body_of_request(head: Head) -> str:
    return "chunks" if head.chunked else "length" if head.length else "none"


async def pieces(reader: asyncio.StreamReader, head: Head, kind: str, step: int = STEP) -> AsyncIterator[bytes]:
    """The body without the framing of chunks; IncompleteReadError when it ends early."""
    if kind == "length":
        async for piece in stretch(reader, head.length or 0, step):
            yield piece
    elif kind == "chunks":
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            async for piece in stretch(reader, size, step):
                yield piece
            await reader.readexactly(2)
        while await reader.readuntil(b"\r\n") != b"\r\n":
            pass  # trailers
    elif kind == "close":
        while piece := await reader.read(step):
            yield piece


async def stretch(reader: asyncio.StreamReader, left: int, step: int) -> AsyncIterator[bytes]:
    while left:
        piece = await reader.read(min(step, left))
        if not piece:
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(piece)
        yield piece


def framed(piece: bytes, kind: str) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece) if kind == "chunks" else piece


def end_of(kind: str) -> bytes:
    return b"0\r\n\r\n" if kind == "chunks" else b""


def with_length(head: Head, length: int) -> bytes:
    """The head of an answer whose body was put in place of another."""
    dropped = (b"content-length:", b"transfer-encoding:", b"etag:")
    lines = [line for line in head.raw[:-4].split(b"\r\n") if not line.lower().startswith(dropped)]
    return b"\r\n".join([*lines, b"Content-Length: %d" % length, b"", b""])


def answer(status: int, code: str, closes: bool = False) -> bytes:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>planned</Message></Error>'.encode()
    close = "Connection: close\r\n" if closes else ""
    return f"HTTP/1.1 {status} Planned\r\nContent-Type: application/xml\r\n{close}Content-Length: {len(body)}\r\n\r\n".encode() + body
