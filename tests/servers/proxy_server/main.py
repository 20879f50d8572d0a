"""The proxy's process."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

# pylint: disable=wrong-import-position
from servers.proxy_server import control  # noqa: E402
from servers.proxy_server.connection import LIMIT, Connection, Shared  # noqa: E402
from servers.proxy_server.rules import RuleError  # noqa: E402

HELD = 128 << 10  # bytes of one client's bodies


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="proxy")
    parser.add_argument("port", type=int)
    parser.add_argument("control_port", type=int)
    parser.add_argument("upstream", help="HOST:PORT")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="a JSON list, see rules.py")
    parser.add_argument("--latency-ms", type=float, metavar="MS", help="before each request")
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    host, _, port = options.upstream.rpartition(":")
    shared = Shared((host, int(port)))
    rules = json.loads(options.rules.read_text()) if options.rules else []
    if options.latency_ms:
        rules.append({"action": "latency", "ms": options.latency_ms})
    shared.rules.replace(rules)

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Connection(shared, reader, writer).serve()

    await asyncio.start_server(partial(control.serve, shared), "127.0.0.1", options.control_port, limit=LIMIT)
    await asyncio.start_server(client, sock=small_buffered("127.0.0.1", options.port), limit=HELD, backlog=1024)
    await ended()


def small_buffered(host: str, port: int) -> socket.socket:
    """What is acknowledged here has moved, for who sends: a throttled body must not lie here whole, megabytes ahead of its pace."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD)
    listening.bind((host, port))
    return listening


async def ended() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


if __name__ == "__main__":
    try:
        asyncio.run(run(parsed()))
    except RuleError as wrong:
        sys.exit(f"proxy: {wrong}")
