"""haul listen, as a user runs it, on recordings that Debian has."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from harness import listener
from harness.listener import HAUL, ffmpeg
from harness.program import wait

STAMPS = Path("/usr/share/tuxpaint/stamps")
CHILD = [STAMPS / "symbols" / "math" / f"{digit}_nl.ogg" for digit in range(10)]
ADULT = Path("/usr/share/asterisk/sounds/en_US_f_Allison/demo-instruct.wav")


@pytest.fixture(scope="module")
def child(tmp_path_factory) -> Path:
    """One child's ten words in one recording, with half a second between them."""
    out = tmp_path_factory.mktemp("child") / "child.wav"
    inputs = [word for path in CHILD for word in ("-i", path)]
    padded = "".join(f"[{n}:a]aresample=16000,aformat=channel_layouts=mono,apad=pad_dur=0.5[a{n}];" for n in range(len(CHILD)))
    joined = "".join(f"[a{n}]" for n in range(len(CHILD)))
    ffmpeg(*inputs, "-filter_complex", f"{padded}{joined}concat=n={len(CHILD)}:v=0:a=1", out)
    return out


def test_a_child_and_a_woman(listens, child):
    heard_child, heard_woman = listens.heard(child, ADULT)
    assert heard_child["path"] == str(child) and heard_woman["path"] == str(ADULT)
    assert heard_child["vad"]["name"] == "silero-vad" and len(heard_child["vad"]["sha256"]) == 64
    assert heard_child["child"]["decision"] in ("child", "unsure") and heard_woman["child"]["decision"] in ("adult", "unsure")
    assert heard_child["child"]["score"] > heard_woman["child"]["score"] + 0.3
    assert heard_woman["verdict"]["accepted"] is False
    assert heard_child["language"] == {"code": "und", "p": None, "model": None, "claim": None}
    for heard in (heard_child, heard_woman):
        spoken = sum(one["end"] - one["start"] for one in heard["segments"])
        assert heard["quality"]["speech_share"] == pytest.approx(spoken / heard["duration"], abs=0.01)
        times = [time for one in heard["segments"] for time in (one["start"], one["end"])]
        assert times == sorted(times) and times[-1] <= heard["duration"]


def test_the_same_line_each_time(listens, child):
    first, woman, second = listens.heard(child, ADULT, child)
    assert first == second == listens.heard(child)[0] and woman == listens.heard(ADULT)[0]


def test_errors_stand_in_their_places(listens, space, child):
    (space / "text").write_text("no audio at all\n" * 100)
    (space / "empty").touch()
    os.mkfifo(space / "fifo")
    truncated = space / "truncated.wav"
    whole = child.read_bytes()
    truncated.write_bytes(whole[:len(whole) * 2 // 3])
    files = [space / "text", child, space / "empty", space / "missing", space, space / "fifo", truncated]
    lines = listens.heard(*files, code=3)
    assert [line["path"] for line in lines] == [str(path) for path in files]
    assert ["error" in line for line in lines] == [True, False, True, True, True, True, True]
    for line in lines:
        if "error" in line:
            assert line["verdict"] == {"accepted": False, "reasons": line["verdict"]["reasons"]} and "error" in line["verdict"]["reasons"]
    assert "segments" in lines[6] and lines[6]["duration"] > 5  # what was decoded is used
    assert lines[3]["error"]["code"] == "not_found"


def test_for_people(listens, child, space):
    finished = listens.run("listen", "--models", listens.models, child, space / "missing", code=3)
    first, second = finished.out.splitlines()
    assert re.fullmatch(rf"{child}  0:\d\d\.\d  speech 0:\d\d\.\d  (child|unsure) 0\.\d\d( \(low confidence\))?  -\d+\.\d LUFS  SNR \d+ dB  "
                        r"(accepted|rejected: [a-z_, ]+)", first), first
    assert "missing" in second and "error: " in second


def test_what_a_plan_takes(listens, child, space):
    plan = space / "plan.toml"
    plan.write_text("name = 'x'\n[accept]\nlanguages = ['nl']\nspeech_seconds = 600\n")
    verdict = listens.heard("--accept", plan, "--language-claim", "nl", child)[0]
    assert verdict["verdict"]["accepted"] is False
    assert {"speech_too_short", "language_unknown"} <= set(verdict["verdict"]["reasons"])
    assert verdict["language"]["claim"] == "nl"
    plan.write_text("[accept]\nchild_score = 0\nspeech_seconds = 0.5\n")
    heard = listens.heard("--accept", plan, child)[0]
    assert heard["verdict"]["accepted"] == (heard["child"]["decision"] == "child")
    plan.write_text("[accept]\nchild_scores = 0\n")
    finished = listens.run("listen", "--accept", plan, child, code=2)
    assert "line 2: accept.child_scores" in finished.err


def test_video(listens, child, space):
    video = space / "video.mkv"
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=160x120:rate=5", "-i", child, "-shortest", "-c:v", "mpeg4", "-c:a", "libvorbis", video)
    heard = listens.heard(video)[0]
    assert "vorbis" in heard["decoder"] and heard["segments"]


def test_without_the_model_our_own_detector_decides(listens, child, space):
    finished = listens.run("listen", "--json", "--models", space / "none", child, code=0)
    heard = json.loads(finished.out)
    assert heard["vad"] == {"name": "built-in", "sha256": ""}
    assert 5 <= len(heard["segments"]) <= 20


def test_silence(listens, space):
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "3", space / "silence.wav")
    heard = listens.heard(space / "silence.wav")[0]
    assert heard["segments"] == [] and heard["child"]["decision"] == "none" and heard["child"]["score"] is None
    assert heard["quality"]["lufs"] is None and heard["quality"]["speech_share"] == 0
    assert heard["verdict"]["reasons"] == ["no_speech"]


def test_ctrl_c(listens, space):
    ffmpeg("-f", "lavfi", "-i", "anoisesrc=r=16000", "-t", "1800", space / "long.wav")
    child = listens.start("listen", "--models", listens.models, *40 * [space / "long.wav"])
    children = Path(f"/proc/{child.pid}/task/{child.pid}/children")
    deadline = time.monotonic() + 30
    while not children.read_text() and time.monotonic() < deadline:  # it decodes: its signals are its own by then
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    finished = wait(child, 20)
    assert finished.code == 130, finished


def test_where_it_is_not_installed(haul, child):
    """The fixture's program lies alone in its folder."""
    finished = haul.run("listen", child, code=1)
    assert "haul-speech" in finished.err and "./haul listen" in finished.err
    assert "--accept" in haul.run("listen", "--help", code=0).out
    assert "--frob" in haul.run("listen", "--frob", child, code=2).err


def test_who_only_packs_has_none_of_it(space):
    """Neither is it linked, nor does a fresh clone look for it."""
    linked = subprocess.run(["ldd", HAUL], capture_output=True, text=True, check=True).stdout
    for library in ("libav", "libswresample", "libopenvino", "libseccomp", "libebur128", "libkissfft"):
        assert library not in linked
    tree = space / "tree"
    subprocess.run(["git", "-c", "safe.directory=*", "clone", "-q", listener.ROOT, tree], check=True)
    packages = (tree / "cmake" / "packages.txt").read_text()
    for package in ("libav", "libseccomp", "libebur128", "libkissfft", "openvino"):
        assert package not in packages
    subprocess.run(["cmake", "--preset", "release"], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    ninja = (tree / "build" / "release" / "build.ninja").read_text()
    # What a plan accepts is judged without ears.
    assert "src/cli/listen.cc" in ninja and set(re.findall(r"src/speech/(\w+)", ninja)) <= {"verdict"} and "openvino" not in ninja.lower()
    assert not list((tree / "build").glob("openvino*"))
