"""Small recordings of every kind that is decoded, made by ffmpeg from one sound, and damaged at random."""

import math
import os
import random
import struct
import subprocess
import sys
import wave
from array import array
from pathlib import Path

RATE = 44100
SECONDS = 3.0
VIDEO = ["-f", "lavfi", "-i", f"testsrc=size=64x48:rate=10:duration={SECONDS}"]

# File name: ffmpeg's words for it.
KINDS = {
    "plain.wav": ["-c:a", "pcm_s16le"],
    "float.wav": ["-c:a", "pcm_f32le"],
    "bytes.wav": ["-c:a", "pcm_u8"],
    "ulaw.wav": ["-c:a", "pcm_mulaw", "-ar", "8000"],
    "adpcm.wav": ["-c:a", "adpcm_ms"],
    "gsm.wav": ["-c:a", "libgsm_ms", "-ar", "8000", "-ac", "1"],
    "sony.w64": ["-c:a", "pcm_s24le"],
    "lossless.flac": ["-c:a", "flac"],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "opus.ogg": ["-c:a", "libopus", "-ar", "48000"],
    "speex.ogg": ["-c:a", "libspeex", "-ar", "16000", "-ac", "1"],
    "constant.mp3": ["-c:a", "libmp3lame", "-b:a", "96k", "-write_xing", "0"],
    "variable.mp3": ["-c:a", "libmp3lame", "-q:a", "5"],
    "aac.m4a": ["-c:a", "aac"],
    "alac.m4a": ["-c:a", "alac"],
    "stream.aac": ["-c:a", "aac"],
    "vorbis.mka": ["-c:a", "libvorbis"],
    "opus.webm": ["-c:a", "libopus", "-ar", "48000"],
    "wma.asf": ["-c:a", "wmav2"],
    "apple.aiff": ["-c:a", "pcm_s16be"],
    "apple.caf": ["-c:a", "alac"],
    "sun.au": ["-c:a", "pcm_s16be"],
    "dolby.ac3": ["-c:a", "ac3"],
    "dolby.eac3": ["-c:a", "eac3"],
    "pack.wv": ["-c:a", "wavpack"],
    "true.tta": ["-c:a", "tta"],
    "video.mp4": ["-map", "1:v", "-c:v", "libx264", "-c:a", "aac"],
    "video.mkv": ["-map", "1:v", "-c:v", "mpeg4", "-c:a", "libvorbis"],
    "video.avi": ["-map", "1:v", "-c:v", "mpeg4", "-c:a", "libmp3lame"],
    "video.flv": ["-map", "1:v", "-c:v", "flv", "-c:a", "libmp3lame"],
    "video.ts": ["-map", "1:v", "-c:v", "mpeg2video", "-r", "25", "-c:a", "mp2"],
    "video.mpg": ["-map", "1:v", "-c:v", "mpeg1video", "-r", "25", "-c:a", "mp2"],
}
# Not the same sound to the ear of a comparison: they keep 8 kHz of it, or less.
NARROW = {"ulaw.wav", "gsm.wav", "speex.ogg"}


def ffmpeg(*words) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-bitexact", *map(str, words)], check=True, timeout=120)


def sound(seconds: float = SECONDS, rate: int = RATE) -> array:
    """Two channels, interleaved: a voice's harmonics that come and go, beneath 2.5 kHz, the right one quieter."""
    made = array("h")
    for i in range(int(seconds * rate)):
        t = i / rate
        pitch = 2 * math.pi * (180 * t + 6 * math.sin(5 * t))
        value = sum(math.sin(k * pitch) / k for k in range(1, 13)) * (0.55 + 0.45 * math.sin(9 * t))
        made.append(int(9000 * value))
        made.append(int(4500 * value))
    return made


def write_wav(path: Path, samples: array, channels: int = 2, rate: int = RATE) -> Path:
    if sys.byteorder == "big":
        samples = array(samples.typecode, samples)
        samples.byteswap()
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, samples.itemsize, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def silence(path: Path, seconds: int, rate: int = 16000) -> Path:
    """A WAV of one channel that takes no room on disk; also beyond the 4 GiB that its head can say."""
    size = 2 * rate * seconds
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", min(size + 36, 2**32 - 1), b"WAVE", b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16,
                       b"data", min(size, 2**32 - 1))
    path.write_bytes(head)
    os.truncate(path, len(head) + size)
    return path


def make(folder: Path) -> dict[str, Path]:
    """One of each kind, in one run of ffmpeg: name -> path."""
    source = write_wav(folder / "source.wav", sound())
    made = {name: folder / name for name in KINDS}
    outputs = [word for name, words in KINDS.items() for word in ("-map", "0:a", *words, made[name])]
    ffmpeg("-i", source, *VIDEO, *outputs)
    return made


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Cut at random, or with flipped bits (few or many, anywhere or in the head), or with a stretch repeated or zeroed."""
    changed = bytearray(data)
    way = dice.choice(["cut", "flip", "flip", "head", "zeros", "again"])
    if way == "cut":
        return data[:dice.randrange(1, len(data))]
    if way in ("flip", "head"):
        reach = len(data) if way == "flip" else min(len(data), 512)
        for _ in range(dice.choice([1, 4, 40, 400] if way == "flip" else [1, 3, 10])):
            changed[dice.randrange(reach)] ^= 1 << dice.randrange(8)
    else:
        start = dice.randrange(len(data))
        length = dice.randrange(1, 5000)
        changed[start:start + length] = bytes(length) if way == "zeros" else data[start:start + length] * 3
    return bytes(changed)
