"""The server's process: listens, reads requests, writes answers and one line a request into the log of requests."""

from __future__ import annotations

import argparse
import http.server
import itertools
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# pylint: disable=wrong-import-position
from servers.exact_server import clock, routes  # noqa: E402
from servers.exact_server.answer import Answer, element, http_date, xml_key  # noqa: E402
from servers.exact_server.auth import Auth  # noqa: E402
from servers.exact_server.errors import Refused  # noqa: E402
from servers.exact_server.request import Request, receive  # noqa: E402
from servers.exact_server.state import State, byte_order, seaweed_order  # noqa: E402


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="exact")
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--no-crc-in-list-parts", action="store_true")
    parser.add_argument("--no-full-object-crc", nargs="?", const="refuse", default="yes", choices=["yes", "refuse", "ignore"])
    parser.add_argument("--ignore-if-none-match", action="store_const", dest="if_none_match", const="ignore", default="honour")
    parser.add_argument("--refuse-if-none-match", action="store_const", dest="if_none_match", const="refuse", help="with 501")
    parser.add_argument("--order", default="bytes", choices=["bytes", "seaweed"])
    parser.add_argument("--max-keys-cap", type=int, default=1000, metavar="N", help="also for uploads and parts")
    parser.add_argument("--min-part-size", type=int, default=5 << 20, metavar="BYTES")
    parser.add_argument("--expire-credentials-after", type=int, metavar="N", help="requests of objects, for each session token")
    parser.add_argument("--expire-credentials-on", type=lambda names: names.split(","), default=[], metavar="METHOD,...",
                        help="after that, at the next request of the first of these, for the next token of the second, and so on")
    parser.add_argument("--clock-skew", type=int, default=0, metavar="SECONDS", help="our clock's error")
    return parser.parse_args()


class Listener(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True
    block_on_close = False

    def __init__(self, options: argparse.Namespace):
        super().__init__(("127.0.0.1", options.port), Handler)
        clock.Clock.skew = options.clock_skew
        self.options = options
        self.state = State(options.folder / "data", {"bytes": byte_order, "seaweed": seaweed_order}[options.order])
        self.auth = Auth(os.environ["EXACT_ACCESS_KEY"], os.environ["EXACT_SECRET_KEY"], options.region,
                         options.expire_credentials_after, options.expire_credentials_on)
        self.log = os.open(options.folder / "requests", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.numbers = itertools.count(1)

    def handle_error(self, request, client_address) -> None:
        """A client that goes away is none of our errors."""
        if not isinstance(sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def __getattr__(self, name: str):
        """The library asks for do_GET and so on: all methods are one to us."""
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def serve(self) -> None:
        # The library shortens // at the front of a path.
        target = self.requestline.split(" ")[1]
        request = receive(self.command, target, self.headers, self.rfile, self.server.state.blob())
        try:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                self.close_connection = True
                raise Refused("NotImplemented", "Transfer-Encoding: chunked")
            self.server.auth.check(request)
            answer = routes.answer(self.server.state, request, self.server.options)
        except Refused as refused:
            answer = error_answer(refused, request)
        except Exception:  # pylint: disable=broad-except  # the defect goes into the log, the client gets its 500
            traceback.print_exc()
            answer = error_answer(Refused("InternalError"), request)
        self.send(request, answer)

    def send(self, request: Request, answer: Answer) -> None:
        size = answer.data.size if answer.data else len(answer.text)
        lines = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('', ''))[0]}",
                 f"Date: {http_date(clock.now())}",
                 f"x-amz-request-id: {next(self.server.numbers):016X}",
                 *(f"{name}: {value}" for name, value in answer.headers.items())]
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {size}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        body = request.method != "HEAD"
        self.log_line(request, answer.status, size if body else 0)
        if body and not answer.data:
            head += answer.text
        self.wfile.write(head)
        if body and answer.data:
            for piece in answer.data.pieces():
                self.wfile.write(piece)

    def log_line(self, request: Request, status: int, size: int) -> None:
        line = {"method": request.method, "bucket": request.bucket, "key": request.key.decode("utf-8", "surrogateescape"),
                "query": request.query, "status": status, "received": request.body.size, "sent": size}
        os.write(self.server.log, json.dumps(line).encode() + b"\n")

    def log_message(self, *_) -> None:
        pass


def error_answer(refused: Refused, request: Request) -> Answer:
    try:
        key = xml_key(request.key, False)
    except UnicodeDecodeError:
        key = ""
    inner = element("Code", refused.code) + element("Message", xml_key(refused.message.encode("utf-8", "replace"), False)) \
        + element("Key", key)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'
    return Answer(refused.status, {"Content-Type": "application/xml"}, b"" if refused.status == 304 else text.encode())


def main() -> int:
    listener = Listener(parsed())
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=listener.shutdown).start())
    listener.serve_forever(poll_interval=0.05)
    listener.state.save()
    # Threads of kept connections wait for requests that never come.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
