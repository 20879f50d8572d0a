"""The program under test, run as a user would, each test with a state folder of its own."""

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]


@dataclass
class Finished:
    code: int
    out: str
    err: str
    seconds: float

    def events(self) -> list[dict]:
        """With --json: every line of standard output must be one object."""
        return [json.loads(line) for line in self.out.splitlines()]

    def __str__(self) -> str:
        return f"exit {self.code}\nstdout: {self.out[-3000:]}\nstderr: {self.err[-3000:]}"


class Haul:
    def __init__(self, binary: Path, space: Path, always: dict | None = None):
        """`always`: environment variables of every run."""
        self.binary = binary
        self.always = always or {}
        self.space = space
        self.state_home = space / "state-home"
        self.children: list[subprocess.Popen] = []

    @property
    def state(self) -> Path:
        return self.state_home / "haul"

    def command(self, arguments: tuple, before: list | None) -> list[str]:
        return [os.fsdecode(word) if isinstance(word, bytes) else str(word)
                for word in [*(before or []), self.binary, *arguments]]

    def environment(self, extra: dict | None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HAUL_") and k != "XDG_STATE_HOME"}
        return {**kept, "XDG_STATE_HOME": str(self.state_home), "TZ": "UTC",
                **{k: str(v) for k, v in {**self.always, **(extra or {})}.items()}}

    def start(self, *arguments, before: list | None = None, env: dict | None = None, **popen) -> subprocess.Popen:
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **popen}
        child = subprocess.Popen(self.command(arguments, before), env=self.environment(env), **options)
        self.children = [one for one in self.children if one.poll() is None] + [child]
        return child

    def end(self) -> None:
        """A test that failed may have left a stopped process behind."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
                child.wait()

    def run(self, *arguments, before: list | None = None, env: dict | None = None, limit: float = 120,
            code: int | None = None, cwd: Path | None = None) -> Finished:
        """`code`: what it must end with. Negative codes are signals, as in subprocess."""
        began = time.monotonic()
        child = self.start(*arguments, before=before, env=env, cwd=cwd)
        finished = wait(child, limit, began)
        assert code is None or finished.code == code, f"{arguments} should end with {code}: {finished}"
        return finished

    def killed_at(self, point: str, *arguments, nth: int = 1, env: dict | None = None, code: int | None = None) -> Finished:
        return self.run(*arguments, env={**(env or {}), "HAUL_FAULT": f"kill:{point}:{nth}"}, code=code)


def wait(child: subprocess.Popen, limit: float = 60, began: float | None = None) -> Finished:
    began = time.monotonic() if began is None else began
    try:
        out, err = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        out, err = child.communicate()
        raise AssertionError(f"{child.args} still ran after {limit} s; stderr: {err[-2000:]!r}") from None
    out, err = out or b"", err or b""  # None where the test has them go elsewhere
    return Finished(child.returncode, out.decode(errors="replace"), err.decode(errors="replace"), time.monotonic() - began)


def wait_until_stopped(child: subprocess.Popen, limit: float = 30) -> None:
    """Until the process has stopped itself (HAUL_FAULT=stop:NAME)."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if process_state(child.pid) == "T":
            return
        if child.poll() is not None:
            raise AssertionError(f"it ended before it stopped: {wait(child)}")
        time.sleep(0.005)
    child.kill()
    raise AssertionError(f"it did not stop: {wait(child)}")


def interrupt_at(runner: Haul, point: str, *arguments, env: dict | None = None,
                 signals: tuple = (signal.SIGINT,), on: str = "stderr") -> subprocess.Popen:
    """A running process that has taken a Ctrl+C while it was held at the point, and was then let go. What it wrote on the
    stream `on` is in the file "said".

    Held, not stopped: a stopped process would be woken together with the thread that takes the signal, and could be done first.
    """
    held, said = runner.space / "held", runner.space / "said"
    held.unlink(missing_ok=True)
    faults = ",".join(filter(None, [f"hold:{point}", (env or {}).get("HAUL_FAULT")]))
    with open(said, "wb") as screen:
        child = runner.start(*arguments, env={**(env or {}), "HAUL_FAULT": faults, "HAUL_FAULT_HOLD": held}, **{on: screen})
    wait_for(held.exists, child)
    for number in signals:
        child.send_signal(number)
        wait_for(lambda: "finishing what is at work" in said.read_text(), child)
    held.unlink()
    return child


def wait_for(condition, child: subprocess.Popen, limit: float = 30, ended: bool = False) -> None:
    """`ended`: the child may end while it is waited for."""
    deadline = time.monotonic() + limit
    while not condition():
        assert ended or child.poll() is None, f"it ended too early: {wait(child)}"
        assert time.monotonic() < deadline, f"waited in vain for {child.args}"
        time.sleep(0.005)


def process_state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
