"""The server's own clock, by which all that it tells is dated. It may be wrong."""

from __future__ import annotations

import time


class Clock:
    skew = 0  # seconds


def now() -> float:
    return time.time() + Clock.skew
