"""The program with haul-speech beside it, and models built once a machine."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from harness import schemas
from harness.program import Haul
from servers import install

ROOT = Path(__file__).resolve().parents[2]
HAUL = Path(os.environ.get("HAUL_BINARY", ROOT / "build" / "check" / "bin" / "haul"))


def models() -> Path:
    """The one that finds speech: 11 MB over the network."""
    def build(folder: Path) -> None:
        install.run([HAUL, "models", "build", "activity", "--models", folder])
    return install.once("model-of-activity", "silero-6.2.3", build)


def all_models() -> Path:
    """All that are ours, the first time 280 MB over the network."""
    builders = sorted((ROOT / "src" / "speech" / "models" / "build").iterdir())
    recipe = hashlib.sha256(b"".join(path.read_bytes() for path in builders if path.is_file())).hexdigest()

    def build(folder: Path) -> None:
        shutil.copytree(models(), folder, dirs_exist_ok=True)
        install.run([HAUL, "models", "build", "--models", folder])
    return install.once("models-of-speech", recipe[:12], build)


@dataclass
class Watched:
    lines: list[dict]  # one a file
    code: int
    peak: int          # bytes that the largest of its processes held at once, decoders included

    def why(self, number: int = 0) -> str:
        """What was wrong with a file; empty: nothing."""
        return self.lines[number].get("error", {}).get("message", "")


class Listener(Haul):
    """Haul as it was built, not a copy: haul-speech is found beside it."""

    def __init__(self, space: Path, folder_of_models: Path):
        super().__init__(HAUL, space)
        self.models = folder_of_models

    def heard(self, *arguments, code: int = 0, **how) -> list[dict]:
        """A line for each file, each as docs/schemas/heard.json has it."""
        return lines_of(self.run("listen", "--json", "--models", self.models, *arguments, code=code, **how).out)

    def watched(self, files: list, *words, before: list | None = None, limit: float = 120) -> Watched:
        """The same, and how much memory it took. It must answer each file, in their order, and not be ended by a signal."""
        said = self.space / "said.jsonl"
        with open(said, "wb") as out:
            process = self.start("listen", "--json", "--models", self.models, *words, *files, before=before, stdout=out, stderr=None)
        deadline = time.monotonic() + limit
        while True:
            # Of a process and of all that it waited for, so of decoders that were replaced, too.
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            assert time.monotonic() < deadline, f"it still ran after {limit} s, and had said {said.read_text()[-1000:]}"
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        lines = lines_of(said.read_text())
        assert [line["path"] for line in lines] == [*map(str, files)]
        assert process.returncode == (3 if any("error" in line for line in lines) else 0)
        return Watched(lines, process.returncode, usage.ru_maxrss << 10)


def lines_of(out: str) -> list[dict]:
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        schemas.assert_fits(line, "heard.json")
    return lines


def ffmpeg(*words) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, words)], check=True, stdin=subprocess.DEVNULL)
