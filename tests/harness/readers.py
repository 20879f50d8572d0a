"""Programs of others that read a corpus, in virtual environments of their own: installed once a machine.

As a program it installs them: readers.py [full].
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
HERE = TESTS / "readers"
sys.path.insert(0, str(TESTS))

from servers import install  # noqa: E402  pylint: disable=wrong-import-position

PLAIN, WITH_TORCH = HERE / "readers.txt", HERE / "readers_with_torch.txt"


def python(pins: Path) -> Path:
    """The Python that has what the file pins."""
    def build(folder: Path) -> None:
        install.run(["/usr/bin/python3", "-m", "venv", folder], limit=300)
        # Programs in a virtual environment name the place where it was made; it is asked for as a module, and from there only.
        install.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "-r", pins],
                    {"PIP_ROOT_USER_ACTION": "ignore"}, limit=3000)
    version = hashlib.sha256(pins.read_bytes()).hexdigest()[:16]
    return install.once(pins.stem.replace("_", "-"), version, build) / "bin" / "python"


def ask(pins: Path, question: str, *words, space: Path) -> dict:
    """What read_views.py answers."""
    # Nothing is asked of the network, and what they cache goes with the test.
    env = {**os.environ, "HF_HOME": str(space / "hf"), "HF_HUB_OFFLINE": "1", "HOME": str(space), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([python(pins), HERE / "read_views.py", question, *map(str, words)], env=env, cwd=space, capture_output=True,
                          text=True, timeout=280, check=False)
    assert done.returncode == 0, f"{question} ended with {done.returncode}: {done.stderr[-3000:]}"
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    for one in [PLAIN] + ([WITH_TORCH] if "full" in sys.argv[1:] else []):
        python(one)
