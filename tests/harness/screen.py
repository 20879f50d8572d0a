"""A terminal emulator around the program: what a person would see, also while the window changes its size."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time

import pyte


class Screen(pyte.HistoryScreen):
    """Says which lines were wrapped, and takes a new size as xterm does: lines are cut, and the cursor stays with its line."""

    def __init__(self, columns: int, lines: int):
        super().__init__(columns, lines, history=5000)
        self.wrapped: list[str] = []

    def draw(self, data: str) -> None:
        for character in data:
            room = self.columns - self.cursor.x
            if pyte.modes.DECAWM in self.mode and room < pyte.screens.wcwidth(character):
                self.wrapped.append(self.display[self.cursor.y])
            super().draw(character)

    def resize(self, lines: int | None = None, columns: int | None = None) -> None:
        lines, columns = lines or self.lines, columns or self.columns
        rows = [self.buffer[y] for y in range(self.lines)]
        above = max(0, self.cursor.y - (lines - 1))
        x, y = min(self.cursor.x, columns - 1), self.cursor.y - above
        super().resize(lines, columns)
        self.history.top.extend(rows[:above])
        self.buffer.clear()
        for number, row in enumerate(rows[above:above + lines]):
            for cell in [at for at in row if at >= columns]:
                del row[cell]
            self.buffer[number] = row
        self.cursor.x, self.cursor.y = x, y


class Terminal:
    def __init__(self, command: list[str], env: dict[str, str], columns: int = 80, lines: int = 24):
        self.screen = Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.master, slave = pty.openpty()
        self.resize_pty(columns, lines)
        # A session of its own, with the terminal as its controlling one: Ctrl+C arrives as from a keyboard.
        self.child = subprocess.Popen(command, env={**env, "TERM": "xterm-256color"}, stdin=slave, stdout=slave, stderr=slave,
                                      start_new_session=True,
                                      preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)

    def resize_pty(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns: int, lines: int) -> None:
        self.screen.resize(lines, columns)
        self.resize_pty(columns, lines)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def read(self, seconds: float) -> bool:
        """Feeds what comes within the time; false when the program has closed its side."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                break
            try:
                data = os.read(self.master, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.stream.feed(data)
        return True

    def finish(self, limit: float = 60) -> int:
        deadline = time.monotonic() + limit
        while self.read(0.2):
            assert time.monotonic() < deadline, self.text()
        os.close(self.master)
        return self.child.wait(10)

    def history(self) -> list[str]:
        """Lines that scrolled off the top, then the screen; without empty ones."""
        gone = ["".join(line[x].data for x in range(self.screen.columns)) for line in self.screen.history.top]
        return [line.rstrip() for line in [*gone, *self.screen.display] if line.strip()]

    def text(self) -> str:
        return "\n".join(self.history())
