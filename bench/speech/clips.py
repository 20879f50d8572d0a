"""Files as samples, and samples without their quiet ends."""

import subprocess
from pathlib import Path

import numpy as np


def decoded(path: str | Path, rate: int) -> np.ndarray:
    """The first stream of audio, one channel of 32-bit floats; by ffmpeg."""
    out = subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:a:0", "-ac", "1", "-ar", str(rate), "-f", "f32le", "-"],
                         stdout=subprocess.PIPE, check=True).stdout
    return np.frombuffer(out, "<f4")


def cut(samples: np.ndarray, step: int, decibels: float) -> np.ndarray:
    """Without its ends, as far as stretches of `step` samples are so many decibels below its loudest."""
    levels = np.square(samples[:len(samples) // step * step]).reshape(-1, step).mean(axis=1)
    loud = np.flatnonzero(levels > levels.max(initial=0) * 10 ** (-decibels / 10))
    return samples[loud[0] * step:(loud[-1] + 1) * step] if len(loud) else samples[:0]
