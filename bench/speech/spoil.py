"""What rooms, microphones and telephones do to speech at 16 kHz."""

import subprocess

import numpy as np
from scipy import signal

RATE = 16000


def narrow(sound: np.ndarray, hz: float) -> np.ndarray:
    return signal.sosfilt(signal.butter(10, hz / (RATE / 2), output="sos"), sound)


def noise_like(length: int, random: np.random.Generator, slope: float = -1.0) -> np.ndarray:
    """Noise whose power falls with frequency by `slope` powers: 0 white, -1 pink."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    hz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 60)
    return np.fft.irfft(spectrum * hz ** (slope / 2), length)


def noisy(sound: np.ndarray, decibels: float, random: np.random.Generator, slope: float = -1.0) -> np.ndarray:
    noise = noise_like(len(sound), random, slope)
    return sound + noise * np.sqrt(np.mean(sound ** 2) / np.mean(noise ** 2)) * 10 ** (-decibels / 20)


def reverberant(sound: np.ndarray, seconds: float, random: np.random.Generator, direct: float = 1.0) -> np.ndarray:
    """A room of that reverberation time: decaying noise after the direct sound; `direct`: ratio of its energy to the rest's."""
    t = np.arange(int(seconds * RATE)) / RATE
    tail = random.standard_normal(len(t)) * 10 ** (-3 * t / seconds) * (t > 0.003)
    tail = signal.lfilter([0.6], [1, -0.4], tail)
    tail /= np.sqrt(np.sum(tail ** 2) * direct)
    tail[0] += 1
    return signal.fftconvolve(sound, tail)[:len(sound)]


def tilted(sound: np.ndarray, decibels: float) -> np.ndarray:
    """A slope of that many decibels an octave around 1 kHz."""
    spectrum = np.fft.rfft(sound)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 100) / 1000)
    return np.fft.irfft(spectrum * 10 ** (decibels * octaves / 20), len(sound))


def opus(sound: np.ndarray, kilobits: int) -> np.ndarray:
    """Encoded and decoded again; needs ffmpeg with libopus."""
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "1"]
    packed = subprocess.run(["ffmpeg", "-v", "error", *raw, "-i", "-", "-c:a", "libopus", "-b:a", f"{kilobits}k", "-f", "ogg", "-"],
                            input=sound.astype("<f4").tobytes(), capture_output=True, check=True).stdout
    back = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", *raw, "-"], input=packed, capture_output=True, check=True).stdout
    return np.resize(np.frombuffer(back, "<f4").astype(float), len(sound))
