"""Runs speech_decode_tool and reads what it says."""

import json
import subprocess
import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path


# Numbers of system calls on x86-64.
WRITE, SENDMSG = 1, 46


@dataclass
class Heard:
    files: list[dict]                         # one a path, in order
    run: dict                                 # what the tool says of itself at the end
    samples: array = field(default_factory=lambda: array("f"))  # where they were asked for

    def why(self, number: int = 0) -> str:
        """Of an error or a cut; empty: none."""
        one = self.files[number]
        return one.get("error", one.get("cut", {})).get("message", "")


class Tool:
    def __init__(self, program: Path):
        self.program = program

    def decode(self, paths: list, *words, before: tuple = (), limit: float = 120) -> Heard:
        command = [*map(str, before), self.program, *map(str, words), "-"]
        done = subprocess.run(command, input="\n".join(map(str, paths)), capture_output=True, text=True, timeout=limit, check=False)
        assert done.returncode == 0, f"it ended with {done.returncode}: {done.stderr[-2000:]}"
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [line.get("path") for line in lines] == [*map(str, paths), None]
        return Heard(lines[:-1], lines[-1])

    def samples(self, path: Path, space: Path) -> Heard:
        heard = self.decode([path], "--raw", space / "raw")
        heard.samples.frombytes((space / "raw").read_bytes())
        return heard

    def start(self, *words) -> subprocess.Popen:
        return subprocess.Popen([self.program, *map(str, words)], stdout=subprocess.DEVNULL)


def child_of(process: subprocess.Popen, limit: float = 20) -> int:
    """Its decoder, once it is confined."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            if "Seccomp:\t2" in Path(f"/proc/{pid}/status").read_text():
                return int(pid)
        time.sleep(0.01)
    raise AssertionError("it has no confined child")


def call_of(pid: int) -> int:
    """The number of the system call that it waits in."""
    word = Path(f"/proc/{pid}/syscall").read_text().split()[0]
    return -1 if word == "running" else int(word)


def waits_in_write(pid: int) -> bool:
    return call_of(pid) == WRITE


def wait_for(condition, what: str, limit: float = 20) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, f"not within {limit} s: {what}"
        time.sleep(0.01)
