"""Completion scripts: bash's is used as bash uses it; those of zsh and fish are at least sound where the shells are there."""

import os
import re
import shutil
import subprocess

import pytest
from harness import make

COMPLETE = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _haul; printf "%s\\n" "${COMPREPLY[@]}"'


@pytest.fixture
def complete(haul, space):
    """What bash offers for the last of these words."""
    script = space / "haul.bash"
    script.write_text(haul.run("completion", "bash", code=0).out)
    env = {**haul.environment(None), "PATH": f"{haul.binary.parent}:{os.environ['PATH']}"}
    (space / "here").mkdir()

    def offered(*words: str) -> list[str]:
        done = subprocess.run(["bash", "-uc", COMPLETE, "bash", script, "haul", *words], env=env, cwd=space / "here",
                              capture_output=True, text=True, check=True, timeout=60)
        assert done.stderr == "", done.stderr
        return [line for line in done.stdout.splitlines() if line]
    return offered


def commands_of(haul) -> list[str]:
    text = haul.run("completion", "fish", code=0).out
    return re.findall(r"__fish_use_subcommand -f -a (\w+)", text)


def test_it_is_bash_without_a_fault(haul):
    text = haul.run("completion", "bash", code=0).out
    subprocess.run(["bash", "-euc", "source /dev/stdin; complete -p haul"], input=text, text=True, check=True, timeout=60)


def test_commands(haul, complete):
    assert set(commands_of(haul)) | {"--help", "--version"} == set(complete(""))
    assert complete("un") == ["unpack"] and sorted(complete("ve")) == ["verify", "version"]
    assert complete("nothing") == []


def test_options_are_those_of_the_command(haul, complete):
    for command in commands_of(haul):
        help_text = haul.run(command, "--help", code=0).out
        for option in complete(command, "-"):
            assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", help_text), (command, option)
    assert complete("pack", "--dig") == ["--digest"]
    assert complete("pack", "a", "b", "--part") == ["--part-size"]


@pytest.mark.parametrize("words", [["--digest", ""], ["--digest", "="], ["--digest", "=", ""]])
def test_values_of_a_choice(complete, words):
    assert complete("pack", *words) == ["xxh128", "sha256", "md5", "none"]


def test_a_choice_that_is_begun(complete):
    assert complete("pack", "--digest", "s") == ["sha256"]
    assert complete("pack", "--digest", "=", "s") == ["sha256"]
    assert complete("completion", "z") == ["zsh"]


def test_files(space, complete):
    make.file(space / "here" / "with space" / "f", b"x")
    make.file(space / "here" / "with.txt", b"x")
    assert sorted(complete("pack", "with")) == ["with space", "with.txt"]
    assert complete("pack", "--files-from", "with.") == ["with.txt"]
    assert complete("pack", "--part-size", "") == []


def test_jobs(haul, space, complete):
    assert complete("status", "") == []
    make.files(space / "source", 5)
    haul.run("pack", space / "source", space / "out", code=0)
    job, = [path.name for path in (haul.state / "jobs").iterdir()]
    for command in ("status", "resume", "cancel", "forget"):
        assert complete(command, job[:3]) == [job] and complete(command, "") == [job]
    assert complete("status", "zz") == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_their_script(haul, shell):
    text = haul.run("completion", shell, code=0).out
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text, text=True, check=True, timeout=60)
    # Quotes are balanced, and every command and option is there, also where the shell is not.
    assert all(line.replace(r"'\''", "").count("'") % 2 == 0 for line in text.splitlines()), text
    for command in commands_of(haul):
        assert re.search(rf"\b{command}\b", text)


def test_there_is_no_other(haul):
    assert "zsh" in haul.run("completion", "tcsh", code=2).err
