"""Makes trees to pack: small ones for quick tests, the same bytes each time."""

import os
import random
from pathlib import Path

# A time with nanoseconds, in 2021.
OLD = 1_609_459_200_123_456_789


def file(path: Path, data: bytes = b"", mtime_ns: int = OLD, mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.chmod(mode)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def files(root: Path, count: int = 60, biggest: int = 20_000, seed: int = 1) -> Path:
    """`count` files of random bytes in some folders, an empty folder, and a symlink."""
    chance = random.Random(seed)
    for number in range(count):
        folder = root / f"folder {number % 7}" / ("deep" if number % 3 == 0 else "")
        file(folder / f"file-{number:05}.bin", chance.randbytes(chance.randrange(biggest)), OLD + number * 1_000_000_007)
    (root / "empty folder").mkdir()
    (root / "link").symlink_to("folder 1/file-00001.bin")
    return root


def with_large_one(root: Path, count: int = 200, megabytes: int = 40, seed: int = 1) -> Path:
    """Several parts at --part-size 10MB: many small files, and one that is a part of its own."""
    files(root, count, seed=seed)
    file(root / "folder 3" / "large.bin", random.Random(seed).randbytes(1_000_000) * megabytes)
    return root
