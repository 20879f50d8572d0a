"""Moves one body from one side to the other, disturbed as chosen rules say."""

from __future__ import annotations

import array
import asyncio
import fcntl
import termios
import time
from typing import AsyncIterator

from servers.proxy_server.message import STEP, end_of, framed
from servers.proxy_server.rules import Rule


DELIVERY_SECONDS = 5


class Reset(Exception):
    """Both connections are to be reset."""


class Finish(Exception):
    """Both connections are to be closed in order, whatever was promised."""


class SinkGone(Exception):
    """Who was to get the bytes has closed."""


class Flow:
    def __init__(self, direction: str, rules: list[Rule]):
        def of(action: str) -> Rule | None:
            fitting = [rule for rule in rules if rule.action == action
                       and rule.values.get("direction", direction) in (direction, "both")]
            return fitting[0] if fitting else None
        self.read_whole = False  # the body's last byte has come, and gone to the sink or its buffer
        self.throttle, self.flip, self.reset, self.silence = of("throttle"), of("flip"), of("reset"), of("silence")
        self.truncate = of("truncate") if direction == "down" else None
        self.waits = [rule for rule in rules if rule.action in ("delay", "latency") and rule.direction == direction]

    @property
    def step(self) -> int:
        """Throttled bytes go in 20 pieces a second."""
        return max(1, min(STEP, self.throttle.bytes_per_s // 20)) if self.throttle else STEP

    async def before_head(self) -> None:
        for rule in self.waits:
            rule.fired += 1
            await asyncio.sleep(rule.ms / 1000)
        if self.silence and self.silence.after is None:
            await self.be_silent()
        if self.reset and self.reset.after is None:
            self.reset.fired += 1
            raise Reset

    async def be_silent(self) -> None:
        rule, self.silence = self.silence, None
        rule.fired += 1
        await asyncio.sleep(rule.seconds)

    async def move(self, pieces: AsyncIterator[bytes], sink: asyncio.StreamWriter, kind: str) -> None:
        if self.throttle:
            self.throttle.fired += 1
        sent = 0
        await self.at(0, sink)
        async for piece in pieces:
            piece = self.flipped(piece, sent)
            # A piece is cut where something is to happen.
            while piece:
                if self.truncate and self.truncate.after == sent:
                    self.truncate.fired += 1
                    raise Finish
                part = piece[:self.next_stop(sent) - sent]
                if self.throttle:
                    await asyncio.sleep(len(part) / self.throttle.bytes_per_s)
                await write(sink, framed(part, kind))
                sent += len(part)
                piece = piece[len(part):]
                await self.at(sent, sink)
        self.read_whole = True
        await write(sink, end_of(kind))

    def next_stop(self, sent: int) -> int:
        stops = [rule.after for rule in (self.reset, self.silence, self.truncate) if rule and rule.after is not None and rule.after > sent]
        return min(stops, default=sent + STEP)

    async def at(self, sent: int, sink: asyncio.StreamWriter) -> None:
        """What is to happen when so many bytes have gone."""
        if self.silence and self.silence.after == sent:
            await sink.drain()
            await self.be_silent()
        if self.reset and self.reset.after == sent:
            await arrived(sink)
            self.reset.fired += 1
            raise Reset

    def flipped(self, piece: bytes, sent: int) -> bytes:
        rule = self.flip
        if rule is None or not sent <= rule.offset < sent + len(piece):
            return piece
        rule.fired += 1
        changed = bytearray(piece)
        changed[rule.offset - sent] ^= rule.mask
        return bytes(changed)


async def arrived(sink: asyncio.StreamWriter) -> None:
    """A reset throws away what the kernel has not delivered: the peer must have got all, unless it reads nothing."""
    await sink.drain()
    left = array.array("i", [1])
    deadline = time.monotonic() + DELIVERY_SECONDS
    while left[0] and time.monotonic() < deadline:
        fcntl.ioctl(sink.get_extra_info("socket").fileno(), termios.TIOCOUTQ, left)
        await asyncio.sleep(0.001)


async def write(sink: asyncio.StreamWriter, data: bytes) -> None:
    try:
        sink.write(data)
        await sink.drain()
    except ConnectionError as error:
        raise SinkGone from error
