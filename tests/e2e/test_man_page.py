"""docs/haul.1: sound to man, and it names whatever --help does."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "haul.1"


@pytest.fixture(scope="module")
def text() -> str:
    """The page as it is read, or its source where there is no groff."""
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-c", PAGE], capture_output=True, check=True, timeout=60)
        assert done.stderr == b"", done.stderr.decode()
        return re.sub(r".\x08", "", done.stdout.decode())
    return re.sub(r"\\f[A-Z]", "", PAGE.read_text().replace("\\-", "-"))


def test_man_has_nothing_to_warn_about():
    if shutil.which("man"):
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", PAGE], capture_output=True, check=True, timeout=60)
        assert done.stderr == b"", done.stderr.decode()


def test_every_command_and_option_that_help_names(haul, text):
    commands = re.findall(r"^ {2,4}([a-z]+)\s{2,}", haul.run("--help", code=0).out, re.MULTILINE)
    assert {"pack", "unpack", "verify", "completion", "version"} <= set(commands)
    for command in commands:
        assert re.search(rf"\b{command}\b", text), command
        for option in re.findall(r"(?<![\w-])(--?[a-z0-9][a-z0-9-]*)", haul.run(command, "--help", code=0).out.partition("Examples")[0]):
            assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text), f"{command} {option}"
