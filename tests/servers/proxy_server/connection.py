"""One client's connection and the one to the server that serves it: request by request, each disturbed as the rules choose."""

from __future__ import annotations

import asyncio
import socket
import struct
from urllib.parse import parse_qs

from servers.proxy_server import message
from servers.proxy_server.flow import Finish, Flow, Reset, SinkGone, write
from servers.proxy_server.message import Head, body_of_answer, body_of_request, pieces, read_head
from servers.proxy_server.rules import Rule, Rules

LIMIT = 1 << 20
LINGER_SECONDS = 2
SMALL = 1 << 16  # less than what a connection's buffers hold


class Shared:
    """What all connections have in common. `pages`: bodies of listings."""

    def __init__(self, upstream: tuple[str, int]):
        self.upstream = upstream
        self.rules = Rules()
        self.counts = {"requests": 0, "connections": 0, "open": 0, "bytes_up": 0, "bytes_down": 0}
        self.first_pages: dict[str, bytes] = {}  # by target
        self.last_pages: dict[tuple, bytes] = {}  # by bucket and prefix


class Connection:
    def __init__(self, shared: Shared, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.shared, self.reader, self.writer = shared, reader, writer
        self.up_reader: asyncio.StreamReader | None = None
        self.up_writer: asyncio.StreamWriter | None = None

    async def serve(self) -> None:
        counts = self.shared.counts
        used = 0
        prepare(self.writer)
        try:
            while head := await read_head(self.reader):
                counts["requests"] += 1
                if not used:
                    counts["connections"] += 1
                    counts["open"] += 1
                used = 1
                if not await self.exchange(head):
                    break
        except (Reset, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            reset(self.writer, self.up_writer)
        except (Finish, SinkGone):
            pass
        finally:
            counts["open"] -= used
            for writer in (self.writer, self.up_writer):
                if writer is not None:
                    writer.close()

    async def exchange(self, head: Head) -> bool:
        """Whether the connection stays."""
        method, target = head.first[0], head.first[1]
        rules = self.shared.rules.chosen(method, target)
        up, down = Flow("up", rules), Flow("down", rules)
        await up.before_head()
        for rule in rules:
            if rule.action == "storm" or rule.action == "error_body_200" and not rule.done:
                return await self.answer_instead(head, rule)
        await self.connect()
        await self.send(self.up_writer, head.raw, "bytes_up")
        kind = body_of_request(head)
        body = up.move(self.counted(pieces(self.reader, head, kind, up.step), "bytes_up"), self.up_writer, kind)
        answer = self.pass_answer(method, target, rules, down)
        if kind == "none" or kind == "length" and head.length <= SMALL and "expect" not in head.headers:
            # Two tasks would cost a small request as much as all the rest.
            try:
                await body
            except SinkGone:
                pass  # the answer may be there, and says more
            except BaseException:
                answer.close()
                raise
            return await answer
        return await self.both(up, asyncio.create_task(body), asyncio.create_task(answer))

    async def both(self, up: Flow, sending: asyncio.Task, answering: asyncio.Task) -> bool:
        """The answer may come before the request's body is through, and the server may then read no more of it."""
        try:
            await asyncio.wait([sending, answering], return_when=asyncio.FIRST_COMPLETED)
            if sending.done() and not isinstance(sending.exception(), SinkGone):
                sending.result()
                return await answering
            keep = await answering
            if up.read_whole:
                return keep
            sending.cancel()
            await self.linger()
            return False
        finally:
            for task in (sending, answering):
                task.cancel()
            await asyncio.gather(sending, answering, return_exceptions=True)

    async def linger(self) -> None:
        """A close with bytes unread is a reset, which could overtake the answer."""
        try:
            self.writer.write_eof()
            async with asyncio.timeout(LINGER_SECONDS):
                while await self.reader.read(LIMIT):
                    pass
        except (OSError, TimeoutError):
            pass

    async def answer_instead(self, head: Head, rule: Rule) -> bool:
        """The server hears nothing of it."""
        rule.fired += 1
        waits = "100-continue" in head.headers.get("expect", "").lower()
        if not waits:
            async for _ in self.counted(pieces(self.reader, head, body_of_request(head)), "bytes_up"):
                pass
        status = rule.status if rule.action == "storm" else 200
        await self.send(self.writer, message.answer(status, rule.code, closes=waits), "bytes_down")
        if waits:
            await self.linger()  # some send their body without waiting
        return not waits

    async def pass_answer(self, method: str, target: str, rules: list[Rule], down: Flow) -> bool:
        while True:
            head = await read_head(self.up_reader)
            if head is None:
                raise Reset
            if head.status >= 200:
                break
            await self.send(self.writer, head.raw, "bytes_down")
        kind = body_of_answer(method, head)
        for rule in rules:
            if rule.action in ("lose_reply", "error_body_200"):
                async for _ in pieces(self.up_reader, head, kind):
                    pass
                rule.fired += 1
                if rule.action == "lose_reply":
                    raise Reset
                await self.send(self.writer, message.answer(200, rule.code), "bytes_down")
                return not head.closes
        await down.before_head()
        if method == "GET" and head.status == 200 and "list-type=2" in target:
            return await self.pass_page(target, rules, down, head, kind)
        await self.send(self.writer, head.raw, "bytes_down")
        await down.move(self.counted(pieces(self.up_reader, head, kind, down.step), "bytes_down"), self.writer, kind)
        return not head.closes and kind != "close"

    async def pass_page(self, target: str, rules: list[Rule], down: Flow, head: Head, kind: str) -> bool:
        body = b"".join([piece async for piece in pieces(self.up_reader, head, kind)])
        path, _, query = target.partition("?")
        listing = path, *parse_qs(query).get("prefix", [])
        older = {"stale_page": self.shared.first_pages.get(target), "duplicate_page": self.shared.last_pages.get(listing)}
        self.shared.first_pages.setdefault(target, body)
        self.shared.last_pages[listing] = body
        for rule in rules:
            page = older.get(rule.action)
            if page is not None and page != body:
                rule.fired += 1
                body = page
                break
        await self.send(self.writer, message.with_length(head, len(body)), "bytes_down")
        await down.move(self.counted(parts_of(body, down.step), "bytes_down"), self.writer, "length")
        return not head.closes

    async def connect(self) -> None:
        if self.up_writer is not None and not self.up_reader.at_eof():
            return
        if self.up_writer is not None:
            self.up_writer.close()
        self.up_reader, self.up_writer = await asyncio.open_connection(*self.shared.upstream, limit=LIMIT)
        prepare(self.up_writer)

    async def send(self, writer: asyncio.StreamWriter, data: bytes, count: str) -> None:
        self.shared.counts[count] += len(data)
        await write(writer, data)

    async def counted(self, source, count: str):
        async for piece in source:
            self.shared.counts[count] += len(piece)
            yield piece


async def parts_of(body: bytes, step: int):
    for start in range(0, len(body), step):
        yield body[start:start + step]


def prepare(writer: asyncio.StreamWriter) -> None:
    # A drain waits until all is with the kernel, so that a reset comes behind the bytes that were to precede it.
    writer.transport.set_write_buffer_limits(0)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def reset(*writers: asyncio.StreamWriter | None) -> None:
    for writer in writers:
        if writer is not None and not writer.is_closing():
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
