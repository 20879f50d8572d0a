"""The second port: GET /fired, GET /counts, GET /rules, PUT /rules."""

from __future__ import annotations

import asyncio
import json

from servers.proxy_server.connection import Shared
from servers.proxy_server.message import body_of_request, pieces, read_head
from servers.proxy_server.rules import RuleError


async def serve(shared: Shared, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request a connection."""
    try:
        head = await read_head(reader)
        if head is not None:
            body = b"".join([piece async for piece in pieces(reader, head, body_of_request(head))])
            status, said = answer(shared, head.first[0], head.first[1], body)
            text = json.dumps(said).encode()
            writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
                         % (status, len(text), text))
            await writer.drain()
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


def answer(shared: Shared, method: str, path: str, body: bytes) -> tuple[int, object]:
    match method, path:
        case "GET", "/fired":
            return 200, shared.rules.fired()
        case "GET", "/counts":
            return 200, shared.counts
        case "GET", "/rules":
            return 200, [rule.said for rule in shared.rules.all]
        case "PUT", "/rules":
            try:
                shared.rules.replace(json.loads(body))
                return 200, {}
            except (RuleError, json.JSONDecodeError) as error:
                return 400, {"error": str(error)}
    return 404, {"error": f"no {method} {path}"}
