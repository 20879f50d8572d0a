"""Windows of speech to learn from: real ones, and the same speakers made into children, adults and each other."""

import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import signal

import block
import features
import spoil
import tract
import vocoder
from recordings import Clip, joined

SECONDS = 3.0
SEED = 20261130
WINDOWS = 24  # of each way to make them, a source
MAN_BELOW, WOMAN_ABOVE = 165.0, 200.0  # Hz of median pitch; between: not known


@dataclass
class Group:
    """All windows of one source that count as one class and were made in one way."""
    source: str
    child: bool
    made: str             # real, same, other, woman
    rows: np.ndarray      # windows x 163; with a block's graph x 676: its numbers (0 where it is not asked) and the bandwidth after them


def conditions(sound: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
    """A window as it is, and as bad recordings of it would be."""
    tilt = spoil.tilted(sound, random.uniform(-4, 4))
    return [
        sound,
        spoil.narrow(sound, random.choice([3800, 4000, 5500, 7000])),
        spoil.noisy(sound, random.uniform(8, 30), random, random.uniform(-1.5, 0)),
        spoil.noisy(spoil.narrow(tilt, 4000), random.uniform(6, 25), random, random.uniform(-1.5, 0)),
        spoil.reverberant(sound, random.uniform(0.1, 0.4), random, random.uniform(0.7, 3)),
        spoil.noisy(spoil.reverberant(tilt, random.uniform(0.2, 0.6), random, random.uniform(0.4, 2)), random.uniform(15, 35), random),
        tilt,
    ]


def numbers(sound: np.ndarray, graph: str | None = None) -> np.ndarray:
    frames = features.log_mel(features.scaled(sound))
    found = [features.pooled_of(frames), tract.measured(sound)]
    if graph:
        bandwidth = features.bandwidth(sound)
        found += [block.deviations(graph, frames) if bandwidth >= features.WIDE else np.zeros(block.CHANNELS), [bandwidth]]
    return np.concatenate(found)


def rows(sound: np.ndarray, random: np.random.Generator, graph: str | None) -> np.ndarray:
    return np.array([numbers(one, graph) for one in conditions(sound, random)])


def speaker(made: str, child: bool, man: bool | None, random: np.random.Generator) -> vocoder.Speaker:
    if made == "same":
        formants = random.uniform(0.92, 1.08)
        pitch = random.uniform(220, 390) if child else random.uniform(80, 180) if man else random.uniform(120 if man is None else 150, 310)
    elif made == "woman":
        formants, pitch = random.uniform(1.06, 1.2), random.uniform(160, 310)
    elif child:  # made an adult
        formants, pitch = random.uniform(0.68, 0.87), random.uniform(85, 260)
    else:
        least, most = {True: (1.22, 1.45), False: (1.1, 1.3), None: (1.15, 1.4)}[man]
        formants, pitch = random.uniform(least, most), random.uniform(220, 390)
    return vocoder.Speaker(formants, pitch, random.uniform(0.8, 1.5), random.uniform(0.9, 1.2), random.uniform(0, 1) ** 2)


def window_of(voices: list[vocoder.Voice], median: float, who: vocoder.Speaker, random: np.random.Generator) -> np.ndarray:
    """SECONDS of one made-up speaker, at 16 kHz."""
    parts, have = [], 0
    while have < SECONDS * vocoder.RATE + 64:
        part = vocoder.put_together(voices[random.integers(len(voices))], median, who, random)
        parts.append(part)
        have += len(part)
    return signal.resample_poly(np.concatenate(parts), 2, 3)[:int(SECONDS * 16000)]


def groups(source: str, clips: list[Clip], windows: int, graph: str | None, random: np.random.Generator) -> list[Group]:
    child = clips[0].label == "child"
    voices = [vocoder.taken_apart(c.wide) for c in clips]
    median = float(np.median([v.median_pitch for v in voices if v.median_pitch]))
    man = False if child or median > WOMAN_ABOVE else True if median < MAN_BELOW else None
    speech = [c.speech for c in clips]

    def made(how: str, count: int) -> np.ndarray:
        return np.concatenate([rows(window_of(voices, median, speaker(how, child, man, random), random), random, graph) for _ in range(count)])
    found = [Group(source, child, "real", np.concatenate([rows(joined(speech, SECONDS, 16000, random), random, graph) for _ in range(windows)])),
             Group(source, child, "same", made("same", windows)),
             Group(source, not child, "other", made("other", windows))]
    if not child and man is not False:
        found.append(Group(source, False, "woman", made("woman", windows)))
    return found


def _groups(task) -> list[Group]:
    source, clips, windows, graph = task
    # The seed is the source's own, so that a source gives the same windows whichever others are there.
    return groups(source, clips, windows, graph, np.random.default_rng([SEED, zlib.crc32(source.encode())]))


def of_all(sources: dict[str, list[Clip]], windows: int, jobs: int, graph: str | None = None) -> list[Group]:
    """The same whatever `jobs` is. `graph`: of the block, an ONNX file."""
    tasks = [(source, clips, windows, graph) for source, clips in sources.items()]
    found = []
    with ProcessPoolExecutor(jobs) as pool:
        for (source, clips, *_), made in zip(tasks, pool.map(_groups, tasks)):
            print(f"learnt from {source}: {clips[0].label}, {sum(len(c.speech) for c in clips) / 16000:.1f} s of speech", flush=True)
            found += made
    return found
