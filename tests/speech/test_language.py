"""The graph that judges languages is built to the byte from packages at pinned hashes, and hears recordings of Debian's right."""

import array
import hashlib
import json
import os
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from harness import schemas
from servers import install

pytestmark = pytest.mark.xdist_group("models")  # what they share is built or read once

ROOT = Path(__file__).resolve().parents[2]
BUILDERS = ROOT / "src" / "speech" / "models" / "build"
TOOL = Path(os.environ.get("HAUL_BINARY", ROOT / "build" / "check" / "bin" / "haul")).with_name("bench_speech_language")
PROMPTS = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo", "ru": "ru_RU_f_IvrvoiceRU"}
# Whole sentences, which every language of the prompts has.
CLIPS = ["vm-forward-multiple", "vm-torerecord", "conf-adminmenu", "vm-review"]


def build(folder: Path) -> None:
    install.run([TOOL, "build", folder, "language"])


@pytest.fixture(scope="session")
def models() -> Path:
    """Built once a machine: about 10 seconds and 134 MB over the network."""
    recipe = b"".join((BUILDERS / f"whisper_{one}").read_bytes() for one in ("language.py", "base.py", "base.txt"))
    return install.once("model-of-languages", hashlib.sha256(recipe).hexdigest()[:12], build)


def heard(models: Path, speech: list[array.array]) -> list[tuple[str, float]]:
    given = b"".join(struct.pack("<I", len(one)) + one.tobytes() for one in speech)
    ran = subprocess.run([TOOL, "judge", models], input=given, capture_output=True, timeout=100, check=True)
    return [(code, float(p)) for code, p, _ in (line.split() for line in ran.stdout.decode().splitlines())]


def recording(language: str, clip: str) -> array.array:
    """8 kHz as the package has it, made 16 by the mean of neighbours."""
    with wave.open(f"/usr/share/asterisk/sounds/{PROMPTS[language]}/{clip}.wav") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = array.array("h", file.readframes(file.getnframes()))
    return array.array("f", [value / 65536 for one, next_one in zip(samples, samples[1:]) for value in (2 * one, one + next_one)])


def test_it_is_what_was_pinned(models):
    record = json.loads((models / "models.json").read_text())
    schemas.assert_fits(record, "models.json")
    entry, = record["models"]
    assert entry["name"] == "whisper-base-language" and len(entry["labels"]) == 99
    assert hashlib.sha256((models / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert {path.name for path in models.iterdir()} == {"models.json", ".lock", entry["file"]}


@pytest.fixture(scope="session")
def sentences() -> list[tuple[str, array.array]]:
    return [(language, recording(language, clip)) for language in PROMPTS for clip in CLIPS]


def test_sentences_are_known(models, sentences):
    found = list(zip([language for language, _ in sentences], heard(models, [speech for _, speech in sentences])))
    sure = [(language, code) for language, (code, p) in found if p >= 0.7]
    assert len(sure) >= 0.8 * len(found), found
    assert all(language == code for language, code in sure), found


def test_the_same_speech_gives_the_same_finding(models, sentences):
    """Whatever was heard before it."""
    (_, one), (_, other) = sentences[0], sentences[-1]
    first, _, again = heard(models, [one, other, one])
    assert first == again and heard(models, [one]) == [first]


def test_silence_is_no_language(models):
    (_, p), = heard(models, [array.array("f", bytes(4 * 160_000))])
    assert p < 0.7
