"""Pitch and vocal tract of a stretch of speech, as src/speech/child/pitch.cc and tract.cc find them: change both or neither."""

import numpy as np
from scipy import signal

RATE, HALF = 16000, 8000
FRAME, HOP, SIZE = 320, 160, 512        # of the pitch, at 8 kHz
SHORTEST, LONGEST = HALF // 600, HALF // 71
TRACT_FRAME, ORDER = 480, 16
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
HAMMING = 0.54 - 0.46 * np.cos(2 * np.pi * np.arange(TRACT_FRAME) / (TRACT_FRAME - 1))
TAPS = np.zeros(15)
TAPS[7], TAPS[8::2], TAPS[6::-2] = 0.5, [0.3039, -0.0682, 0.0161, -0.0036], [0.3039, -0.0682, 0.0161, -0.0036]


def autocorrelations(frames: np.ndarray) -> np.ndarray:
    return np.fft.irfft(np.abs(np.fft.rfft(frames, SIZE, axis=1)) ** 2, axis=1)[:, :SIZE // 2 + 1]


OWN = autocorrelations(HANN[None, :])[0]


def pitches(sound: np.ndarray) -> np.ndarray:
    """Hz each 20 ms; 0: not voiced."""
    half = np.convolve(sound, TAPS)[7:7 + len(sound)][:len(sound) // 2 * 2:2]
    if len(half) < FRAME:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(half, FRAME)[::HOP]
    again = autocorrelations((frames - frames.mean(axis=1, keepdims=True)) * HANN)
    energy = again[:, 0]
    lags = np.arange(SHORTEST - 1, LONGEST + 2)
    strength = again[:, lags] / np.maximum(energy, 1e-30)[:, None] * (OWN[0] / OWN[lags])
    inner = strength[:, 1:-1]
    peak = (inner >= 0.5) & (inner >= strength[:, :-2]) & (inner >= strength[:, 2:]) & (energy > 0)[:, None]
    worth = np.where(peak, inner - 0.06 * np.log2(lags[1:-1] / SHORTEST), -9)
    best, row = worth.argmax(axis=1), np.arange(len(worth))
    left, middle, right = strength[row, best], strength[row, best + 1], strength[row, best + 2]
    bend = left - 2 * middle + right
    shift = np.where(bend < 0, np.clip(0.5 * (left - right) / np.where(bend < 0, bend, 1), -0.5, 0.5), 0)
    hz = np.where((worth[row, best] > -2) & (energy > 1e-3 * energy.max()), HALF / (lags[best + 1] + shift), 0)
    padded = np.concatenate([[0], hz, [0]])

    def alike(other):
        return (other > 0) & (hz < other * 1.2) & (other < hz * 1.2)
    return np.where(alike(padded[:-2]) | alike(padded[2:]), hz, 0)


def predictors(frames: np.ndarray) -> np.ndarray:
    """Levinson and Durbin's recursion, all frames at once."""
    r = np.fft.irfft(np.abs(np.fft.rfft(frames, 1024, axis=1)) ** 2, axis=1)[:, :ORDER + 1]
    a = np.zeros_like(r)
    a[:, 0] = 1
    rest = r[:, 0] * (1 + 1e-6) + 1e-30
    for i in range(1, ORDER + 1):
        k = -(r[:, i] + (a[:, 1:i] * r[:, i - 1:0:-1]).sum(axis=1)) / rest
        a[:, 1:i], a[:, i] = a[:, 1:i] + k[:, None] * a[:, i - 1:0:-1], k
        rest = np.maximum(rest * (1 - k * k), 1e-30)
    return a


def spacings(sound: np.ndarray, pitch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of formants, in Hz, each frame: from the second to fourth, and from the second and third."""
    starts = np.array([i * 320 for i in range(0, len(pitch), 2) if pitch[i] > 0 and i > 0 and i * 320 + TRACT_FRAME <= len(sound)], int)
    if not len(starts):
        return np.zeros(0), np.zeros(0)
    at = starts[:, None] + np.arange(TRACT_FRAME)
    powers = np.abs(np.fft.rfft(predictors((sound[at] - 0.97 * sound[at - 1]) * HAMMING), SIZE, axis=1)) ** 2
    logs = np.log(powers + 1e-20)
    left, middle, right = logs[:, :-2], logs[:, 1:-1], logs[:, 2:]
    bend = left - 2 * middle + right
    shift = np.where(bend > 0, 0.5 * (left - right) / np.where(bend > 0, bend, 1), 0)
    hz = (np.arange(1, SIZE // 2)[None, :] + shift) * RATE / SIZE
    formant = (powers[:, 1:-1] < powers[:, :-2]) & (powers[:, 1:-1] <= powers[:, 2:]) & (hz > 200)
    wide, narrow = [], []
    for row, marks in zip(hz, formant):
        found = row[marks][:4]
        if len(found) >= 3:
            narrow.append((found[1] / 1.5 + found[2] / 2.5) / 2)
        if len(found) == 4:
            wide.append((found[1] / 1.5 + found[2] / 2.5 + found[3] / 3.5) / 3)
    return np.array(wide), np.array(narrow)


def measured(sound: np.ndarray) -> np.ndarray:
    """Logarithms of median pitch and of both spacings; what is not there is what lies between adults and children."""
    pitch = pitches(sound)
    wide, narrow = spacings(sound, pitch)
    voiced = pitch[pitch > 0]

    def median(values, least, otherwise):
        return np.log(np.median(values)) if len(values) >= least else np.log(otherwise)
    return np.array([median(voiced, 10, 220), median(wide, 6, 1220), median(narrow, 6, 1220)])
