"""A pack and an unpack whose service says nothing for long, with the patience that users have. They wait while other tests run."""

import json
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from harness.disturbed_s3 import Place, Way, placed
from harness.program import wait_for

# More requests than a flow could make while nothing answers it.
MANY = 5000
# In the middle of each flow: parts, and files that come back.
PATHS = {"pack": r"/out/|/in/f", "unpack": r"/back/"}
# After 30 s without a byte a place is down; what was begun just before, and the end of an upload, take as long again.
DOWN_SECONDS = (29, 90)
# The probe of a store that is away goes every 60 s at the end, and one that was begun in the silence takes 30 s.
MOST_SECONDS_AFTERWARDS = 150


class LongSilence:
    def __init__(self, place: Place, seconds: float):
        self.place, self.seconds = place, seconds
        for way in self.ways.values():
            place.begin_anew(way)
        place.proxy.plan(*({"id": name, "action": "silence", "path": path, "nth": list(range(60, MANY)), "seconds": seconds}
                           for name, path in PATHS.items()))
        # Into files: nobody reads while it lasts, and a full pipe would hold the program.
        self.said = {name: (place.folder / f"{name}.out", place.folder / f"{name}.err") for name in PATHS}
        self.children = {name: self.start(name, way) for name, way in self.ways.items()}
        self.began = {}
        for name, child in self.children.items():
            wait_for(lambda name=name: place.proxy.fired()[name] > 0, child)
            self.began[name] = time.time()
        self.end = time.monotonic() + seconds

    @property
    def ways(self) -> dict[str, Way]:
        return {name: self.place.ways[name] for name in PATHS}

    def start(self, name: str, way: Way):
        out, err = self.said[name]
        with open(out, "wb") as stdout, open(err, "wb") as stderr:
            return self.place.runner.start(*way.arguments, "--json", stdout=stdout, stderr=stderr)

    def assert_waited(self) -> None:
        """When it is over: all is done by itself, and nothing was set aside."""
        while time.monotonic() < self.end:
            gone = {name: child.poll() for name, child in self.children.items() if child.poll() is not None}
            assert not gone, f"ended in the silence: {gone}; {self.texts()}"
            time.sleep(0.2)
        fired = self.place.proxy.fired()
        self.place.proxy.plan()
        for name, child in self.children.items():
            child.wait(MOST_SECONDS_AFTERWARDS)
            out, err = self.texts()[name]
            print(f"{name}: {fired[name]} requests were met with silence of {self.seconds} s")
            assert child.returncode == 0, err
            assert '"unit_set_aside"' not in out and '"unit_failed"' not in out, out
            self.assert_told(name, [json.loads(line) for line in out.splitlines()])
            self.place.assert_right(self.ways[name])

    def assert_told(self, name: str, events: list[dict]) -> None:
        """As an outage, and neither at once nor after many minutes."""
        down = [datetime.fromisoformat(one["time"]).timestamp() for one in events if one["event"] == "store_down"]
        assert down and any(one["event"] == "store_up" for one in events), events
        after = down[0] - self.began[name]
        print(f"{name}: the outage was told after {after:.1f} s")
        assert DOWN_SECONDS[0] <= after <= DOWN_SECONDS[1], f"{name}: told {after} s after the silence began"

    def texts(self) -> dict[str, tuple[str, str]]:
        return {name: tuple(path.read_text() for path in pair) for name, pair in self.said.items()}


@contextmanager
def silent_for(seconds: float, server, binary: Path):
    with placed(server, binary, "silent", with_folders=False) as place:
        yield LongSilence(place, seconds)
