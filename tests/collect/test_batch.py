"""Failures in the middle of a batch of 64: the others' results stand, no temporary is left, and what failed is said with its remedy."""

import hashlib
import signal

import pytest
from batch import BAD, MANY, accounts, logged, names_of, source, suffer
from harness.listener import HAUL

# How long a file may be heard before its decoder counts as hanging; an hour for users.
HANGS = {"HAUL_HEAR_LIMIT_MS": 4000}


def bad_of(voices) -> set[str]:
    return {voices[number].stem for number in BAD}


def digests(voices) -> list[str]:
    return [hashlib.sha256(voices[number].read_bytes()).hexdigest() for number in BAD]


@pytest.mark.parametrize("fault, said", [("reset", "reset"), ("cut", "cut twice"), ("page", "a page, not media"), ("500", "answered 500")])
def test_batch_failures_leave_no_temporary_and_lose_no_result(collector, site, voices, accepted, fault, said):
    bad = {f"/{name}.wav" for name in bad_of(voices)}
    site.fault = lambda path: fault if path in bad else ""
    collector.write_plan(source(site, voices), **MANY)
    finished = collector.run(*collector.words(), code=3, env=collector.quick)
    last = finished.events()[-1]
    assert last["totals"]["set_aside"] == len(last["units_set_aside"]) == len(BAD) and last["totals"]["left_out"] == {}, last
    for one in last["units_set_aside"]:
        assert said in one["reason"].lower() and any(path in one["reason"] for path in bad) and one["remedy"], one
        assert one["error"]["state"] == "leased, after 4 failures" and one["error"]["cleaned"] == "its temporary", one
    assert not any(error["data_at_risk"] for error in accounts(finished.events()))
    assert names_of(collector.assert_sound()) == accepted - bad_of(voices)
    site.fault = lambda path: ""
    assert collector.collect(env=collector.quick)["set_aside"] == 0
    assert names_of(collector.assert_sound()) == accepted


def noise(path) -> bytes:
    return hashlib.shake_256(path.name.encode()).digest(path.stat().st_size)


def head_alone(path) -> bytes:
    """It promises sound, and something else comes."""
    return path.read_bytes()[:36] + path.name.encode()


@pytest.mark.parametrize("spoil", [noise, head_alone])
def test_corrupt_media_cost_themselves_alone(collector, site, voices, accepted, spoil):
    for number in BAD:
        site.serve(f"/{voices[number].name}", spoil(voices[number]))
    collector.write_plan(source(site, voices), **MANY)
    assert collector.collect(env=collector.quick)["left_out"] == {"undecodable": len(BAD)}
    assert names_of(collector.assert_sound()) == accepted - bad_of(voices)


@pytest.mark.parametrize("by, said", [(signal.SIGKILL, "it ended without an answer"), (signal.SIGSTOP, "it did not answer in time")])
def test_a_decoder_that_dies_or_hangs_costs_its_file_alone(collector, site, voices, accepted, by, said):
    """Each time that it hears one of these files: three deaths set the recording aside, unheard. It stays, and is heard by a later run."""
    suffer(collector, digests(voices)[:1 if by == signal.SIGSTOP else len(BAD)], by)
    collector.write_plan(source(site, voices), **MANY)
    finished = collector.run(*collector.words(), code=3, env=collector.quick | HANGS)
    last = finished.events()[-1]
    suffered = 1 if by == signal.SIGSTOP else len(BAD)
    assert last["totals"]["set_aside"] == last["totals"]["unheard"] == len(last["units_set_aside"]) == suffered
    for one in last["units_set_aside"]:
        assert said in one["reason"] and one["remedy"] and one["path"].startswith("filter "), one
        error = one["error"]
        assert error["state"] == "leased, after 2 deaths" and "set aside after 3 deaths" in error["next"] and "the recording" in error["kept"], one
    failed = [event["unit"] for event in finished.events() if event["event"] == "unit_failed"]
    assert len(failed) == 2 * suffered and not any(error["data_at_risk"] for error in accounts(finished.events()))
    assert len(names_of(collector.assert_sound())) >= len(accepted) - suffered
    collector.binary = HAUL
    assert collector.collect(env=collector.quick)["set_aside"] == 0
    assert names_of(collector.assert_sound()) == accepted


def test_every_error_says_what_became_of_the_work_and_what_is_at_risk(collector, site, voices):
    """Of many kinds at once, and of a backup that fails; in events, in the log, at the end, and in what people read."""
    faults = dict(zip([f"/{voices[number].name}" for number in range(1, 7)], ["reset", "cut", "page", "500", "503", "429"]))
    once = set()

    def fault(path: str) -> str:
        first = path not in once
        once.add(path)
        return faults.get(path, "") if first or faults.get(path) in ("page", "cut") else ""
    site.fault = fault
    collector.write_plan(source(site, voices), **MANY)
    suffer(collector, digests(voices)[-1:], signal.SIGKILL)
    collector.out.mkdir()
    (collector.out / "backup").write_text("in the way\n")
    finished = collector.run(*collector.words(), code=3, env=collector.quick)
    told = accounts(finished.events())
    assert {event["event"] for event in finished.events() if "error" in event} >= {"unit_failed", "unit_set_aside", "item_failed", "notice"}
    at_risk = [error for error in told if error["data_at_risk"]]
    assert at_risk and {error["operation"] for error in at_risk} == {"back up"} and "since the last copy" in at_risk[0]["at_risk"]
    assert len(accounts(logged(collector))) >= len(told) - 1 - len(finished.events()[-1]["units_set_aside"])
    shown = collector.run("collect", collector.plan, "--models", collector.models, code=3, env=collector.quick)
    for text in (shown.err, shown.out):
        assert "before: leased" in text and "kept: " in text and "removed: its temporary" in text and "data at risk: none" in text, shown
    assert "data at risk: what was judged since the last copy" in shown.err
