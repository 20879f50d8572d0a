"""ZIPs built byte by byte, so that they can lie."""

import struct
import zlib
from dataclasses import dataclass


@dataclass
class Entry:
    name: bytes
    data: bytes = b""
    deflated: bool = False
    mode: int = 0o100644
    flags: int = 0
    method: int | None = None
    extra: bytes = b""  # of the central header
    # Lies; None is the truth.
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    local_name: bytes | None = None
    local_size: int | None = None
    offset: int | None = None

    def packed(self) -> bytes:
        if not self.deflated:
            return self.data
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        return squeeze.compress(self.data) + squeeze.flush()


def build(entries: list[Entry], comment: bytes = b"") -> bytes:
    out, directory = b"", b""
    for entry in entries:
        packed = entry.packed()
        at = len(out) if entry.offset is None else entry.offset
        method = entry.method if entry.method is not None else (8 if entry.deflated else 0)
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        size = len(entry.data) if entry.size is None else entry.size
        packed_size = len(packed) if entry.packed_size is None else entry.packed_size
        local_name = entry.name if entry.local_name is None else entry.local_name
        local_size = size if entry.local_size is None else entry.local_size
        common = struct.pack("<HHHHI", entry.flags, method, 0, 0x5021, crc)
        out += b"PK\3\4" + struct.pack("<H", 20) + common + struct.pack("<IIHH", packed_size, local_size, len(local_name), 0)
        out += local_name + packed
        directory += b"PK\1\2" + struct.pack("<HH", 0x031E, 20) + common
        directory += struct.pack("<IIHHHHHII", packed_size, size, len(entry.name), len(entry.extra), 0, 0, 0, entry.mode << 16, at)
        directory += entry.name + entry.extra
    end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(out), len(comment))
    return out + directory + b"PK\5\6" + end + comment
