"""The display on a terminal: worker lines and a total while at work, no trails afterwards, whatever the window does."""

import re
import signal

import pytest
from harness import make
from harness.program import wait_until_stopped
from harness.screen import Terminal

POINT = "pack.part.before_publish"


def start(haul, space, *arguments, fault="", store_faults="", columns=80, lines=24):
    planned = {"HAUL_FAULT": fault, "HAUL_STORE_FAULTS": store_faults}
    env = haul.environment({name: value for name, value in planned.items() if value})
    return Terminal(haul.command(arguments, None), env, columns, lines)


@pytest.fixture
def source(space):
    return make.with_large_one(space / "source", 200, megabytes=40)


def test_at_work_there_is_a_total(haul, space):
    source = make.with_large_one(space / "source", 200, megabytes=300)
    terminal = start(haul, space, "pack", source, space / "out", "--part-size", "10MB")
    seen = []
    while terminal.read(0.05):
        seen.append(terminal.text())
    assert terminal.finish() == 0
    assert any(re.search(r"\d+ files|files \d+|\d+ of \d+", text) for text in seen[:-1]), seen
    assert_no_trails(terminal)


@pytest.mark.parametrize("columns, lines", [(80, 24), (20, 5), (200, 50), (1, 1)])
def test_no_trails(haul, space, source, columns, lines):
    terminal = start(haul, space, "pack", source, space / "out", "--part-size", "2MB", columns=columns, lines=lines)
    assert terminal.finish() == 0
    if columns >= 80:
        assert_no_trails(terminal)


def test_no_trails_when_the_window_changes(haul, space, source):
    terminal = start(haul, space, "pack", source, space / "out", "--part-size", "2MB", columns=100, lines=30)
    for columns, lines in [(60, 20), (120, 40), (40, 10), (100, 30)]:
        if not terminal.read(0.15):
            break
        terminal.resize(columns, lines)
    assert terminal.finish() == 0
    assert_no_trails(terminal)


def assert_no_trails(terminal):
    """Progress is drawn in place: afterwards at most one line with a rate or a share is left."""
    progress = [line for line in terminal.history() if re.search(r"\bETA\b|\d+ ?%", line)]
    assert len(progress) <= 1, terminal.text()
    assert not terminal.screen.cursor.hidden


def test_long_and_odd_names_stay_on_their_line(haul, space):
    source = space / "source"
    for number in range(40):
        make.file(source / f"{'日本語' * 20}\x1b[31m-{number}", b"x" * 300_000)
    terminal = start(haul, space, "pack", source, space / "out", "--part-size", "1MB", columns=60)
    assert terminal.finish() == 0
    assert_no_trails(terminal)


def test_ctrl_c_from_the_keyboard(haul, space, source):
    terminal = start(haul, space, "pack", source, space / "out", "--part-size", "10MB", fault=f"stop:{POINT}")
    wait_until_stopped(terminal.child)
    terminal.type(b"\x03")
    terminal.child.send_signal(signal.SIGCONT)
    assert terminal.finish() == 130
    assert "resume" in terminal.text() or "again" in terminal.text(), terminal.text()
    assert not terminal.screen.cursor.hidden


def test_plain_lines_without_a_terminal(haul, space, source):
    finished = haul.run("pack", source, space / "out", "--part-size", "10MB", code=0)
    assert "\x1b" not in finished.err and "\r" not in finished.err
    assert 1 <= len(finished.err.splitlines()) < 60
