"""Recordings of every kind through the real decoder, beside what ffmpeg makes of them; and what its child may."""

import os
import random
import signal
from array import array
from pathlib import Path

import pytest
from decoding import SENDMSG, call_of, child_of, wait_for, waits_in_write

from harness import recordings
from harness.recordings import KINDS, ffmpeg, sound, write_wav

AVERAGE = {1: "anull", 2: "pan=mono|c0=0.5*c0+0.5*c1"}
# They have neither a length in their head nor an end that can be known.
ENDLESS = {"constant.mp3", "dolby.ac3", "dolby.eac3", "video.flv", "video.mpg", "video.ts"}
# What one must know to decode them stands at their end.
HEAD_AT_THE_END = {"aac.m4a", "alac.m4a", "video.mp4", "apple.caf"}


@pytest.fixture(scope="module")
def by_ffmpeg(kinds, tmp_path_factory) -> dict[str, array]:
    """What ffmpeg itself decodes to 16 kHz mono."""
    folder = tmp_path_factory.mktemp("ffmpeg")
    inputs = [word for path in kinds.values() for word in ("-i", path)]
    outputs: list = []
    for number, (name, words) in enumerate(KINDS.items()):
        mono = AVERAGE[1 if "1" in words[words.index("-ac"):][:2] else 2] if "-ac" in words else AVERAGE[2]
        outputs += ["-map", f"{number}:a", "-af", mono, "-ar", 16000, "-ac", 1, "-f", "f32le", folder / name]
    ffmpeg(*inputs, *outputs)
    decoded = {}
    for name in KINDS:
        decoded[name] = array("f")
        decoded[name].frombytes((folder / name).read_bytes())
    return decoded


def difference(ours: array, theirs: array) -> float:
    """Energy of the difference by energy of the sound, at the best of some shifts: pads before the first sample are counted
    differently."""
    def at(shift: int, step: int) -> float:
        start = max(0, -shift)
        end = min(len(ours), len(theirs) - shift)
        places = range(start + 2000, end - 2000, step)
        return sum((ours[i] - theirs[i + shift]) ** 2 for i in places) / sum(theirs[i + shift] ** 2 for i in places)
    best = min(range(-1200, 1201), key=lambda shift: at(shift, 499))
    return at(best, 1)


@pytest.mark.xdist_group("beside ffmpeg")  # which decodes them all only once
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_sounds_as_ffmpeg_has_it(decode_tool, kinds, by_ffmpeg, space, name):
    heard = decode_tool.samples(kinds[name], space)
    assert not heard.why()
    assert abs(len(heard.samples) - 48000) < 1600
    assert heard.files[0]["samples"] == len(heard.samples)
    assert difference(heard.samples, by_ffmpeg[name]) < 1e-3


def test_decoder_says_what_it_was(decode_tool, kinds):
    names = ["vorbis.ogg", "opus.webm", "aac.m4a", "video.mkv", "video.ts", "plain.wav"]
    heard = decode_tool.decode([kinds[name] for name in names])
    assert [one["decoder"] for one in heard.files] == [
        "vorbis in ogg", "opus in matroska", "aac in mp4", "vorbis in matroska", "mp2 in mpegts", "pcm_s16le in wav"]


def test_truncated_files_say_so(decode_tool, kinds, space):
    for name, path in kinds.items():
        data = path.read_bytes()
        (space / name).write_bytes(data[:len(data) * 7 // 10])
    heard = decode_tool.decode([space / name for name in KINDS])
    for number, name in enumerate(KINDS):
        if name in HEAD_AT_THE_END:
            assert heard.files[number]["error"]["code"] == "corrupt"
            continue
        assert 16000 <= heard.files[number]["samples"] <= 36000, name
        if name not in ENDLESS:
            assert "truncated" in heard.why(number), name
            assert heard.files[number]["cut"]["code"] == "corrupt"


def test_damage_within_says_where(decode_tool, kinds, space):
    data = bytearray(kinds["lossless.flac"].read_bytes())
    data[len(data) // 2:len(data) // 2 + 9000] = bytes(9000)
    (space / "hurt.flac").write_bytes(data)
    heard = decode_tool.decode([space / "hurt.flac"])
    assert "damaged at second 1." in heard.why()
    assert heard.files[0]["samples"] > 40000


def test_encrypted(decode_tool, kinds, space):
    ffmpeg("-i", kinds["plain.wav"], "-c:a", "aac", "-encryption_scheme", "cenc-aes-ctr", "-encryption_key",
           "00112233445566778899aabbccddeeff", "-encryption_kid", "0123456789abcdef0123456789abcdef", space / "locked.mp4")
    heard = decode_tool.decode([space / "locked.mp4"])
    assert heard.files[0]["error"]["code"] == "unsupported"
    assert "encrypted" in heard.why()
    assert heard.files[0]["error"]["remedy"]


def test_no_audio(decode_tool, space):
    ffmpeg(*recordings.VIDEO, space / "silent.mp4")
    heard = decode_tool.decode([space / "silent.mp4"])
    assert heard.files[0]["error"]["code"] == "unsupported"
    assert "there is no audio in this mp4 file" in heard.why()


def test_rate_and_channels_that_change_midway(decode_tool, space):
    for name, rate, channels in (("a", 44100, 2), ("b", 22050, 1), ("c", 48000, 2)):
        write_wav(space / "one.wav", sound(1.5))
        ffmpeg("-i", space / "one.wav", "-af", AVERAGE[3 - channels], "-ar", rate, "-ac", channels, space / f"{name}.aac")
    (space / "all.aac").write_bytes(b"".join((space / f"{name}.aac").read_bytes() for name in "abc"))
    heard = decode_tool.samples(space / "all.aac", space)
    assert abs(len(heard.samples) - 3 * 24000) < 4000
    energy = [sum(value * value for value in heard.samples[start:start + 16000]) for start in (4000, 28000, 52000)]
    assert max(energy) < 1.5 * min(energy)


def test_real_recordings(decode_tool, full):
    """Those of Debian packages: whole, and so nothing is said of them."""
    folders = ["/usr/share/tuxpaint/stamps", "/usr/share/klettres"]
    found = sorted(path for folder in folders for path in Path(folder).rglob("*") if path.suffix in (".ogg", ".wav"))
    assert len(found) > 5000
    chosen = found if full else random.Random(5).sample(found, 150)
    heard = decode_tool.decode(chosen, limit=600)
    told = [heard.why(number) for number in range(len(chosen)) if heard.why(number)]
    assert len(told) <= len(chosen) // 200, told
    assert heard.run["descriptors_lost"] == 0


def is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def held(decode_tool, space):
    """The tool, its child, and the file that they are at: nobody takes the samples, so that both stand."""
    path = recordings.silence(space / "long.wav", 3600)
    os.mkfifo(space / "raw")
    reader = os.open(space / "raw", os.O_RDONLY | os.O_NONBLOCK)
    process = decode_tool.start("--raw", space / "raw", path)
    child = child_of(process)
    wait_for(lambda: len(os.listdir(f"/proc/{child}/fd")) == 5, "the child has the file")
    yield process, child, path
    process.kill()
    process.wait()
    os.close(reader)


def test_child_has_nothing_but_the_file(held):
    process, child, path = held
    opened = {int(number): os.readlink(f"/proc/{child}/fd/{number}") for number in os.listdir(f"/proc/{child}/fd")}
    assert [opened[number] for number in range(3)] == ["/dev/null"] * 3
    assert opened[3].startswith("socket:") and opened[4] == str(path)
    assert Path(f"/proc/{child}/environ").read_bytes() == b""
    assert Path(f"/proc/{child}/cmdline").read_bytes().endswith(b"\0decode-child\0")
    assert os.getpgid(child) == child != os.getpgid(process.pid)
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{child}/status").read_text().splitlines() if ":\t" in line)
    assert status["Seccomp"] == "2" and status["NoNewPrivs"] == "1" and status["Threads"] == "1"
    limits = {line[:26].strip(): line[26:].split()[:2] for line in Path(f"/proc/{child}/limits").read_text().splitlines()}
    assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["16", "16"]
    assert int(limits["Max address space"][0]) < 2 << 30
    assert int(limits["Max cpu time"][0]) < 60


def test_child_dies_with_its_parent(held):
    process, child, _ = held
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: is_gone(child), "the child is gone")


def test_samples_wait_for_who_takes_them(held):
    """An hour of them: the child has read little of it once neither can go on."""
    process, child, _ = held
    wait_for(lambda: waits_in_write(process.pid) and call_of(child) == SENDMSG, "one waits for the reader, the other for it")
    did = dict(line.split(": ") for line in Path(f"/proc/{child}/io").read_text().splitlines())
    assert int(did["rchar"]) < 20 << 20
