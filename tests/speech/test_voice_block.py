"""The graph that is asked about voices beside the log-mel head is built to the byte, and its findings carry its name."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from harness import listener, schemas
from harness.listener import Listener, ffmpeg
from harness.program import Haul

pytestmark = pytest.mark.xdist_group("models")  # what they share is built or read once

CHILD = sorted(Path("/usr/share/tuxpaint/stamps/symbols/math").glob("[0-9]_nl.ogg"))  # 44.1 kHz
NARROW = Path("/usr/share/asterisk/sounds/en_US_f_Allison/demo-instruct.wav")         # 8 kHz


@pytest.fixture(scope="session")
def models() -> Path:
    return listener.all_models()


@pytest.fixture
def without_it(space) -> Haul:
    program = Listener(space, listener.models())
    yield program
    program.end()


@pytest.fixture(scope="module")
def child(tmp_path_factory) -> Path:
    listed, out = (tmp_path_factory.mktemp("child") / name for name in ("list.txt", "child.wav"))
    listed.write_text("".join(f"file '{path}'\n" for path in CHILD))
    ffmpeg("-f", "concat", "-safe", "0", "-i", listed, "-ar", "44100", "-ac", "1", out)
    return out


def entry_of(models: Path) -> dict:
    entry, = [one for one in json.loads((models / "models.json").read_text())["models"] if one["role"] == "child"]
    return entry


def test_it_is_what_was_pinned(listens, models):
    entry = entry_of(models)
    assert entry["name"] == "whisper-block-child" and not entry["operators"]
    assert hashlib.sha256((models / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    lines = [json.loads(line) for line in listens.run("models", "list", "--json", "--models", models, code=0).out.splitlines()]
    for line in lines:
        schemas.assert_fits(line, "model.json")
    line, = [one for one in lines if one["role"] == "child"]
    assert (line["state"], line["decides"], line["own"], line["sha256"]) == ("there", True, False, entry["sha256"])
    assert "damaged" not in listens.run("models", "verify", "--models", models, code=0).out


def test_what_it_decided_carries_its_name(listens, without_it, child):
    with_it, alone = listens.heard(child, "--without-language")[0]["child"], without_it.heard(child)[0]["child"]
    assert with_it["model"]["name"] == "whisper-block-child-1" and len(with_it["model"]["sha256"]) == 64
    assert any(reason.startswith("judged by log-mel bands, and by Whisper's first block in ") for reason in with_it["reasons"])
    assert with_it["decision"] in ("child", "unsure") and with_it["score"] > 0.5
    assert alone["model"]["name"] == "child-log-mel-1" and not any("judged by" in reason for reason in alone["reasons"])


def test_narrow_recordings_are_judged_as_without_it(listens, without_it):
    with_it, alone = listens.heard(NARROW, "--without-language")[0], without_it.heard(NARROW)[0]
    assert with_it["child"]["bandwidth_hz"] < 5000
    assert with_it["child"]["model"]["name"] == "child-log-mel-1"
    added, = set(with_it["child"]["reasons"]) - set(alone["child"]["reasons"])
    assert "log-mel bands alone" in added
    with_it["child"]["reasons"].remove(added)
    assert with_it == alone


def test_the_same_line_each_time(listens, child):
    first, narrow, second = listens.heard(child, NARROW, child, "--without-language")
    assert first == second == listens.heard(child, "--without-language")[0]
    assert narrow == listens.heard(NARROW, "--without-language")[0]


def test_one_of_another_version_decides_nothing(listens, without_it, child, models, space):
    folder = space / "models"
    shutil.copytree(models, folder)
    record = json.loads((folder / "models.json").read_text())
    entry, = [one for one in record["models"] if one["role"] == "child"]
    data = (folder / entry["file"]).read_bytes() + b"\n"
    (folder / entry["file"]).write_bytes(data)
    entry["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "models.json").write_text(json.dumps(record))
    finished = listens.run("listen", "--json", "--without-language", "--models", folder, child, code=0)
    assert "another version" in finished.err and "haul models build child" in finished.err
    assert json.loads(finished.out)["child"] == without_it.heard(child)[0]["child"]
