"""The 160 numbers of a stretch of speech, as src/speech/audio/log_mel.cc and child/pooled.cc have them: change both or neither."""

import numpy as np

RATE = 16000
WINDOW, HOP, BANDS = 400, 160, 80
WIDE = 5000.0    # Hz of bandwidth that a window needs for Whisper's block to be asked (kNarrow, src/speech/child/reasons.h)
LOUDNESS = 0.06  # root mean square that every stretch is scaled to


def mel_of(hz):
    hz = np.asarray(hz, float)
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1e-9) / 1000) / np.log(6.4))


def hz_of(mel):
    mel = np.asarray(mel, float)
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(np.log(6.4) * (mel - 15) / 27))


def filters() -> np.ndarray:
    """Slaney's triangles: each of area 1 in hertz."""
    edges = hz_of(np.linspace(mel_of(0), mel_of(RATE / 2), BANDS + 2))
    bins = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    rise = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]


FILTERS = filters()
HANN = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)


def scaled(speech: np.ndarray) -> np.ndarray:
    loud = np.sqrt(np.mean(np.square(speech, dtype=float)))
    return speech * (LOUDNESS / loud) if loud > 0 else speech


def powers(speech: np.ndarray) -> np.ndarray:
    padded = np.pad(np.asarray(speech, float), WINDOW // 2, mode="reflect")
    count = len(speech) // HOP
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]
    return np.abs(np.fft.rfft(frames * HANN, axis=1)) ** 2


def log_mel(speech: np.ndarray) -> np.ndarray:
    """Frames x bands, as whisper's front end has them."""
    logs = np.log10(np.maximum(powers(speech) @ FILTERS.T, 1e-10))
    return (np.maximum(logs, logs.max() - 8) + 4) / 4


def pooled(speech: np.ndarray) -> np.ndarray:
    return pooled_of(log_mel(scaled(speech)))


def pooled_of(frames: np.ndarray) -> np.ndarray:
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])


def bandwidth(speech: np.ndarray) -> float:
    """In Hz, as LongTermSpectrum::bandwidth_hz (src/speech/audio/spectrum.cc) has it."""
    db = 10 * np.log10(powers(speech).mean(axis=0) + 1e-14)
    top, last = db[2:].max(), len(db) - 1
    while last > 2 and db[last] < top - 60:
        last -= 1
    above = -1e9
    for i in range(last, 2500 * WINDOW // RATE + 12, -1):
        above = max(above, db[i])
        if above > top - 40:
            break
        if db[i - 14:i - 12].max() - above >= 22:
            last = i - 12
            break
    return last * RATE / WINDOW
