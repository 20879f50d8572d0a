#!/usr/bin/env -S /usr/bin/python3 -B
"""Writes tests/vectors/speech/log_mel.txt: what bench/speech/features.py, which the head was trained with, makes of sounds that
src/speech/child/pooled_test.cc makes too. A line a sound: its name, then the 160 numbers. Needs python3-numpy."""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "bench" / "speech"))
import features  # noqa: E402


def noise(count: int) -> np.ndarray:
    state, out = 1, np.empty(count, np.float32)
    for i in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        high = state >> 32
        out[i] = np.float32(high - 2**32 if high >= 2**31 else high) / np.float32(2**31)
    return out


def sounds() -> dict[str, np.ndarray]:
    white = noise(48000)
    low = np.zeros(48000)
    for i in range(1, 48000):
        low[i] = 0.95 * low[i - 1] + white[i]
    gaps = low * (np.arange(48000) // 4000 % 3 != 0)
    return {"white": white[:16000] * 0.3, "low": low[:40001] * 0.001, "gaps": gaps * 0.01}


if __name__ == "__main__":
    with open(HERE / "speech" / "log_mel.txt", "w") as out:
        for name, sound in sounds().items():
            print(name, *(f"{x:.6f}" for x in features.pooled(sound.astype(np.float32))), file=out)
