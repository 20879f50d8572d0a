"""The display while the window changes and while it shows names of any length, width and content: in place, and never wrapped."""

import os
import re
import time

import pytest
from harness import make, zips
from harness.screen import Terminal
from harness.zips import Entry

SIZES = [(100, 30), (60, 20), (37, 8), (140, 40), (20, 5), (9, 3), (100, 30)]
LONG = "/".join(f"folder with a name of some length {level}" for level in range(40))
NAMES = {
    "long": LONG,
    "cjk": "日本語の長い名前" * 8,
    "emoji": "😀👨‍👩‍👧🏳️‍🌈👍🏽" * 5,
    "combining": "e\u0301a\u0308\u0323o\u0302\u0301" * 14 + "x" * 40,
    "control": "\x1b[2J\x1b]0;title\x07\r\n\t\x08\x9b31m\x1b[?7h\x1b[5A" * 5,
    "directions": "\u202etxt.exe\u2066\u2028\u2029" * 8,
    "not utf-8": os.fsdecode(b"\xff\xfe\xc3 caf\xe9 " * 20),
}


def start(haul, command: tuple, columns=100, lines=30, told=None, slow="put:1x100000:delay=400ms") -> Terminal:
    """Slowed down, so that there is something to see. `told`: the width that the program is told."""
    terminal = Terminal(haul.command(command, None), haul.environment({"HAUL_STORE_FAULTS": slow}), columns, lines)
    haul.children.append(terminal.child)
    if told:
        terminal.resize_pty(told, lines)
    return terminal


def block(terminal) -> list[str]:
    """From the line that the cursor rests on downwards: the workers and the total."""
    return [line.rstrip() for line in terminal.screen.display[terminal.screen.cursor.y:] if line.strip()]


def is_total(line: str) -> bool:
    return line.startswith(("pack", "publish", "unpack"))


def last_column(terminal) -> str:
    """Of the block: it stays free."""
    screen = terminal.screen
    return "".join(screen.buffer[y][screen.columns - 1].data for y in range(screen.cursor.y, screen.lines))


def draws(terminal, condition) -> bool:
    """Reads on until the screen shows it, or the program has ended."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if not terminal.read(0.02):
            return False
        if condition():
            return True
    raise AssertionError(terminal.text())


def assert_clean(terminal) -> None:
    """Nothing of the display is left, and none of it ever reached into the next line."""
    drawn = re.compile(r" ?\d+  |(pack|publish|unpack)  |.*\bETA\b|.*\d+%")
    assert [line for line in terminal.history() if drawn.match(line)] == [], terminal.text()
    assert [line for line in terminal.screen.wrapped if drawn.match(line)] == []


@pytest.fixture
def pack(space) -> tuple:
    for number in range(12):
        make.file(space / "source" / f"file-{number}", b"x" * 400_000)
    return ("pack", space / "source", space / "out", "--part-size", "600kB")


def is_picture_of(lines: list[str], columns: int) -> bool:
    """One total, below the workers; the last column is never written to."""
    return [is_total(line) for line in lines[-2:]] == [False, True] and all(len(line) < columns for line in lines)


def test_the_window_changes_while_it_is_drawn(haul, pack):
    terminal = start(haul, pack)
    seen = 0
    for columns, lines in SIZES:
        terminal.resize(columns, lines)
        if not draws(terminal, lambda: is_picture_of(block(terminal), columns)):
            break
        seen += 1
    assert seen >= 3
    terminal.resize(100, 30)
    assert terminal.finish() == 0
    assert_clean(terminal)


def test_the_window_is_narrower_than_the_program_knows(haul, pack):
    """As for a moment after each resize: lines that are too wide are cut, and not more of them than were drawn."""
    terminal = start(haul, pack, columns=40, told=120)
    draws(terminal, lambda: any(line.startswith("pack ") for line in block(terminal)))
    while terminal.read(0.05):
        assert sum(line.startswith("pack ") for line in terminal.history()) <= 1, terminal.text()
    assert terminal.finish() == 0
    assert_clean(terminal)


@pytest.fixture(params=NAMES)
def unpack(request, space) -> tuple:
    """Archives of that name are worked on, and a file of that name fails."""
    name = NAMES[request.param]
    file_name = name if request.param == "long" else f"file {name}"
    for number in range(4):
        entries = [Entry(f"{number}/{one:02}".encode(), b"x" * 100) for one in range(30)]
        entries += [Entry(os.fsencode(file_name), b"theirs")] if number == 0 else []
        path = os.fsencode(space / "zips") + b"/%d" % number + os.fsencode(name.replace("/", ""))[:240].rstrip(b"\xf0\x9f") + b".zip"
        os.makedirs(space / "zips", exist_ok=True)
        with open(path, "wb") as out:
            out.write(zips.build(entries))
    make.file(space / "back" / file_name, b"mine, and another")
    return ("unpack", space / "zips", space / "back")


@pytest.mark.parametrize("columns", [80, 33, 12])
def test_names_of_any_kind(haul, unpack, columns):
    terminal = start(haul, unpack, columns=columns, slow="write:1x100000:delay=10ms")
    workers = []
    while terminal.read(0.05):
        shown = block(terminal)
        workers += [line for line in shown if re.match(r" [12]  [0-3]", line)]
        assert len(shown) <= 3 and last_column(terminal).strip() == "", terminal.text()
    assert terminal.finish() == 3
    assert workers, "no worker was shown"
    assert terminal.screen.title == "" and not terminal.screen.cursor.hidden
    text = terminal.text()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text), text
    assert_clean(terminal)
