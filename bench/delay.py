"""The long line of bench/delay.cc in front of a server."""

import subprocess
from urllib.parse import urlsplit

import peers


class Delay:
    """`env` is the server's, through the line, which lives until stop() or the end of this program."""

    def __init__(self, upstream: dict[str, str], milliseconds: float):
        port = urlsplit(upstream["AWS_ENDPOINT_URL"]).port
        self.child = subprocess.Popen([peers.DELAY, str(port), f"{milliseconds:g}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.env = {**upstream, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{int(self.child.stdout.readline())}"}

    def stop(self) -> None:
        self.child.stdin.close()
        self.child.wait(10)
