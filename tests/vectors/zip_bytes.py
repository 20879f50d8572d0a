"""ZIP records byte by byte, with every value open to be wrong: what the vectors are built from."""

import struct
import zlib
from dataclasses import dataclass, field

FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF
UNIX, MACOS, FAT = 3, 19, 0
FILE, FOLDER, SYMLINK = 0o100000, 0o040000, 0o120000
ENCRYPTED, DESCRIPTOR, PATCH, STRONG, UTF8, MASKED = 1, 8, 32, 64, 2048, 8192
STAMP = 1_700_000_000  # 2023-11-14T22:13:20Z
DOS_TIME, DOS_DATE = 22 << 11 | 13 << 5 | 10, 43 << 9 | 11 << 5 | 14


def deflate(contents: bytes) -> bytes:
    """A deflate stream of one final block with the fixed code's stored form: the same from every zlib."""
    assert len(contents) <= FULL16
    return b"\x01" + struct.pack("<HH", len(contents), len(contents) ^ FULL16) + contents


def extra(number: int, payload: bytes) -> bytes:
    return struct.pack("<HH", number, len(payload)) + payload


def time_field(seconds: int = STAMP) -> bytes:
    return extra(0x5455, b"\1" + struct.pack("<i", seconds))


@dataclass
class Entry:
    """One entry; what is None is right by itself."""

    name: bytes
    contents: bytes = b""
    method: int = 0
    flags: int = 0
    host: int = UNIX
    mode: int = FILE | 0o644
    dos_attributes: int = 0
    central_extra: bytes = b""
    local_extra: bytes = b""
    dos: tuple[int, int] = (DOS_TIME, DOS_DATE)
    stored: bytes | None = None          # the data as it lies in the archive
    size: int | None = None              # uncompressed, in both headers
    compressed: int | None = None
    crc: int | None = None
    disk: int = 0
    offset: int | None = None            # in the central header
    central_sizes: tuple[int, int] | None = None  # compressed, uncompressed
    central_offset_field: int | None = None
    before: bytes = b""                  # stands before the local header
    behind: bytes = b""                  # a data descriptor
    no_local: bool = False               # shares its offset with others
    local: dict = field(default_factory=dict)  # values that only the local header has

    def data(self) -> bytes:
        if self.stored is not None:
            return self.stored
        return deflate(self.contents) if self.method == 8 else self.contents

    def values(self) -> dict:
        """Name to value, of the central header."""
        return {"name": self.name, "method": self.method, "flags": self.flags,
                "crc": zlib.crc32(self.contents) if self.crc is None else self.crc,
                "compressed": len(self.data()) if self.compressed is None else self.compressed,
                "size": len(self.contents) if self.size is None else self.size}

    def local_header(self) -> bytes:
        v = self.values()
        if self.flags & DESCRIPTOR:
            v.update(crc=0, compressed=0, size=0)
        v.update(self.local)
        return struct.pack("<4sHHHHHIIIHH", v.get("signature", b"PK\3\4"), 20, v["flags"], v["method"], *self.dos,
                           v["crc"], v["compressed"], v["size"], len(v["name"]), len(self.local_extra)) \
            + v["name"] + self.local_extra

    def central_header(self, offset: int, comment: bytes = b"") -> bytes:
        v = self.values()
        compressed, size = self.central_sizes or (v["compressed"], v["size"])
        if self.central_offset_field is not None:
            offset = self.central_offset_field
        return struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", self.host << 8 | 30, 20, v["flags"], v["method"], *self.dos,
                           v["crc"], compressed, size, len(v["name"]), len(self.central_extra), len(comment), self.disk,
                           0, self.mode << 16 | self.dos_attributes, offset) \
            + v["name"] + self.central_extra + comment


def end_record(count: int, size: int, offset: int, comment: bytes = b"", disk: int = 0, here: int | None = None) -> bytes:
    return struct.pack("<4sHHHHIIH", b"PK\5\6", disk, disk, count if here is None else here, count, size, offset,
                       len(comment)) + comment


def end64_record(count: int, size: int, offset: int, data: bytes = b"") -> bytes:
    return struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44 + len(data), 3 << 8 | 45, 45, 0, 0, count, count, size, offset) + data


def locator(offset: int, disks: int = 1) -> bytes:
    return struct.pack("<4sIQI", b"PK\6\7", 0, offset, disks)


@dataclass
class Body:
    """Local headers and data, and the central directory that belongs behind them."""

    members: bytes
    directory: bytes
    count: int

    def archive(self, comment: bytes = b"", **end) -> bytes:
        values = {"count": self.count, "size": len(self.directory), "offset": len(self.members)} | end
        return self.members + self.directory + end_record(comment=comment, **values)

    def archive64(self, saturated: bool = True, data: bytes = b"", shift: int = 0, **end64) -> bytes:
        """With ZIP64 records, which no value needs; `shift`: added to what the records say."""
        place = {"count": self.count, "size": len(self.directory), "offset": len(self.members) + shift} | end64
        at = len(self.members) + len(self.directory) + shift
        small = (FULL16, FULL32, FULL32) if saturated else (self.count, len(self.directory), len(self.members) + shift)
        return self.members + self.directory + end64_record(**place, data=data) + locator(at) + end_record(*small)


def body(*entries: Entry, base: int = 0, gap: bytes = b"", reverse: bool = False, comment: bytes = b"") -> Body:
    """`base`: added to all offsets; `reverse`: the directory lists the last member first."""
    members, headers = b"", []
    for entry in entries:
        members += entry.before
        offset = len(members) + base if entry.offset is None else entry.offset
        headers.append(entry.central_header(offset, comment))
        if not entry.no_local:
            members += entry.local_header() + entry.data() + entry.behind + gap
    return Body(members, b"".join(reversed(headers) if reverse else headers), len(entries))


def archive(*entries: Entry, **keywords) -> bytes:
    return body(*entries, **keywords).archive()
