"""A web server of the tests' own on 127.0.0.1: what it serves and how it fails is up to the test. Media come with ranges (RFC 9110, 14).

Threads of this process serve it, so a test changes it while it is asked. How a request is failed, by name: "500" (any status),
"429" and "503" (with Retry-After), "reset" (the connection, before an answer), "cut" (in the middle of the body; "cut:N" after N bytes), "slow" (the body bit by
bit), "stuck" (in the middle of the body, until the test lets go), "page" (text/html in the place of what was asked for), "held" (answered
once the test lets go), "" (not at all).
"""

import hashlib
import re
import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable

TYPES = {".ogg": "audio/ogg", ".wav": "audio/wav", ".xml": "application/rss+xml", ".atom": "application/atom+xml", ".mp3": "audio/mpeg"}


@dataclass
class Answer:
    body: bytes = b""
    type: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    path: str  # with its query
    range: str
    fault: str
    agent: str  # User-Agent
    condition: str = ""  # If-Range
    sent: int = 0  # bytes of the body
    at: float = field(default_factory=time.monotonic)
    until: float = float("inf")  # whoever asked was waiting for bytes until then, at least


class WebSite:
    def __init__(self):
        self.served: dict[str, Answer] = {}
        self.fault: Callable[[str], str] = lambda path: ""
        self.asked: list[Asked] = []
        self.lock = threading.Lock()
        self.let_go = threading.Event()
        self.retry_after = 1
        self.server = Listening(("127.0.0.1", 0), Handler)
        self.server.site = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def serve(self, path: str, body: bytes | str, kind: str = "") -> str:
        """Its address."""
        body = body.encode() if isinstance(body, str) else body
        self.served[path] = Answer(body, kind or TYPES.get(Path(path).suffix, "application/octet-stream"))
        return self.url + path

    def answer(self, path: str) -> Answer:
        return self.served.get(path.partition("?")[0], Answer(b"nothing here\n", "text/plain", 404))

    def paths_asked(self, beginning: str = "") -> list[str]:
        with self.lock:
            return [one.path for one in self.asked if one.path.startswith(beginning)]

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


class Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256
    site: WebSite

    def handle_error(self, request, client_address) -> None:
        """Clients are killed all the time."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listening

    def log_message(self, format, *args) -> None:  # pylint: disable=redefined-builtin
        """Site.asked is the log."""

    def do_GET(self) -> None:
        site = self.server.site
        with site.lock:
            one = Asked(self.path, self.headers.get("Range", ""), site.fault(self.path), self.headers.get("User-Agent", ""),
                        self.headers.get("If-Range", ""))
            site.asked.append(one)
            answer = site.answer(self.path)
        if one.fault == "held":
            site.let_go.wait(600)
        if one.fault == "reset":
            self.hang_up()
        elif one.fault == "page":
            self.send(one, Answer(b"<html>please sign in</html>", "text/html"))
        elif one.fault.isdigit():
            again = {"Retry-After": str(site.retry_after)} if one.fault in ("429", "503") else {}
            self.send(one, Answer(b"not now\n", "text/plain", int(one.fault), again))
        else:
            self.send(one, in_parts(answer, one.range, one.condition))

    def send(self, one: Asked, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if one.fault.startswith("cut"):
            end = int(one.fault.partition(":")[2] or len(answer.body) // 2)
            self.send_body(one, answer.body[:end])
            self.close_connection = True
        elif one.fault == "stuck":
            half = len(answer.body) // 2
            self.send_body(one, answer.body[:half])
            self.server.site.let_go.wait(600)
            self.send_body(one, answer.body[half:])
        elif one.fault == "slow":
            step = max(1, len(answer.body) // 5)
            for at in range(0, len(answer.body), step):
                self.send_body(one, answer.body[at:at + step])
                time.sleep(0.02)
        else:
            self.send_body(one, answer.body)

    def send_body(self, one: Asked, body: bytes) -> None:
        one.until = time.monotonic()
        self.wfile.write(body)
        self.wfile.flush()
        one.sent += len(body)

    def hang_up(self) -> None:
        """With a reset, not an end."""
        with suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        self.close_connection = True


def once_each(faults: list[str]) -> Callable[[str], str]:
    """Each path fails the first time that it is asked for, by turns in one of these ways."""
    seen: list[str] = []

    def fault(path: str) -> str:
        if path in seen:
            return ""
        seen.append(path)
        return faults[len(seen) % len(faults)]
    return fault


def in_parts(answer: Answer, wanted: str, condition: str) -> Answer:
    if answer.status != 200 or not answer.type.startswith(("audio/", "video/")):
        return answer
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
    headers = {**answer.headers, "ETag": tag, "Accept-Ranges": "bytes"}
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if not asked or condition not in ("", tag):
        return Answer(answer.body, answer.type, 200, headers)
    first, size = int(asked[1]), len(answer.body)
    last = min(int(asked[2] or size), size - 1)
    if first > last:
        return Answer(b"", answer.type, 416, {**headers, "Content-Range": f"bytes */{size}"})
    return Answer(answer.body[first:last + 1], answer.type, 206, {**headers, "Content-Range": f"bytes {first}-{last}/{size}"})
