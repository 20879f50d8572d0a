"""Silero's voice activity in OpenVINO's Python package, with the published hysteresis."""

import numpy as np


def spans_of(chances, length: int) -> list[tuple[int, int]]:
    """Of one likelihood each 512 samples, in order: which of `length` samples are speech."""
    found, start, quiet = [], None, None
    for index, chance in enumerate(chances):
        at = index * 512
        if chance >= 0.5:
            quiet = None
            start = at if start is None else start
        elif chance < 0.35 and start is not None:
            quiet = at if quiet is None else quiet
            if at - quiet >= 1600:
                found.append((start, quiet))
                start = quiet = None
    if start is not None:
        found.append((start, length))
    return [(max(0, a - 480), min(length, b + 480)) for a, b in found if b - a >= 4000]


class Silero:
    def __init__(self, path: str):
        import openvino
        self.model = openvino.Core().compile_model(path, "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"})

    def chances(self, sound: np.ndarray) -> np.ndarray:
        state, context = np.zeros((2, 1, 128), np.float32), np.zeros(64, np.float32)
        padded = np.pad(sound.astype(np.float32), (0, -len(sound) % 512))
        found = []
        for block in padded.reshape(-1, 512):
            given = np.concatenate([context, block])[None, :]
            out = self.model({0: given, 1: state})
            found.append(float(out[0][0, 0]))
            state, context = out[1], block[-64:]
        return np.array(found)

    def __call__(self, sound: np.ndarray, rate: int) -> list[tuple[int, int]]:
        assert rate == 16000
        return spans_of(self.chances(sound), len(sound))
