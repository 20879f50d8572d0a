"""With all models loaded, whatever the lengths of what is heard: each length is one of its own to the network of languages."""

import wave

import pytest
from harness import listener

pytestmark = pytest.mark.xdist_group("models")  # what they share is built or read once

SPEECH = "/usr/share/asterisk/sounds/en_US_f_Allison/demo-instruct.wav"  # 8 kHz
MIB = 1 << 20


@pytest.fixture(scope="session")
def models():
    return listener.all_models()


def cut(out, begin: float, seconds: float):
    with wave.open(SPEECH) as whole, wave.open(str(out), "wb") as part:
        whole.setpos(int(begin * 8000))
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(int(seconds * 8000)))
    return out


def test_lengths_do_not_add_up(listens, space, full):
    """300 of them would have held 700 MiB."""
    few = [cut(space / f"{n}.wav", 5, 9.5 + n) for n in range(2)]
    many = [cut(space / f"many-{n}.wav", 5, 2 + n * 0.03) for n in range(300 if full else 50)]
    short = listens.watched(few)
    assert all(line["language"]["code"] == "en" for line in short.lines)
    long = listens.watched([*few, *many], limit=600)
    assert short.peak < 420 * MIB and long.peak < min(420 * MIB, short.peak + 48 * MIB), (short.peak / MIB, long.peak / MIB)
