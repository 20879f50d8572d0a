"""haul models: what is there, a model of one's own, and files that are not what they were."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from harness import listener, schemas
from harness.listener import Listener

SOUND = Path("/usr/share/asterisk/sounds/en_US_f_Allison/vm-review.wav")


@pytest.fixture
def keeps(space):
    """With a folder of models of its own."""
    folder = space / "models"
    shutil.copytree(listener.models(), folder)
    program = Listener(space, folder)
    yield program
    program.end()


def models(keeps, *words, code: int = 0) -> list[dict]:
    finished = keeps.run("models", *words, "--json", "--models", keeps.models, code=code)
    lines = [json.loads(line) for line in finished.out.splitlines()]
    for line in lines:
        schemas.assert_fits(line, "model.json")
    return lines


def network(keeps) -> Path:
    one, = [line for line in models(keeps, "list") if line["role"] == "activity"]
    return Path(one["path"])


def test_what_is_there(keeps):
    activity, child, language = models(keeps, "list")
    assert (activity["name"], activity["state"], activity["decides"]) == ("silero-vad", "there", True)
    assert (child["name"], child["state"], child["decides"]) == ("whisper-block-child", "not built", False)
    assert (language["role"], language["state"], language["decides"]) == ("language", "not built", False)
    assert models(keeps, "build", "activity") == [{**activity}]  # it is there: at once


def test_one_of_ones_own_until_it_is_removed(keeps, space):
    own = space / "own.onnx"
    own.write_bytes(network(keeps).read_bytes())
    sha256 = hashlib.sha256(own.read_bytes()).hexdigest()
    added, = models(keeps, "add", "child", "--path", own, "--sha256", sha256, "--labels", "adult,child")
    assert added["own"] and added["decides"] and added["sha256"] == sha256 and added["labels"] == ["adult", "child"]
    own.unlink()  # it was copied
    assert [line["state"] for line in models(keeps, "verify")] == ["good", "good"]
    finished = keeps.run("listen", "--models", keeps.models, SOUND, code=5)
    assert added["name"] in finished.err or "child" in finished.err  # it is no network of that form
    assert models(keeps, "remove", "child") == []
    keeps.heard(SOUND)


def test_another_hash_is_refused_and_nothing_kept(keeps, space):
    before = sorted(path.name for path in keeps.models.iterdir())
    own = space / "own.onnx"
    own.write_bytes(network(keeps).read_bytes() + b"x")
    finished = keeps.run("models", "add", "child", "--path", own, "--sha256", "0" * 64, "--models", keeps.models, code=5)
    assert "own.onnx" in finished.err
    assert sorted(path.name for path in keeps.models.iterdir()) == before


def test_a_damaged_file_is_named(keeps):
    path = network(keeps)
    contents = bytearray(path.read_bytes())
    contents[len(contents) // 2] ^= 1
    path.write_bytes(contents)
    finished = keeps.run("models", "verify", "--models", keeps.models, code=5)
    assert path.name in finished.err and "haul models build" in finished.err
    assert path.name in keeps.run("listen", "--models", keeps.models, SOUND, code=5).err


@pytest.mark.parametrize("words, said", [
    (["frob"], "none of list, build, add, remove, verify"),
    (["add", "child"], "--path and --sha256"),
    (["add", "activity", "--path", "x", "--sha256", "0" * 64], "child or language"),
    (["remove"], "child or language"),
])
def test_usage(keeps, words, said):
    assert said in keeps.run("models", *words, code=2).err


def test_there_is_no_such_model(keeps):
    assert "frobnicator" in keeps.run("models", "build", "frobnicator", "--models", keeps.models, code=4).err
