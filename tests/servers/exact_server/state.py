"""What the server holds: buckets of objects and of uploads, in memory; the bytes lie in files beside."""

from __future__ import annotations

import bisect
import os
import pickle
import threading
from dataclasses import dataclass, field
from pathlib import Path

from servers.exact_server import clock
from servers.exact_server.errors import Refused
from servers.exact_server.segments import Blob, Bytes, new_blob

KEPT_HEADERS = ("content-type", "content-encoding", "content-language", "content-disposition", "cache-control")


@dataclass
class Stored:
    data: Bytes
    etag: str  # with quotes
    crc32: str  # base64, with -N when of parts; may be empty
    checksum_type: str
    headers: dict[str, str]  # as given: those of KEPT_HEADERS and x-amz-meta-*
    storage_class: str = "STANDARD"
    modified: float = field(default_factory=clock.now)

    @property
    def size(self) -> int:
        return self.data.size


@dataclass
class Part:
    data: Bytes
    etag: str
    crc32: str
    modified: float = field(default_factory=clock.now)


@dataclass
class Upload:
    key: bytes
    headers: dict[str, str]
    storage_class: str
    algorithm: str
    checksum_type: str
    parts: dict[int, Part] = field(default_factory=dict)
    initiated: float = field(default_factory=clock.now)


class Bucket:
    def __init__(self, order) -> None:
        self.order = order
        self.keys: list[bytes] = []  # sorted by `order`
        self.objects: dict[bytes, Stored] = {}
        self.uploads: dict[str, Upload] = {}

    def store(self, key: bytes, stored: Stored) -> None:
        if key not in self.objects:
            bisect.insort(self.keys, key, key=self.order)
        self.objects[key] = stored

    def remove(self, key: bytes) -> None:
        if self.objects.pop(key, None) is not None:
            del self.keys[bisect.bisect_left(self.keys, self.order(key), key=self.order)]

    def after(self, key: bytes | None, prefix: bytes) -> list[bytes]:
        """All keys behind `key` that begin with `prefix`."""
        start = 0 if key is None else bisect.bisect_right(self.keys, self.order(key), key=self.order)
        return [one for one in self.keys[start:] if one.startswith(prefix)]

    def object(self, key: bytes) -> Stored:
        if key not in self.objects:
            raise Refused("NoSuchKey", "The specified key does not exist.")
        return self.objects[key]

    def upload(self, key: bytes, number: str) -> Upload:
        found = self.uploads.get(number)
        if found is None or found.key != key:
            raise Refused("NoSuchUpload", "The specified upload does not exist.")
        return found


def byte_order(key: bytes) -> bytes:
    return key


def seaweed_order(key: bytes) -> list[bytes]:
    """Folder by folder: a/b comes before "a b"."""
    return key.split(b"/")


class State:
    """`lock` is held while anything in it is read or changed, never while bytes are moved."""

    def __init__(self, folder: Path, order):
        self.lock = threading.RLock()
        self.blobs = folder / "blobs"
        self.index = folder / "index"
        self.blobs.mkdir(exist_ok=True)
        self.order = order
        self.buckets: dict[str, Bucket] = pickle.loads(self.index.read_bytes()) if self.index.exists() else {}
        for bucket in self.buckets.values():
            bucket.order = order
            bucket.keys.sort(key=order)

    def save(self) -> None:
        """At the server's end: the next start over the folder has all of it. A killed server forgets."""
        with self.lock:
            new = self.index.with_suffix(".new")
            new.write_bytes(pickle.dumps(self.buckets))
            os.rename(new, self.index)

    def bucket(self, name: str) -> Bucket:
        if name not in self.buckets:
            raise Refused("NoSuchBucket")
        return self.buckets[name]

    def blob(self) -> Blob:
        return new_blob(self.blobs)
