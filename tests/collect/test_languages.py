"""Plans that want languages: what nothing here can tell is said before anything is fetched, and what is told decides."""

import hashlib
import json

import pytest
from collecting import files
from harness import channels, listener


def wanting(collector, languages: list[str], *sources: str) -> None:
    collector.write_plan(*sources)
    collector.plan.write_text(collector.plan.read_text().replace("[accept]", f"[accept]\nlanguages = {json.dumps(languages)}"))


@pytest.fixture(name="children")
def children_of(space):
    channels.make(space / "children", channels.CHILDREN, 3)
    return space / "children"


@pytest.mark.parametrize("more", [[], ["--phase", "filter"]], ids=" ".join)
def test_without_a_model_nothing_is_fetched_in_vain(collector, children, more):
    wanting(collector, ["nl"], files(children))
    error = collector.run("collect", collector.plan, "--models", collector.models, *more, code=1).err
    assert "accept.languages names languages, and no model that tells them is here" in error
    assert f"haul models build language --models {collector.models}" in error
    assert not collector.out.exists() and not list(collector.state.glob("jobs/*"))


def test_phases_that_hear_nothing_need_no_model(collector, children):
    wanting(collector, ["nl"], files(children))
    totals = collector.collect("--phase", "search")
    assert totals["candidates"] == 3
    assert str(children) in collector.run("collect", collector.plan, "--dry-run", code=0).out


def test_a_language_that_the_model_never_answers_is_no_language_to_want(collector, children, space):
    own = space / "own.onnx"
    own.write_bytes(b"never loaded")
    collector.run("models", "add", "language", "--path", own, "--sha256", hashlib.sha256(b"never loaded").hexdigest(), "--labels", "nl,fy",
                  "--models", space / "models", code=0)
    wanting(collector, ["nl", "nld"], files(children))
    error = collector.run("collect", collector.plan, "--models", space / "models", code=2).err
    assert 'accept.languages holds "nld", which the model own never answers' in error and "it knows: nl fy" in error
    assert not collector.out.exists() and not list(collector.state.glob("jobs/*"))


def test_models_that_cannot_be_listed_are_said(collector, children, space):
    (space / "models").mkdir()
    (space / "models" / "models.json").write_text("{")
    wanting(collector, ["nl"], files(children))
    finished = collector.run("collect", collector.plan, "--models", space / "models", code=5)
    assert "list models" in finished.err and "models.json" in finished.err and "to do: remove that file" in finished.err, finished
    assert not collector.out.exists()


def test_what_is_heard_decides(collector, children):
    collector.models = listener.all_models()
    wanting(collector, ["en"], files(children))
    totals = collector.collect()
    assert totals["channels"] == {"accepted": 0, "closed": 1, "open": 0} and totals["accepted"] == 0 and totals["fetched"] == 0
    # The same voice, once its language is wanted: the channel opens, and nothing is probed again.
    wanting(collector, ["en", "nl"], files(children))
    totals = collector.collect()
    assert totals["channels"] == {"accepted": 1, "closed": 0, "open": 0} and totals["fetched"] == 3
    recordings = collector.assert_sound()
    assert recordings and {one["language"]["code"] for one in recordings} == {"nl"}
