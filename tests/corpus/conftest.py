"""Fixtures of suite corpus: real recordings that haul-speech heard, and a corpus made of them."""

import shutil
import tempfile
from pathlib import Path

import corpora
import pytest

from harness import listener
from harness.listener import Listener
from harness.s3 import seaweedfs, seaweedfs_client  # noqa: F401  pylint: disable=unused-import

STAMPS = Path("/usr/share/tuxpaint/stamps/symbols/math")
# Of one voice, each in another container, with one channel and with two.
KINDS = {"0.ogg": [], "1.wav": ["-ar", "16000"], "2.wav": ["-ac", "2"], "3.flac": ["-ar", "22050"], "4.mp3": ["-ac", "2", "-ar", "48000"],
         "5.mp3": ["-ac", "1", "-ar", "44100"], "6.ogg": ["-ac", "2", "-c:a", "libvorbis"], "7.wav": ["-ar", "48000"]}


@pytest.fixture(scope="session")
def heard():
    """File -> what haul-speech says of it."""
    folder = Path(tempfile.mkdtemp(prefix="haul-corpus-"))
    folder.chmod(0o755)
    for name, words in KINDS.items():
        # Said three times over: long enough for every reader.
        digit = STAMPS / f"{name[0]}_nl.ogg"
        listener.ffmpeg("-stream_loop", 2, "-i", digit, "-vn", "-map_metadata", -1, *words, folder / name)
    program = Listener(folder, folder / "no models")
    files = sorted(folder.glob("[0-9].*"))
    yield dict(zip(files, program.heard(*files)))
    program.end()
    shutil.rmtree(folder)


@pytest.fixture
def corpus(space, heard) -> corpora.Exported:
    recordings = corpora.with_files(space, heard)
    listed = corpora.write_recordings(space / "recordings.jsonl", recordings)
    return corpora.Exported(corpora.export(space / "out", listed, space), space / "out")
