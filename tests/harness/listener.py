"""The program with haul-speech beside it, and models built once a machine."""

import json
import os
import subprocess
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


class Listener(Haul):
    """Haul as it was built, not a copy: haul-speech is found beside it."""

    def __init__(self, space: Path, folder_of_models: Path):
        super().__init__(HAUL, space)
        self.models = folder_of_models

    def heard(self, *arguments, code: int = 0, **how) -> list[dict]:
        """A line for each file, each as docs/schemas/heard.json has it."""
        finished = self.run("listen", "--json", "--models", self.models, *arguments, code=code, **how)
        lines = [json.loads(line) for line in finished.out.splitlines()]
        for line in lines:
            schemas.assert_fits(line, "heard.json")
        return lines


def ffmpeg(*words) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *map(str, words)], check=True, stdin=subprocess.DEVNULL)
