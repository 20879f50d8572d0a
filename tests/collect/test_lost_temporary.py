"""What is known of a download that is not done: it holds as long as its temporary is there, and what gets on is not given up."""

import shutil
import signal
import wave

from batch import MANY, names_of, source
from collecting import feed, files
from harness import feeds
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


def test_a_large_file_that_gets_on_is_not_given_up(collector, site, space, voices):
    """A dozen tries fail, each after a MiB more: five failures, were there nothing between them, would set it aside."""
    step, tries = (1 << 20) + 1000, 12
    with wave.open(str(space / "large.wav"), "wb") as large:
        large.setparams((2, 2, 48_000, 0, "NONE", ""))
        large.writeframes(bytes(step * tries))
    items = [feeds.Item(path.stem, site.serve(f"/{path.name}", path.read_bytes()), path.stat().st_size, "audio/wav")
             for path in (voices[0], space / "large.wav")]
    collector.write_plan(feed(site.serve("/large.xml", feeds.rss("Ada", items, "CC0-1.0"))))
    asked = []

    def fault(path: str) -> str:
        if path != "/large.wav" or len(asked) >= 2 * tries:
            return ""
        asked.append(path)
        return f"cut:{step}" if len(asked) % 2 else "500"
    site.fault = fault
    totals = collector.collect(env=collector.quick)
    assert totals["set_aside"] == 0 and totals["fetched"] == len(collector.rows()) == 2
    assert len(asked) == 2 * tries and totals["fetched_bytes"] < 1.5 * sum(item.size for item in items)
