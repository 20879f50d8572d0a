"""Channels of real speakers, as collect meets them: each a folder of recordings of one voice, of words that Debian's packages have."""

import random
import subprocess
import wave
from pathlib import Path

from harness.listener import ffmpeg

RATE = 16_000

STAMPS = Path("/usr/share/tuxpaint/stamps")
SOUNDS = Path("/usr/share/asterisk/sounds")

# Who speaks stands in the packages' own files (bench/speech/eval.tsv).
CHILDREN = {
    "sanne": [STAMPS / "symbols" / "math" / f"{digit}_nl.ogg" for digit in range(10)],
}
ADULTS = {
    "allison": [SOUNDS / "en_US_f_Allison" / f"{name}.wav" for name in
                ("demo-congrats", "demo-echotest", "demo-thanks", "demo-nogo", "vm-options", "vm-onefor")],
    "carlo": [SOUNDS / "it_IT_m_Carlo" / f"{name}.wav" for name in
              ("demo-congrats", "demo-echotest", "demo-thanks", "demo-nogo", "vm-options", "vm-onefor")],
}


def make(folder: Path, channels: dict[str, list[Path]], items: int, kind: str = "ogg", first: int = 0) -> list[Path]:
    """`items` recordings for each, of some 8 seconds; no two have the same bytes, and each call makes the same ones."""
    made = []
    for name, words in channels.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(first, first + items):
            out = folder / name / f"item-{number:02}.{kind}"
            join(random.Random(f"{name} {number}").sample(words, len(words)), out)
            made.append(out)
    return made


def join(words: list[Path], out: Path, seconds: float = 10) -> None:
    inputs = [word for path in words for word in ("-i", path)]
    padded = "".join(f"[{n}:a]aresample=16000,aformat=channel_layouts=mono,apad=pad_dur=0.3[a{n}];" for n in range(len(words)))
    joined = "".join(f"[a{n}]" for n in range(len(words)))
    ffmpeg(*inputs, "-filter_complex", f"{padded}{joined}concat=n={len(words)}:v=0:a=1[all]", "-map", "[all]", "-t", seconds,
           "-fflags", "+bitexact", "-flags:a", "+bitexact", out)


def many(folder: Path, names: dict[str, list[Path]], items: int, seconds: float = 3) -> list[Path]:
    """As make(), in hundreds: short WAV files, whose words are decoded once."""
    made = []
    for name, words in names.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        spoken = [samples_of(word) for word in words]
        for number in range(items):
            order = random.Random(f"{name} {number}").sample(spoken, len(spoken))
            out = folder / name / f"item-{number:02}.wav"
            with wave.open(str(out), "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                # Three seconds of the same words in another order may begin alike: the silence before them differs.
                silence = bytes(2 * (RATE // 1000) * len(made))
                file.writeframes((silence + bytes(RATE // 5).join(order))[:int(seconds * RATE) * 2])
            made.append(out)
    return made


def samples_of(word: Path) -> bytes:
    return subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-i", word, "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"],
                          check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout
