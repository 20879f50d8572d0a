"""A pack and an unpack whose service says nothing for long, with the patience that users have. They wait while other tests run."""

import time
from contextlib import contextmanager
from pathlib import Path

from harness.disturbed_s3 import Place, Way, placed
from harness.program import wait_for

# More requests than a flow could make while nothing answers it.
MANY = 5000
# In the middle of each flow: parts, and files that come back.
PATHS = {"pack": r"/out/|/in/f", "unpack": r"/back/"}
TRIED_SECONDS = 15 * 60
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
        for name, child in self.children.items():
            wait_for(lambda name=name: place.proxy.fired()[name] > 0, child)
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
            # Only a call that was tried in vain for so long ends, and is told as an outage.
            assert self.seconds < TRIED_SECONDS or ('"store_down"' in out and '"store_up"' in out), out
            self.place.assert_right(self.ways[name])

    def texts(self) -> dict[str, tuple[str, str]]:
        return {name: tuple(path.read_text() for path in pair) for name, pair in self.said.items()}


@contextmanager
def silent_for(seconds: float, server, binary: Path):
    with placed(server, binary, "silent", with_folders=False) as place:
        yield LongSilence(place, seconds)
