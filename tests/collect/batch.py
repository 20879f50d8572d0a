"""A batch of one channel's recordings behind a feed, some of which go wrong while the others do not."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path

from collecting import Collector, feed
from harness import feeds, schemas
from harness.listener import HAUL
from harness.web_site import WebSite

ITEMS = 64
BAD = range(5, ITEMS, 20)  # three of them; not the first, by which the channel is judged
MANY = {"downloads": "64", "per_host": "64"}
TOLD = ("operation", "subject", "state", "kept", "cleaned", "next")


@contextmanager
def serving(voices: list[Path]):
    with WebSite() as server:
        for path in voices:
            server.serve(f"/{path.name}", path.read_bytes())
        yield server


def source(site: WebSite, voices: list[Path]) -> str:
    items = [feeds.Item(path.stem, f"{site.url}/{path.name}", path.stat().st_size, "audio/wav") for path in voices]
    return feed(site.serve("/feed.xml", feeds.rss("Ada", items, "CC0-1.0")))


def names_of(recordings: list[dict]) -> set[str]:
    return {one["source"]["item"] for one in recordings}


def accounts(events: list[dict]) -> list[dict]:
    """Every error that was told, each of which must leave nothing to guess."""
    found = []
    for event in events:
        schemas.assert_event(event)
        found += [event["error"]] if "error" in event else []
        found += [item["error"] for name in ("failed_items", "units_set_aside") for item in event.get(name, ())]
    for error in found:
        assert all(error[field] for field in TOLD) and isinstance(error["data_at_risk"], bool), error
        assert error["data_at_risk"] == ("at_risk" in error), error
    return found


def logged(collector: Collector) -> list[dict]:
    log, = collector.state.glob("jobs/*/log.jsonl")
    return [json.loads(line) for line in log.read_text().splitlines()]


# The real program behind it; what happens to it when it is given certain files is what a file can do to it at its worst.
SUFFERING = '''#!/usr/bin/python3 -B
import hashlib, os, signal, subprocess, sys
real = subprocess.Popen([{real!r}, *sys.argv[1:]], stdin=subprocess.PIPE)
for line in iter(sys.stdin.buffer.readline, b""):
    with open(line[:-1], "rb") as heard:
        if hashlib.sha256(heard.read()).hexdigest() in {bad!r}:
            real.send_signal({signal})
            if {signal} == signal.SIGKILL:
                real.wait()
                os.kill(os.getpid(), signal.SIGKILL)
    real.stdin.write(line)
    real.stdin.flush()
real.stdin.close()
sys.exit(real.wait())
'''


def suffer(collector: Collector, bad: list[str], signal: int) -> Path:
    """haul-speech gets the signal whenever it is to hear a file with one of these SHA-256. The file of it: without it all is well."""
    folder = collector.space / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / "haul-speech"
    program.write_text(SUFFERING.format(real=str(HAUL.with_name("haul-speech")), bad=bad, signal=int(signal)))
    program.chmod(0o755)
    # It looks for haul-speech beside itself.
    shutil.copy2(HAUL, folder / "haul")
    collector.binary = folder / "haul"
    return program
