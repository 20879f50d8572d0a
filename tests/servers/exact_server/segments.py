"""Bytes on disk: a blob is one file, an object's bytes are stretches of blobs, so that copies and completes move nothing."""

from __future__ import annotations

import itertools
import os
import weakref
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

STEP = 1 << 20
NUMBERS = itertools.count()


def unlink(path: str) -> None:
    Path(path).unlink(missing_ok=True)


class Blob:
    """Its file is gone when no object, part or running request has it any more; it stays when the server ends."""

    def __init__(self, path: Path | str, size: int = 0):
        self.path, self.size = str(path), size
        weakref.finalize(self, unlink, self.path).atexit = False

    def __reduce__(self):
        return Blob, (self.path, self.size)


@dataclass
class Segment:
    blob: Blob
    first: int
    size: int


@dataclass
class Bytes:
    segments: list[Segment] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(one.size for one in self.segments)

    def cut(self, first: int, size: int) -> Bytes:
        found = Bytes()
        for one in self.segments:
            begin, end = max(first, 0), min(first + size, one.size)
            if begin < end:
                found.segments.append(Segment(one.blob, one.first + begin, end - begin))
            first -= one.size
        return found

    def pieces(self) -> Iterator[bytes]:
        for one in self.segments:
            with open(one.blob.path, "rb") as file:
                file.seek(one.first)
                for start in range(0, one.size, STEP):
                    yield file.read(min(STEP, one.size - start))

    def crc32(self) -> int:
        crc = 0
        for piece in self.pieces():
            crc = zlib.crc32(piece, crc)
        return crc


def whole(blob: Blob) -> Bytes:
    return Bytes([Segment(blob, 0, blob.size)])


def new_blob(folder: Path) -> Blob:
    return Blob(folder / f"{os.getpid()}-{next(NUMBERS)}")
