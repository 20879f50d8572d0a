"""An HTTP proxy as companies have one: forwards plain requests, tunnels CONNECT, may ask for a password. It disturbs nothing.

Runs in a thread of the test. Names are what it is told, so that an endpoint may be a host that no resolver knows.
"""

from __future__ import annotations

import asyncio
import base64
import threading

from servers.proxy_server.connection import LIMIT
from servers.proxy_server.message import Head, body_of_answer, body_of_request, end_of, framed, pieces, read_head

REFUSED = b'HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n'
UNKNOWN = b"HTTP/1.1 502 Unknown host\r\nContent-Length: 0\r\n\r\n"
OURS = (b"proxy-authorization:", b"proxy-connection:")


class ForwardProxy:
    """`names`: HOST:PORT as asked for -> HOST:PORT. `login`: USER:PASSWORD that is wanted. `heads`: what was asked so far."""

    def __init__(self, names: dict[str, str], login: str = ""):
        self.names = names
        self.wanted = "Basic " + base64.b64encode(login.encode()).decode() if login else None
        self.heads: list[Head] = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> "ForwardProxy":
        self.thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self.listen(), self.loop).result(10)
        return self

    def __exit__(self, *_) -> None:
        asyncio.run_coroutine_threadsafe(self.end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def listen(self) -> int:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, limit=LIMIT)
        return self.server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        self.server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while head := await read_head(reader):
                self.heads.append(head)
                host, path = place_of(head)
                if self.wanted and head.headers.get("proxy-authorization") != self.wanted:
                    await refuse(head, reader, writer, REFUSED)
                elif host not in self.names:
                    await refuse(head, reader, writer, UNKNOWN)
                else:
                    if up is None:
                        address, _, port = self.names[host].rpartition(":")
                        up = await asyncio.open_connection(address, int(port), limit=LIMIT)
                    if head.first[0] == "CONNECT":
                        await tunnel(reader, writer, *up)
                        return
                    await forward(head, path, reader, writer, *up)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            for one in (writer, *(up or ())[1:]):
                one.close()


def place_of(head: Head) -> tuple[str, str]:
    """Host with port, and what of the target the server is to see."""
    if head.first[0] == "CONNECT":
        return head.first[1], ""
    host, slash, path = head.first[1].removeprefix("http://").partition("/")
    return host, slash + path


async def refuse(head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: bytes) -> None:
    async for _ in pieces(reader, head, body_of_request(head)):
        pass
    writer.write(answer)
    await writer.drain()


async def forward(head: Head, path: str, reader, writer, up_reader, up_writer) -> None:
    _, *lines = head.raw[:-4].split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith(OURS)]
    first = f"{head.first[0]} {path} HTTP/1.1".encode("latin-1")
    up_writer.write(b"\r\n".join([first, *kept, b"", b""]))
    await pass_body(head, body_of_request(head), reader, up_writer)
    answer = await read_head(up_reader)
    if answer is None:
        raise asyncio.IncompleteReadError(b"", None)
    writer.write(answer.raw)
    await pass_body(answer, body_of_answer(head.first[0], answer), up_reader, writer)


async def pass_body(head: Head, kind: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    async for piece in pieces(source, head, kind):
        sink.write(framed(piece, kind))
        await sink.drain()
    sink.write(end_of(kind))
    await sink.drain()


async def tunnel(reader, writer, up_reader, up_writer) -> None:
    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
    await asyncio.gather(stream(reader, up_writer), stream(up_reader, writer))


async def stream(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while data := await source.read(LIMIT):
        sink.write(data)
        await sink.drain()
    sink.write_eof() if sink.can_write_eof() else None
