"""Answers: XML texts, times, and what a handler returns."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from servers.exact_server.auth import encoded
from servers.exact_server.segments import Bytes

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


@dataclass
class Answer:
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: bytes = b""
    data: Bytes | None = None  # instead of text


def element(name: str, value: object) -> str:
    return f"<{name}>{value}</{name}>"


def document(name: str, inner: str, headers: dict[str, str] | None = None) -> Answer:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{NAMESPACE}">{inner}</{name}>'
    return Answer(200, {"Content-Type": "application/xml", **(headers or {})}, text.encode())


def xml_key(key: bytes, url: bool) -> str:
    """`url`: as encoding-type=url wants it, + for a space. Otherwise control characters come as XML 1.1 has them."""
    if url:
        return encoded(key, slash=True).replace("%20", "+")
    return "".join(f"&#x{ord(c):X};" if ord(c) < 32 else escape(c) for c in key.decode())


def iso(when: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(when))


def http_date(when: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(when))
