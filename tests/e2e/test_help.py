"""--help shows what a command does, every option, and examples that parse."""

import re
import shlex

import pytest
from harness import make

COMMANDS = ["pack", "unpack", "verify", "estimate", "ls", "cat", "jobs", "status", "resume", "cancel", "forget", "doctor"]


def test_the_program_names_its_commands(haul):
    text = haul.run("--help", code=0).out
    assert [command for command in COMMANDS if not re.search(rf"^\s+{command}\b", text, re.MULTILINE)] == []


def test_version(haul):
    assert re.search(r"\d+\.\d+\.\d+", haul.run("--version", code=0).out)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(haul, command):
    text = haul.run(command, "--help", code=0).out
    assert re.search(r"(?i)^examples?:?", text, re.MULTILINE), text
    assert f"haul {command}" in text


@pytest.mark.parametrize("command", ["pack", "unpack", "verify", "estimate", "ls"])
def test_examples_parse(haul, space, command):
    """Run in a folder where nothing that they name exists: anything but a usage error will do."""
    make.file(space / "here" / "files.txt", b"a\n")
    text = haul.run(command, "--help", code=0).out
    examples = re.findall(rf"^\s*(?:\$ )?(?:\./)?haul ({command} .*)$", text, re.MULTILINE)
    assert examples
    for example in examples:
        words = shlex.split(re.split(r" [|>] ", example)[0], comments=True)
        if any(w.startswith(("s3:", "rclone:", "http")) for w in words):
            continue
        words = [str(space / "here" / w.lstrip("/")) if w.startswith("/") else w for w in words]
        finished = haul.run(*words, cwd=space / "here")
        assert finished.code in (0, 3, 4, 5), f"{example}: {finished}"
