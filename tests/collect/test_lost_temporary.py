"""What a checkpoint says of a file holds as long as the file is there."""

import shutil
import signal

from batch import MANY, names_of, source
from collecting import files
from harness.program import wait, wait_for

FEW = 6


def lose(collector) -> None:
    left = collector.temporaries()
    assert left
    for path in left:
        path.unlink()


def test_what_was_whole_and_is_gone_is_fetched_anew(collector, site, voices):
    """The next try is stopped before it gets an answer: what it leaves is empty, and not what was whole."""
    collector.write_plan(source(site, voices[:FEW]), **MANY)
    collector.killed_at("collect.download.before_place", *collector.words(), code=-9)
    lose(collector)
    asked = len(site.asked)
    site.fault = lambda path: "held" if path.endswith(".wav") else ""
    child = collector.start(*collector.words(), env=collector.quick)
    wait_for(lambda: any(one.fault == "held" for one in site.asked[asked:]), child)
    child.send_signal(signal.SIGKILL)
    wait(child)
    site.fault = lambda path: ""
    site.let_go.set()
    totals = collector.collect()
    assert totals["left_out"] == {} and totals["candidates"] == FEW
    assert len(collector.rows()) == FEW and names_of(collector.assert_sound()) <= {path.stem for path in voices[:FEW]}


def test_what_was_whole_and_is_gone_is_copied_anew(collector, space, voices):
    (space / "own" / "ada").mkdir(parents=True)
    for path in voices[:FEW]:
        shutil.copy(path, space / "own" / "ada")
    collector.write_plan(files(space / "own"), **MANY)
    collector.killed_at("collect.download.before_place", *collector.words(), code=-9)
    lose(collector)
    collector.killed_at("collect.download.fetched", *collector.words(), nth=3, code=-9)
    totals = collector.collect()
    assert totals["left_out"] == {} and len(collector.rows()) == FEW
    originals = {path.read_bytes() for path in voices[:FEW]}
    assert {path.read_bytes() for path in collector.audio()} == originals
    collector.assert_sound()
