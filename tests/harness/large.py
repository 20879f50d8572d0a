"""Large contents that are made and compared a stretch at a time: zeros, with a mark in every MiB that is like no other."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from servers.s3client import S3Client

MIB = 1 << 20
PIECE = 64  # MiB
THREADS = 3


def stretch(name: str, first: int, count: int) -> bytes:
    """MiB `first` and those behind it."""
    data = bytearray(count * MIB)
    for number in range(first, first + count):
        mark = hashlib.sha256(f"{name} {number}".encode()).digest()
        start = (number - first) * MIB + int.from_bytes(mark[:4], "big") % (MIB - len(mark))
        data[start:start + len(mark)] = mark
    return bytes(data)


def stretches(mebibytes: int) -> list[tuple[int, int]]:
    return [(first, min(PIECE, mebibytes - first)) for first in range(0, mebibytes, PIECE)]


def put(client: S3Client, key: str, mebibytes: int) -> None:
    if mebibytes <= PIECE:
        client.put(key, stretch(key.rpartition("/")[2], 0, mebibytes))
        return
    upload = client.create(key)
    with ThreadPoolExecutor(THREADS) as crew:
        parts = list(crew.map(lambda one: client.put_part(key, upload, one[0] // PIECE + 1, stretch(key.rpartition("/")[2], *one)),
                              stretches(mebibytes)))
    client.complete(key, upload, parts)


def assert_object(client: S3Client, key: str, mebibytes: int) -> None:
    assert int(client.head(key)["Content-Length"]) == mebibytes * MIB
    name = key.rpartition("/")[2]

    def same(one: tuple[int, int]) -> bool:
        first, count = one
        return client.get(key, range=f"bytes={first * MIB}-{(first + count) * MIB - 1}") == stretch(name, first, count)
    with ThreadPoolExecutor(THREADS) as crew:
        wrong = [one for one, right in zip(stretches(mebibytes), crew.map(same, stretches(mebibytes))) if not right]
    assert not wrong, f"{key} differs at MiB {wrong}"


def write(path: Path, mebibytes: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        for first, count in stretches(mebibytes):
            for number in range(first, first + count):
                data = stretch(path.name, number, 1)
                # Only the page with the mark takes room.
                start = (len(data) - len(data.lstrip(b"\0"))) // 4096 * 4096
                os.pwrite(out.fileno(), data[start:start + 8192], number * MIB + start)
        os.ftruncate(out.fileno(), mebibytes * MIB)
