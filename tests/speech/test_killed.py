"""The decoder killed at random moments, as the kernel does it where memory is short: every file is answered, nothing is left behind."""

import fcntl
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from decoding import wait_for, waits_in_write
from harness.listener import Listener, lines_of

SEED = 31
STAMPS, PROMPTS = Path("/usr/share/tuxpaint/stamps"), Path("/usr/share/asterisk/sounds/en_US_f_Allison")
PIPE = 4096   # bytes: a few lines, so that the program soon stands where nobody reads them
REST = 16     # files before the first kill, and after the last: more than lines fit into the pipe and a reader's buffer
PAUSE = 0.01  # seconds, at most, between a line and the kill that it announces: a file takes about as long


class Disturbed:
    """haul listen over the files. Its lines are read as they come while `reading` is set."""

    def __init__(self, listens: Listener, files: list[Path]):
        self.process = listens.start("listen", "--json", "--models", listens.models, *files, stderr=None)
        fcntl.fcntl(self.process.stdout, fcntl.F_SETPIPE_SZ, PIPE)
        self.lines: list[bytes] = []
        self.reading = threading.Event()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self) -> None:
        while True:
            self.reading.wait()
            line = self.process.stdout.readline()
            if not line:
                return
            self.lines.append(line)

    def at_rest(self) -> dict[str, int]:
        """Where it waits for who reads its lines, between two files: descriptors, children, and of these such that are dead."""
        self.reading.clear()
        wait_for(lambda: waits_in_write(self.process.pid), "it waits for who reads its lines")
        children = self.children()
        return {"descriptors": len(os.listdir(f"/proc/{self.process.pid}/fd")), "children": len(children),
                "zombies": sum(is_dead(one) for one in children)}

    def children(self) -> list[int]:
        return [int(pid) for path in Path(f"/proc/{self.process.pid}/task").glob("*/children") for pid in path.read_text().split()]

    def kill_decoder(self) -> bool:
        """Whether it was at a file."""
        while True:
            for pid in self.children():
                try:
                    held = os.pidfd_open(pid)  # no other process can be meant, even if it ends now
                except ProcessLookupError:
                    continue  # the one that was killed before this
                try:
                    if pid in self.children() and not is_dead(pid):
                        at_work = len(os.listdir(f"/proc/{pid}/fd")) == 5
                        signal.pidfd_send_signal(held, signal.SIGKILL)
                        return at_work
                except (FileNotFoundError, ProcessLookupError):
                    pass  # that one too, waited for by now
                finally:
                    os.close(held)
            assert self.process.poll() is None, "it ended while its decoder was to be killed"

    def end(self) -> int:
        self.reading.set()
        code = self.process.wait(120)
        self.reader.join()
        return code


def is_dead(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"


@pytest.fixture(scope="module")
def files(full) -> list[Path]:
    """Words and sentences: half a second to some."""
    dice = random.Random(SEED)
    found = dice.sample(sorted(STAMPS.rglob("*_desc_*.ogg")), 200 if full else 40) \
        + dice.sample(sorted(PROMPTS.glob("*.wav")), 200 if full else 8)
    dice.shuffle(found)
    return found


def test_decoder_killed_at_random(listens, files, full):
    undisturbed = listens.watched(files).lines
    dice, kills = random.Random(SEED), 100 if full else 6
    run = Disturbed(listens, files)
    before = run.at_rest()
    assert before["children"] == 1 and before["zombies"] == 0
    run.reading.set()
    at_work = 0
    moments = sorted(dice.sample(range(REST, len(files) - REST), kills))
    for moment in moments:
        wait_for(lambda moment=moment: len(run.lines) >= moment, f"{moment} files are answered")
        time.sleep(dice.uniform(0, PAUSE))
        at_work += run.kill_decoder()
    wait_for(lambda: len(run.lines) >= moments[-1] + 6, "files after the last kill are answered")
    assert run.at_rest() == before
    code = run.end()
    lines = lines_of(b"".join(run.lines).decode())
    assert [line["path"] for line in lines] == [*map(str, files)]
    other = [line for line, good in zip(lines, undisturbed) if line != good]
    print(f"{kills} kills, {at_work} of them of a decoder at a file; {len(other)} files could not be decoded")
    for line in other:
        assert "was ended by signal 9" in line["error"]["message"], line
    assert len(other) <= kills // 2  # each was tried twice
    assert code == (3 if any("error" in line for line in lines) else 0)
    assert not full or at_work >= kills // 10
