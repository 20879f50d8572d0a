"""Everything that the program writes, kept for a search: streams, state folder, argument lists, answers of the control socket."""

import base64
import json
import os
import socket
import subprocess
import threading
from pathlib import Path
from urllib.parse import quote

from harness.program import Finished, Haul, wait
from servers.s3client import S3Client

ZSTD = b"\x28\xb5\x2f\xfd"


class Written:
    """`pieces`: where it was found -> what was written there."""

    def __init__(self, haul: Haul):
        self.haul = haul
        self.pieces: list[tuple[str, bytes]] = []
        self.commands: set[bytes] = set()
        self.runs = 0

    def run(self, *arguments, env: dict | None = None, code: int | None = 0) -> Finished:
        child = self.haul.start(*arguments, env=env)
        over = threading.Event()
        watch = threading.Thread(target=self.watch_commands, args=(child.pid, b"".join(word.encode() + b"\0" for word in child.args), over))
        watch.start()
        try:
            finished = wait(child, 100)
        finally:
            over.set()
            watch.join()
        self.runs += 1
        name = f"run {self.runs}, {arguments[0]}"
        self.add(f"{name}: stdout", finished.out.encode())
        self.add(f"{name}: stderr", finished.err.encode())
        self.take_folder(name, self.haul.state_home)
        assert code is None or finished.code == code, f"{arguments} should end with {code}: {finished}"
        return finished

    def watch_commands(self, root: int, given: bytes, over: threading.Event) -> None:
        """Of the program and of all that it starts. What the test itself gave it is none of its doing."""
        while True:
            for pid in descendants(root):
                try:
                    line = Path(f"/proc/{pid}/cmdline").read_bytes()
                    if line != given:
                        self.commands.add(line)
                except OSError:
                    pass
            if over.wait(0.01):
                return

    def add(self, where: str, data: bytes) -> None:
        self.pieces.append((where, data))
        # Lists and manifests: what is in them counts.
        for number, start in enumerate(starts_of(data)):
            self.pieces.append((f"{where}, frame {number}", subprocess.run(["zstd", "-dc"], input=data[start:], capture_output=True,
                                                                           check=False).stdout))

    def take_folder(self, name: str, folder: Path) -> None:
        for path in sorted(folder.rglob("*")):
            where = f"{name}: {path.relative_to(folder)}"
            self.add(where, os.fsencode(path.name))
            if path.is_file():
                self.add(where, path.read_bytes())

    def take_bucket(self, name: str, client: S3Client) -> None:
        for key in client.list():
            self.add(f"{name}: object {key}", str(client.head(key)).encode() + client.get(key))

    def ask(self, job: Path, request: dict) -> dict:
        """The control socket of a job at work, by a short path to its folder."""
        folder = os.open(job, os.O_RDONLY)
        try:
            with socket.socket(socket.AF_UNIX) as control:
                control.settimeout(10)
                control.connect(f"/proc/self/fd/{folder}/control")
                control.sendall(json.dumps(request).encode() + b"\n")
                said = b"".join(iter(lambda: control.recv(65536), b""))
        finally:
            os.close(folder)
        self.add(f"control socket asked for {request}", said)
        return json.loads(said)

    def findings(self, secrets: dict[str, str]) -> list[str]:
        forms = [(name, form) for name, secret in secrets.items() for form in forms_of(secret)]
        everything = [*self.pieces, *((f"argument list {line!r}", line) for line in sorted(self.commands))]
        return [f"{name} as {form!r} in {where}" for where, data in everything for name, form in forms if form in data]


def forms_of(secret: str) -> set[bytes]:
    data = secret.encode()
    return {data, quote(secret, safe="").encode(), base64.b64encode(data).rstrip(b"="), json.dumps(secret)[1:-1].encode(),
            data.hex().encode()}


def starts_of(data: bytes) -> list[int]:
    found, start = [], data.find(ZSTD)
    while start >= 0:
        found.append(start)
        start = data.find(ZSTD, start + 1)
    return found


def descendants(root: int) -> list[int]:
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                found += [int(word) for word in (task / "children").read_text().split()]
            except OSError:
                pass
    return found
