"""A real S3 service for benchmarks: versitygw on this machine with the objects in its bucket, alone or behind a long line.

What contestants write lands in files of the server's folder: outputs are checked there, past every client.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

import peers
from delay import Delay
from measure import Contestant, measure, report

# Found through what peers.py put on the path.
from servers.proxy import Proxy
from servers.server import BUCKET
from servers.versitygw import VERSION, Versitygw

OBJECTS = "objects"
STAMPS = Path("/usr/share/tuxpaint/stamps")
LARGE_OBJECTS = int(os.environ.get("LARGE_OBJECTS", "200"))
LARGE_BYTES = 64 << 20
ROUNDS = int(os.environ.get("ROUNDS", "5"))


def parsed(doc: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", choices=["stamps", "large"], default="stamps")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="added to each round trip, by bench/delay.cc")
    parser.add_argument("--only", metavar="WORDS", help="contestants whose names hold one of these words, and haul itself")
    return parser.parse_args()


def tag(output: Path) -> str:
    """A contestant's folder for output, as the name of its prefix in the bucket."""
    return re.sub("[^0-9a-z]+", "-", output.name.lower()).strip("-")


class Service:
    """Serves as long as the `with` lasts. All lies beneath BENCH_DIR and is removed at the end."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.place = Path(tempfile.mkdtemp(prefix="haul-bench-s3-", dir=os.environ.get("BENCH_DIR")))
        self.server = Versitygw(self.place / "server")
        self.proxy: Proxy | None = None
        self.line: Delay | None = None
        self.bucket = self.server.data / BUCKET
        self.objects = self.bucket / OBJECTS

    def __enter__(self) -> "Service":
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was written is removed then, too
        try:
            self.server.start()
            self.proxy = Proxy(self.place / "proxy", self.server.env).start()
            if self.options.latency:
                self.line = Delay(self.server.env, self.options.latency)
            self.load()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for one in (self.line, self.proxy, self.server):
            if one:
                one.stop()
        shutil.rmtree(self.place)

    def load(self) -> None:
        source = STAMPS
        if self.options.objects == "large":
            source = self.place / "large"
            source.mkdir()
            for number in range(LARGE_OBJECTS):
                (source / f"{number:03}.bin").write_bytes(os.urandom(LARGE_BYTES))
        self.run(peers.rclone(), "copy", "--copy-links", "--transfers", "32", "--checkers", "32", source, f"b:{BUCKET}/{OBJECTS}")
        if source != STAMPS:
            shutil.rmtree(source)

    def run(self, *words) -> None:
        """Straight at the server."""
        subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL,
                       env={**os.environ, **environment(self.server.env), "XDG_STATE_HOME": str(self.place / "state")})

    def compete(self, title: str, contestants: list[Contestant]) -> None:
        """Measures, counts requests in one more run each, through the proxy, and prints the table."""
        if self.options.only:
            words = self.options.only.split()
            contestants = contestants[:1] + [one for one in contestants[1:] if any(word in one.name for word in words)]
        if self.options.objects == "large":
            for one in contestants:
                one.clear = self.clear
        load = os.getloadavg()[0]
        proxied = environment(self.proxy.env)
        measure(contestants, ROUNDS, environment((self.line or self.server).env))
        for one in contestants:
            counted = Contestant(f"count {one.name}", one.command, one.check, one.clear)
            before = self.proxy.counts()
            measure([counted], 1, proxied)
            after = self.proxy.counts()
            one.requests = after["requests"] - before["requests"]
            one.moved = sum(after[way] - before[way] for way in ("bytes_up", "bytes_down"))
        added = f", {self.options.latency:g} ms added to each round trip" if self.options.latency else ""
        report(f"{title}, {self.options.objects}{added}", self.objects, contestants,
               f"versitygw {VERSION} on the same machine; {peers.VERSIONS}; load before {load:.1f}; ")

    def clear(self, output: Path) -> None:
        shutil.rmtree(output)
        written = self.bucket / "out" / tag(output)
        shutil.rmtree(written, ignore_errors=True)

    def check_zip(self, name: str):
        """That the ZIP at NAME beneath a contestant's prefix holds each object, and reads back."""
        sums = {str(path.relative_to(self.objects)): zlib.crc32(path.read_bytes()) for path in files_of(self.objects)}

        def check(output: Path) -> None:
            path = self.bucket / "out" / tag(output) / name
            with zipfile.ZipFile(path) as archive:
                found = {entry.filename: entry.CRC for entry in archive.infolist() if not entry.is_dir()}
            assert found == sums, f"{path} holds other objects"
            subprocess.run(["unzip", "-tqq", path], check=True, stdout=subprocess.DEVNULL)
        return check

    def check_joined(self, name: str):
        """That the object at NAME is all the others one after the other, in the order of their keys."""
        def check(output: Path) -> None:
            with open(self.bucket / "out" / tag(output) / name, "rb") as joined:
                for path in sorted(files_of(self.objects), key=os.fsencode):
                    assert joined.read(path.stat().st_size) == path.read_bytes(), path
                assert not joined.read(1)
        return check

    def check_same(self, folder_of):
        def check(output: Path) -> None:
            subprocess.run(["diff", "-r", self.objects, folder_of(output)], check=True, stdout=subprocess.DEVNULL)
        return check

    def written(self, output: Path) -> Path:
        return self.bucket / "out" / tag(output)


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def environment(said: dict[str, str]) -> dict[str, str]:
    """How each of the programs is told of the service. Keys go this way only: never among arguments."""
    return {**said, "S3_ENDPOINT_URL": said["AWS_ENDPOINT_URL"], "RCLONE_CONFIG": os.devnull, "RCLONE_CONFIG_B_TYPE": "s3",
            "RCLONE_CONFIG_B_PROVIDER": "Other", "RCLONE_CONFIG_B_ENDPOINT": said["AWS_ENDPOINT_URL"],
            "RCLONE_CONFIG_B_REGION": said["AWS_REGION"], "RCLONE_CONFIG_B_ACCESS_KEY_ID": said["AWS_ACCESS_KEY_ID"],
            "RCLONE_CONFIG_B_SECRET_ACCESS_KEY": said["AWS_SECRET_ACCESS_KEY"]}


def transfers(options: argparse.Namespace) -> str:
    """rclone's own 4 would be slow with small objects."""
    return "--transfers 64 --checkers 64" if options.objects == "stamps" else "--transfers 8 --checkers 8"
