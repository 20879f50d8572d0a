"""Takes a voice apart into pitch and spectral envelope, and puts it together as another speaker's.

After WORLD (Morise 2016): pitch by autocorrelation, CheapTrick's envelope, minimum-phase pulses and noise. Works at 24 kHz,
since lowering formants needs what lies above 8 kHz."""

from dataclasses import dataclass

import numpy as np

RATE = 24000
HOP = 120  # 5 ms
SIZE = 1024
LOWEST, HIGHEST, UNVOICED = 71.0, 600.0, 500.0


@dataclass
class Voice:
    pitch: np.ndarray     # Hz a frame; 0: unvoiced
    envelope: np.ndarray  # power, frames x (SIZE / 2 + 1)

    @property
    def median_pitch(self) -> float:
        voiced = self.pitch[self.pitch > 0]
        return float(np.median(voiced)) if len(voiced) else 0.0


def frames_around(sound: np.ndarray, half: int) -> np.ndarray:
    padded = np.pad(sound, (half, half + HOP))
    count = len(sound) // HOP + 1
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)[::HOP][:count]


def pitch_of(sound: np.ndarray) -> np.ndarray:
    half = 480
    window = np.hanning(2 * half + 1)
    frames = frames_around(sound, half)
    frames = (frames - frames.mean(axis=1, keepdims=True)) * window
    spectrum = np.abs(np.fft.rfft(frames, 2048, axis=1)) ** 2
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2048)) ** 2)
    lags = np.arange(int(RATE / HIGHEST), int(RATE / LOWEST) + 1)
    again = np.fft.irfft(spectrum, axis=1)
    energy = again[:, 0]
    strength = again[:, lags] / np.maximum(energy[:, None], 1e-12) * (own[0] / own[lags])
    best = np.argmax(strength - 0.06 * np.log2(lags / lags[0]), axis=1)
    found = strength[np.arange(len(best)), best]
    inner = np.clip(best, 1, len(lags) - 2)
    row = np.arange(len(best))
    left, mid, right = (strength[row, inner + d] for d in (-1, 0, 1))
    bend = left - 2 * mid + right
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (left - right) / np.where(np.abs(bend) > 1e-9, bend, 1), 0)
    pitch = RATE / (lags[inner] + np.clip(shift, -0.5, 0.5))
    pitch = np.where((found > 0.5) & (energy > 1e-3 * np.max(energy, initial=0)), pitch, 0)
    near = np.stack([np.roll(pitch, d) for d in (-2, -1, 0, 1, 2)])
    return np.where((near > 0).sum(axis=0) >= 3, np.median(np.where(near > 0, near, pitch), axis=0), 0) * (pitch > 0)


def envelope_of(sound: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    half = int(1.5 * RATE / LOWEST) + 1
    f0 = np.where(pitch > 0, pitch, UNVOICED)
    frames = frames_around(sound, half)[:len(f0)]
    t = np.arange(-half, half + 1) / RATE
    window = 0.5 + 0.5 * np.cos(np.pi * np.clip(t[None, :] * f0[:, None] / 1.5, -1, 1))
    window /= np.sqrt((window ** 2).sum(axis=1, keepdims=True))
    frames = frames * window
    frames -= window * (frames.sum(axis=1, keepdims=True) / window.sum(axis=1, keepdims=True))
    power = np.abs(np.fft.rfft(frames, SIZE, axis=1)) ** 2
    step = RATE / SIZE
    # Below the pitch there is nothing: mirror what lies above it down.
    bins = np.arange(SIZE // 2 + 1)
    mirror = np.clip(np.round(f0[:, None] / step - bins).astype(int), 0, SIZE // 2)
    power = np.where(bins * step < f0[:, None] / 2, np.maximum(power, np.take_along_axis(power, mirror, 1)), power)
    # A running mean of two thirds of the pitch.
    pad = int(HIGHEST / step) + 2
    wide = np.concatenate([power[:, pad:0:-1], power, power[:, -2:-pad - 2:-1]], axis=1)
    total = np.cumsum(wide, axis=1)

    def upto(position):
        low = np.floor(position).astype(int)
        share = position - low
        return np.take_along_axis(total, low, 1) * (1 - share) + np.take_along_axis(total, low + 1, 1) * share
    reach = (f0 / 3 / step)[:, None]
    middle = bins[None, :] + pad - 0.5
    power = (upto(middle + reach) - upto(middle - reach)) / (2 * reach)
    logs = np.log(np.maximum(power, 1e-14))
    cepstrum = np.fft.irfft(logs, axis=1)
    q = np.minimum(np.arange(SIZE), SIZE - np.arange(SIZE)) / RATE
    x = f0[:, None] * q
    cepstrum *= np.sinc(x) * (1.18 - 0.18 * np.cos(2 * np.pi * x))
    return np.exp(np.fft.rfft(cepstrum, axis=1).real)


def taken_apart(sound: np.ndarray) -> Voice:
    sound = sound + 1e-6 * np.random.default_rng(0).standard_normal(len(sound))
    pitch = pitch_of(sound)
    return Voice(pitch, envelope_of(sound, pitch))


@dataclass
class Speaker:
    formants: float   # factor on frequency
    pitch: float      # median, Hz
    dynamics: float   # factor on the distance of log pitch from its median
    rate: float       # how much faster
    breath: float     # 0: little noise in voiced frames ... 1


def responses(envelope: np.ndarray) -> np.ndarray:
    """Minimum-phase answers to a pulse."""
    cepstrum = np.fft.irfft(np.log(np.maximum(envelope, 1e-14)) / 2, axis=1)
    cepstrum[:, 1:SIZE // 2] *= 2
    cepstrum[:, SIZE // 2 + 1:] = 0
    return np.exp(np.fft.rfft(cepstrum, axis=1))


def put_together(voice: Voice, median: float, speaker: Speaker, random: np.random.Generator) -> np.ndarray:
    frames = len(voice.pitch)
    length = int(frames * HOP / speaker.rate)
    voiced = voice.pitch > 0
    moved = np.where(voiced, speaker.pitch * np.exp(speaker.dynamics * np.log(np.where(voiced, voice.pitch, 1) / max(median, 1))), UNVOICED)
    moved = np.clip(moved, 60, 700)
    marks, t = [], 0.0
    while t < length:
        marks.append(t)
        frame = min(int(t * speaker.rate / HOP + 0.5), frames - 1)
        t += RATE / moved[frame]
    marks = np.array(marks)
    at = np.minimum((marks * speaker.rate / HOP + 0.5).astype(int), frames - 1)
    bins = np.arange(SIZE // 2 + 1)
    source = bins / speaker.formants
    low = np.minimum(source.astype(int), SIZE // 2 - 1)
    share = np.clip(source - low, 0, 1)
    logs = np.log(np.maximum(voice.envelope[at], 1e-14))
    envelope = np.exp(logs[:, low] * (1 - share) + logs[:, low + 1] * share)
    answers = responses(envelope)
    hz = bins * RATE / SIZE
    rough = 1 / (1 + np.exp(-(hz - 4500 + 2500 * speaker.breath) / 900))  # share of noise, by frequency
    rough = np.clip(0.03 + 0.75 * rough + 0.1 * speaker.breath, 0, 1)
    rough = np.where(voiced[at][:, None], rough[None, :], 1.0)
    gaps = np.diff(np.append(marks, length))
    pulses = answers * np.sqrt(1 - rough) * np.sqrt(np.maximum(gaps, 1))[:, None]
    shift = marks - np.floor(marks)
    pulses *= np.exp(-2j * np.pi * bins[None, :] * shift[:, None] / SIZE)
    widths = np.maximum(gaps.astype(int), 1)
    widest = int(widths.max())
    noise = random.standard_normal((len(marks), widest)) * (np.arange(widest)[None, :] < widths[:, None])
    both = np.fft.irfft(pulses + answers * np.sqrt(rough) * np.fft.rfft(noise, SIZE, axis=1), axis=1)
    out = np.zeros(length + 2 * SIZE)
    places = marks.astype(int)[:, None] + np.arange(SIZE)[None, :]
    np.add.at(out, places, both)
    return out[:length]
