"""What README.md shows is what happens: the tour word for word but for numbers, and each command of the five minutes."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from harness import make, trees
from harness.s3 import versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import

ROOT = Path(__file__).resolve().parents[2]
STAMPS = "/usr/share/tuxpaint/stamps"


def part_of_page(title: str) -> str:
    return (ROOT / "README.md").read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def tour() -> list[tuple[str, list[str]]]:
    """Each command with the lines that it shows."""
    block = part_of_page("A tour").split("```")[1]
    steps = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(step.splitlines()[0], step.splitlines()[1:]) for step in steps]


def shape(line: str) -> list[str]:
    """Numbers and units aside, and however the columns are wide."""
    return re.sub(r"\d[\d,.:]*( ?[KMGT]?i?B)?", "N", line).replace("1 part", "N parts").split()


@pytest.fixture
def place(haul, space):
    """A folder in which ./haul is the program, and paths that begin with / lie beneath it."""
    shutil.copy2(haul.binary, space / "haul")
    (space / "data").mkdir()
    return space


def beneath(place, text: str) -> str:
    return re.sub(r"(?<![\w/])/(backup|data)\b", rf"{place}/\1", text)


def run(haul, place, command: str) -> str:
    done = subprocess.run(["bash", "-euc", beneath(place, command)], cwd=place, env=haul.environment(None), capture_output=True,
                          text=True, errors="replace", timeout=300)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout.replace(str(place), "")


def test_the_tour(haul, place):
    steps = tour()
    assert len(steps) == 7 and all("haul" in command or command.startswith("ls ") for command, _ in steps)
    for command, shown in steps:
        printed = run(haul, place, command).splitlines()
        if command.startswith("ls "):
            printed = [" ".join(printed)]  # on a terminal they stand beside each other
        assert [shape(line) for line in printed] == [shape(line) for line in shown], f"{command}:\n" + "\n".join(printed)
    assert (place / "one.ogg").read_bytes() == Path(STAMPS, "symbols/math/1_nl.ogg").read_bytes()
    trees.assert_same(trees.record(place / "data" / "restored"), trees.record(STAMPS))


def test_the_numbers_of_the_tour_agree_with_one_another():
    counts = {number for command, shown in tour() for line in shown for number in re.findall(r"([\d,]+) (?:files|members)", line)}
    assert len(counts) == 1, counts


def test_the_commands_of_five_minutes(haul, place):
    photos = make.files(place / "data" / "photos", 30)
    text = part_of_page("In five minutes")
    commands = re.findall(r"`(\./haul [^`]+)`", text)
    named = {shlex.split(command)[1] for command in commands}
    assert {"pack", "estimate", "jobs", "status", "resume", "cancel", "verify", "unpack", "cat"} <= named
    words = {"SET": "/backup/photos", "PATH": "'folder 1/file-00001.bin'", "SOURCE": "/data/photos", "DEST": "/backup"}
    for command in commands:
        if re.search(r"\bID\b", command):
            words["ID"] = json.loads(haul.run("jobs", "--json", code=0).out.splitlines()[0])["id"]
        if command == "./haul estimate":
            command += " SOURCE DEST"
        run(haul, place, re.sub(r"\b(SET|PATH|SOURCE|DEST|ID)\b", lambda match: words[match[0]], command))
    trees.assert_same(trees.record(place / "data" / "restored"), trees.record(photos))


def test_the_options_of_five_minutes(haul, place):
    """Each is an option of the command that its paragraph is about."""
    make.files(place / "data" / "photos", 10)
    run(haul, place, "./haul pack /data/photos /backup")
    base = {"Pack": "./haul pack /data/photos /another", "Verify": "./haul verify /backup/photos", "Watch": "./haul pack /data/photos /backup"}
    tried = 0
    for title, text in re.findall(r"^\*\*(\w+)\.\*\* (.*?)(?=\n\n)", part_of_page("In five minutes"), re.MULTILINE | re.DOTALL):
        for option in re.findall(r"`(--[^`]+)`", text):
            command = base[title].replace("/another", f"/backup/{tried}")
            run(haul, place, f"{command} {option}{' 20GB' if option == '--part-size' else ''}")
            tried += 1
    assert tried >= 7


def test_the_command_of_s3(haul, place, versitygw_client):
    """As it stands there, but for whose bucket and service it is."""
    make.files(place / "data" / "photos", 10)
    keys = {name: versitygw_client.env[name] for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]}
    haul.always |= {"HOME": str(place), **keys}
    shown, = re.findall(r"^    (\./haul pack .+)$", part_of_page("S3"), re.MULTILINE)
    command = shown.replace("s3://backup/", f"s3://{versitygw_client.bucket}/").replace(
        "endpoint=https://s3.example.net&region=eu-west-1", f"endpoint={versitygw_client.env['AWS_ENDPOINT_URL']}&region=us-east-1")
    assert "Every byte is proven to be there." in run(haul, place, command)
    assert "sets/photos/haul-00001.json" in versitygw_client.list()


@pytest.mark.parametrize("line", ["    ./haul pack SOURCE DEST", "    ./check "])
def test_the_two_commands_at_the_top_are_there(line):
    assert line in (ROOT / "README.md").read_text()
    program = ROOT / line.split()[0]
    assert program.is_file() and program.stat().st_mode & 0o111


def test_links_lead_somewhere():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
