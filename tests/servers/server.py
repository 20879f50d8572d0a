"""A server that tests start: on 127.0.0.1 with free ports, over a folder, ended by its process id.

FOLDER/env (how to reach it), FOLDER/pid, FOLDER/log, and FOLDER/data, which outlives a stop: start() serves it again.
"""

import ctypes
import os
import secrets
import select
import shlex
import signal
import socket
import subprocess
import time
from http.client import HTTPException
from pathlib import Path

from servers import tls
from servers.s3client import S3Client, S3Error

BUCKET = "haul-test"
READY_SECONDS = 60
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


class ServerError(Exception):
    pass


class Server:
    """What one kind of server says of itself: name, how many ports, the command, and what it needs in its environment."""

    name = ""
    port_count = 1
    ends_by = signal.SIGTERM

    def __init__(self, folder: Path | str, secure: bool = False, options: tuple[str, ...] = ()):
        """`secure`: over TLS, with a CA made for it. `options`: more words for the server's command line."""
        self.folder = Path(folder).resolve()
        self.secure = secure
        self.options = list(options)
        self.data = self.folder / "data"
        self.ports: list[int] = []
        self.access, self.secret = "AK" + secrets.token_hex(8).upper(), secrets.token_hex(20)
        self.child: subprocess.Popen | None = None

    @classmethod
    def installed(cls) -> Path:
        """The program's folder; installs it if it is not there."""
        raise NotImplementedError

    def command(self) -> list:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    @property
    def endpoint(self) -> str:
        return f"{'https' if self.secure else 'http'}://127.0.0.1:{self.ports[0]}"

    @property
    def env(self) -> dict[str, str]:
        """For a program that is to use the server, beside its own environment."""
        said = {"AWS_ENDPOINT_URL": self.endpoint, "AWS_ACCESS_KEY_ID": self.access, "AWS_SECRET_ACCESS_KEY": self.secret,
                "AWS_REGION": "us-east-1", "HAUL_TEST_BUCKET": BUCKET}
        return {**said, "AWS_CA_BUNDLE": str(self.folder / "ca.pem")} if self.secure else said

    def client(self, bucket: str = BUCKET) -> S3Client:
        return S3Client(self.env, bucket)

    def start(self) -> "Server":
        """Returns when the server has answered a signed request. A second start keeps ports, keys and data.

        The server dies with the thread that starts it, so that a killed test run leaves nothing behind.
        """
        self.installed()
        self.data.mkdir(parents=True, exist_ok=True)
        if self.secure:
            tls.make(self.folder)
        known = bool(self.ports)
        for left in reversed(range(3)):
            if not known:
                self.ports = free_ports(self.port_count)
            self.launch()
            try:
                self.wait_until_ready()
                break
            except ServerError:
                self.stop()
                # Another program may have taken a port between our look and the server's bind.
                if known or left == 0 or "in use" not in self.log_tail():
                    raise
        write_private(self.folder / "env", "".join(f"{k}={shlex.quote(v)}\n" for k, v in self.env.items()))
        return self

    def launch(self) -> None:
        parent = os.getpid()

        def die_with_parent() -> None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        with open(self.folder / "log", "ab") as log:
            self.child = subprocess.Popen(
                [str(word) for word in [*self.command(), *self.options]], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, preexec_fn=die_with_parent,
                env={**os.environ, "HOME": str(self.folder), **self.environment()})
        write_private(self.folder / "pid", f"{self.child.pid}\n")

    def probe(self) -> None:
        """The server is ready when the bucket for tests is there."""
        self.client().make_bucket()

    def wait_until_ready(self) -> None:
        deadline, last = time.monotonic() + READY_SECONDS, None
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                raise ServerError(f"{self.name} ended with {self.child.returncode}:\n{self.log_tail()}")
            try:
                self.probe()
                return
            except (OSError, HTTPException, S3Error) as error:
                last = error
            time.sleep(0.02)
        raise ServerError(f"{self.name} does not answer: {last!r}\n{self.log_tail()}")

    def log_tail(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    @property
    def alive(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def clear(self) -> None:
        """Removes what the server left outside of its folder."""

    def stop(self, how: int | None = None) -> None:
        """The process is gone when this returns. Killed if it does not end by itself within seconds."""
        if self.child is None:
            return
        self.child.send_signal(how or self.ends_by)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child = None
        self.clear()
        (self.folder / "pid").unlink(missing_ok=True)

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_) -> None:
        self.stop()


def end_process(pid: int, seconds: float = 10) -> None:
    """For a process that is not our child: returns when it is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for how in (signal.SIGTERM, signal.SIGKILL):
            signal.pidfd_send_signal(handle, how)
            if select.select([handle], [], [], seconds)[0]:
                return
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def free_ports(count: int) -> list[int]:
    """Below the range that the kernel gives to outgoing connections, which come and go by the thousand in our tests."""
    held: list[socket.socket] = []
    try:
        while len(held) < count:
            one = socket.socket()
            try:
                one.bind(("127.0.0.1", 12_000 + secrets.randbelow(20_000)))
                held.append(one)
            except OSError:
                one.close()
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def write_private(path: Path, text: str) -> None:
    """Whole or not at all: somebody may wait for the file."""
    new = path.with_name(path.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    new.rename(path)
