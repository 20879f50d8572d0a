"""A collection in a bucket of versitygw behind the proxy that disturbs, and what undisturbed runs make of it."""

import hashlib
import random
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import make
from harness.fixtures import remove
from harness.program import Finished, Haul
from harness.s3 import running
from servers.proxy import Proxy
from servers.s3client import S3Client, crc32

# Tries again after milliseconds: a test waits for what it counts, not for the patience of users.
QUICK = {"HAUL_RETRY_MS": 2, "HAUL_RETRY_MOST_MS": 50, "HAUL_UNIT_RETRY_MS": 5}
SMALL, LARGE = 200, 12 << 20
# The first part holds the small files and two large ones, one of which spans its two tiles; the second the third.
PART_SIZE = "27MB"


def contents() -> dict[str, bytes]:
    chance = random.Random(4)
    made = {f"f{number % 10}/{number:03}.bin": chance.randbytes(chance.randrange(1, 8000)) for number in range(SMALL)}
    return made | {f"large-{letter}": chance.randbytes(LARGE) for letter in "abc"}


@dataclass
class Way:
    """One command. What it makes lies beneath `result`: a prefix of the bucket, or a folder."""
    arguments: tuple
    result: str | Path
    right: dict[str, str]  # what lies there after an undisturbed run, with digests
    needed: int = 0        # requests of that run


def digest_of(name: str, data: bytes) -> str:
    """Set records and manifests bear times: that they are there says enough, and verify reads them."""
    return hashlib.sha256(data).hexdigest() if not name.endswith((".json", ".jsonl.zst")) else "there"


class Place:
    def __init__(self, client: S3Client, proxy: Proxy, runner: Haul):
        self.client, self.proxy, self.runner = client, proxy, runner
        self.ways: dict[str, Way] = {}

    @property
    def folder(self) -> Path:
        return self.runner.space

    def made(self, way: Way) -> dict[str, str]:
        if isinstance(way.result, Path):
            return {path.relative_to(way.result).as_posix(): digest_of(path.name, path.read_bytes())
                    for path in sorted(way.result.rglob("*")) if path.is_file()}
        return {key: digest_of(key, self.client.get(key)) for key in sorted(self.client.list(way.result))}

    def begin_anew(self, way: Way) -> None:
        self.proxy.plan()
        shutil.rmtree(self.runner.state_home, ignore_errors=True)
        if isinstance(way.result, Path):
            remove(way.result) if way.result.exists() else None
            return
        for key, upload in self.client.uploads():
            self.client.abort(key, upload)
        keys = list(self.client.list(way.result))
        if keys:
            self.client.delete_many(keys)

    def run(self, way: Way, *more, code: int | None = 0, env: dict | None = None, limit: float = 100) -> Finished:
        return self.runner.run(*way.arguments, *more, env={**QUICK, **(env or {})}, code=code, limit=limit)

    def add(self, name: str, *arguments, result: str | Path) -> Way:
        way = self.ways[name] = Way(arguments, result, {})
        self.begin_anew(way)
        before = self.proxy.counts()["requests"]
        self.run(way)
        way.needed = self.proxy.counts()["requests"] - before
        way.right = self.made(way)
        return way

    def assert_right(self, way: Way, finished: Finished | None = None) -> None:
        made = self.made(way)
        wrong = [name for name in sorted(made.keys() | way.right.keys()) if made.get(name) != way.right.get(name)]
        assert not wrong, f"missing, left over or other than without faults: {wrong[:20]}; {finished}"
        assert not self.client.uploads(), finished


@contextmanager
def placed(server, binary: Path, name: str = "disturbed", with_folders: bool = True):
    """`name`: of the bucket, one for each place. `with_folders`: also the ways of which one side is a folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"haul-s3-{name}-"))
    client = S3Client(server.env, name)
    client.make_bucket()
    source = folder / "in"
    for name, data in contents().items():
        client.put(f"in/{name}", data, x_amz_checksum_crc32=crc32(data))
        make.file(source / name, data)
    bucket = f"s3://{client.bucket}"
    with running(Proxy, server.env) as proxy:
        runner = Haul(binary, folder, proxy.env)
        try:
            place = Place(client, proxy, runner)
            pack = ("pack", "--part-size", PART_SIZE)
            place.add("set", *pack, f"{bucket}/in", f"{bucket}/set", result="set/")
            place.add("pack", *pack, f"{bucket}/in", f"{bucket}/out", result="out/")
            place.add("unpack", "unpack", f"{bucket}/set/in", f"{bucket}/back", result="back/")
            if with_folders:
                place.add("pack up", *pack, source, f"{bucket}/up", result="up/")
                place.add("pack down", *pack, f"{bucket}/in", folder / "down", result=folder / "down")
                place.add("unpack down", "unpack", f"{bucket}/set/in", folder / "back", result=folder / "back")
            yield place
        finally:
            runner.end()
            client.remove_bucket()
            client.close()
            remove(folder)
