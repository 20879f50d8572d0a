"""The list of recordings whose speaker is known, decoded and trimmed to speech."""

import csv
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from clips import decoded
from scipy import signal

LIST = Path(__file__).parent / "eval.tsv"


@dataclass
class Clip:
    path: str
    language: str
    label: str
    source: str
    documented: bool      # who speaks stands somewhere; else the label rests on how it sounds
    wide: np.ndarray      # 24 kHz
    speech: np.ndarray    # 16 kHz


def spans_by_energy(sound: np.ndarray, rate: int) -> list[tuple[int, int]]:
    """Where 10 ms are within 32 dB of the loudest and 8 dB over the quietest tenth; gaps below 100 ms closed, 30 ms around, at
    least 100 ms. For clean recordings of words, as those of the list."""
    step = rate // 100
    count = len(sound) // step
    if count < 3:
        return []
    level = 10 * np.log10(np.mean(sound[:count * step].reshape(count, step) ** 2, axis=1) + 1e-12)
    level = signal.medfilt(level, 3)
    top, floor = np.max(level), np.percentile(level, 10)
    loud = np.flatnonzero(level > max(top - 32, min(floor + 8, top - 15), -60))
    if not len(loud):
        return []
    parts = np.split(loud, np.flatnonzero(np.diff(loud) > 10) + 1)
    found = [(max(0, p[0] - 3) * step, min(count, p[-1] + 4) * step) for p in parts if len(p) >= 10]
    return found


def read(path: Path = LIST, spans=spans_by_energy) -> list[Clip]:
    """`spans`: which samples are speech, (sound, rate) -> [(from, to)]."""
    clips = []
    with open(path, newline="") as lines, ThreadPoolExecutor(4) as pool:  # most of the time is that of starting ffmpeg
        rows = list(csv.DictReader(lines, delimiter="\t"))
        for row, made in zip(rows, pool.map(lambda one: decoded(one["path"], 24000), rows)):
            wide = made.astype(float)
            sound = signal.resample_poly(wide, 2, 3)
            found = spans(sound, 16000)
            if not found:
                continue
            clips.append(Clip(row["path"], row["language"], row["label"], row["source"], row["evidence"] != "acoustic-only",
                              np.concatenate([wide[a * 3 // 2:b * 3 // 2] for a, b in found]),
                              np.concatenate([sound[a:b] for a, b in found])))
    return clips


def by_source(clips: list[Clip]) -> dict[str, list[Clip]]:
    found = defaultdict(list)
    for clip in clips:
        found[clip.source].append(clip)
    return dict(sorted(found.items()))


def joined(sounds: list[np.ndarray], seconds: float, rate: int, random: np.random.Generator) -> np.ndarray:
    """Whole sounds in random order, each once before any again, cut at `seconds`."""
    wanted, parts, have = int(seconds * rate), [], 0
    while have < wanted:
        for index in random.permutation(len(sounds)):
            part = sounds[index]
            parts.append(part)
            have += len(part)
            if have >= wanted:
                break
    return np.concatenate(parts)[:wanted]
