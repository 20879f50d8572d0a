"""Without what runs networks: listening goes on with what needs none, and says so."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from harness import listener, schemas
from harness.listener import HAUL
from harness.program import Haul

ADULT = "/usr/share/asterisk/sounds/en_US_f_Allison/demo-instruct.wav"


@pytest.fixture(params=["missing", "damaged"])
def without(request, space):
    """Haul and haul-speech in a folder where the module that holds OpenVINO is not, or is no library."""
    folder = space / "bin"
    folder.mkdir()
    for name in ("haul", "haul-speech"):
        shutil.copy2(HAUL.parent / name, folder / name)
    if request.param == "damaged":
        (folder / "haul-openvino.so").write_text("no library\n" * 1000)
    program = Haul(folder / "haul", space)
    yield program
    program.end()


def test_the_built_in_detector_decides(without, models):
    finished = without.run("listen", "--json", "--models", models, ADULT, code=0)
    heard = json.loads(finished.out)
    schemas.assert_fits(heard, "heard.json")
    assert heard["vad"]["name"] == "built-in" and heard["segments"] and heard["child"]["decision"] == "adult"
    assert finished.err.count("haul-openvino.so") >= 1 and "warning" in finished.err


def test_the_log_mel_head_decides_alone(without):
    """With all models of ours there."""
    finished = without.run("listen", "--json", "--models", listener.all_models(), ADULT, code=0)
    heard = json.loads(finished.out)
    assert heard["child"]["model"]["name"] == "child-log-mel-1" and heard["child"]["decision"] == "adult"
    assert not any("judged by" in reason for reason in heard["child"]["reasons"])
    assert heard["language"]["code"] == "und" and "warning" in finished.err


def test_without_models_nothing_is_missing(without, space):
    (space / "none").mkdir()
    finished = without.run("listen", "--json", "--models", space / "none", ADULT, code=0)
    assert json.loads(finished.out)["vad"]["name"] == "built-in" and not finished.err


def test_a_model_that_was_asked_for_is_an_error(without, models, space):
    model = next(models.glob("silero*.onnx"))
    sha256 = hashlib.sha256(model.read_bytes()).hexdigest()
    without.run("models", "add", "child", "--path", model, "--sha256", sha256, "--labels", "adult,child", "--input", "pcm",
                "--models", space / "models", code=0)
    finished = without.run("listen", "--models", space / "models", ADULT, code=1)
    assert "haul-openvino.so" in finished.err and not finished.out


def test_a_machine_that_has_no_wheel_does_without(space):
    """The build goes on there (3): a failure to fetch would end it."""
    (space / "uname").write_text("#!/bin/sh\necho riscv64\n")
    (space / "uname").chmod(0o755)
    fetch = Path(__file__).resolve().parents[2] / "cmake" / "fetch_openvino"
    done = subprocess.run([fetch, space / "wheel"], env={"PATH": f"{space}:/usr/bin:/bin"}, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 3 and b"riscv64" in done.stderr and not (space / "wheel").exists()
