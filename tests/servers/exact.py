"""Our own byte-exact S3 server, for keys that the real ones refuse, and for peculiarities that a client must bear."""

import json
from pathlib import Path

from servers.server import Server

MAIN = Path(__file__).parent / "exact_server" / "main.py"


class Exact(Server):
    """`options`: --no-crc-in-list-parts, --no-full-object-crc[=ignore], --ignore-if-none-match, --refuse-if-none-match,
    --order=seaweed, --max-keys-cap=N, --min-part-size=BYTES, --expire-credentials-after=N,
    --expire-credentials-on=METHOD,..., --clock-skew=SECONDS. A stop by SIGTERM keeps all."""

    name = "exact"

    @classmethod
    def installed(cls) -> Path:
        return MAIN.parent

    def command(self) -> list:
        return ["/usr/bin/python3", "-B", MAIN, self.ports[0], self.folder]

    def environment(self) -> dict[str, str]:
        return {"EXACT_ACCESS_KEY": self.access, "EXACT_SECRET_KEY": self.secret}

    def requests(self) -> list[dict]:
        """What was asked so far: method, bucket, key, query, status, received and sent (bytes of bodies)."""
        return [json.loads(line) for line in (self.folder / "requests").read_text().splitlines()]
