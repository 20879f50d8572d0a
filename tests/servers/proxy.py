"""The proxy that disturbs, in front of any of the servers (plain HTTP). Rules: proxy_server/rules.py."""

from __future__ import annotations

import json
import shlex
import socket
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from servers.server import Server

MAIN = Path(__file__).parent / "proxy_server" / "main.py"


class Proxy(Server):
    """`env` is the upstream's, through the proxy: requests are signed for the proxy's host, which the server sees in Host."""

    name = "proxy"
    port_count = 2

    def __init__(self, folder: Path | str, upstream: dict[str, str], options: tuple[str, ...] = ()):
        """`upstream`: the env of a server. `options`: --rules=FILE, --latency-ms=MS."""
        super().__init__(folder, False, options)
        self.upstream = upstream

    @classmethod
    def installed(cls) -> Path:
        return MAIN.parent

    def command(self) -> list:
        return ["/usr/bin/python3", "-B", MAIN, *self.ports, urlsplit(self.upstream["AWS_ENDPOINT_URL"]).netloc]

    @property
    def env(self) -> dict[str, str]:
        return {**self.upstream, "AWS_ENDPOINT_URL": self.endpoint, "HAUL_TEST_PROXY": f"http://127.0.0.1:{self.ports[1]}"}

    def probe(self) -> None:
        # The port of clients is opened behind that of control.
        self.counts()
        socket.create_connection(("127.0.0.1", self.ports[0]), 10).close()

    def counts(self) -> dict[str, int]:
        """requests, connections, open (of these), bytes_up, bytes_down (with heads)."""
        return self.ask("GET", "/counts")

    def fired(self) -> dict[str, int]:
        return self.ask("GET", "/fired")

    def plan(self, *rules: dict) -> None:
        """In place of the rules so far; counts of rules begin anew."""
        self.ask("PUT", "/rules", list(rules))

    def ask(self, method: str, path: str, said: object = None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports[1]}{path}", method=method,
                                         data=None if said is None else json.dumps(said).encode())
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from error


def environment_in(folder: Path) -> dict[str, str]:
    """What a server of that folder wrote into its env."""
    lines = (folder / "env").read_text().splitlines()
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in lines)}
