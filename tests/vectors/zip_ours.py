"""Member lists and the exact bytes that Haul must write for them: docs/format-zip.md in Python, written apart from src/zip."""

import base64
import calendar
import hashlib
import struct
import time
import zlib

NS = 10**9
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF
TYPES = {"file": 0o100000, "folder": 0o040000, "symlink": 0o120000}
STAYS = set(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$&'()+,-.;=@[]^_`{}~")


def member(path, contents=b"", kind="file", mtime_ns=1_700_000_001 * NS + 999, mode=0o644, **more):
    """`more`: collides; size and crc32 instead of contents, for members too large to be here."""
    path = path.encode() if isinstance(path, str) else path
    return {"path": path, "kind": kind, "contents": contents, "mtime_ns": mtime_ns, "mode": mode} | more


def is_plain(path: bytes) -> bool:
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        return False
    drive = len(path) > 1 and path[1:2] == b":" and path[:1].isalpha()
    elements = path.split(b"/")
    return not (drive or path == b"%haul" or path.startswith(b"%haul/") or b"\0" in path or b"\\" in path
                or {b"", b".", b".."} & set(elements))


def escaped(path: bytes) -> bytes:
    out = b""
    elements = path.split(b"/")
    for number, element in enumerate(elements):
        if number:
            between = elements[number - 1] and element
            out += b"/" if between else b"%2F"
        for byte in element:
            keep = byte in STAYS and element not in (b".", b"..")
            out += bytes([byte]) if keep else b"%%%02X" % byte
    return out


def archive_name(m: dict) -> bytes:
    path, slash = m["path"], b"/" if m["kind"] == "folder" else b""
    if not m.get("collides") and is_plain(path):
        return path + slash
    leaf = b"%" if m.get("collides") or not path else b""
    name = b"%haul/" + escaped(path) + leaf + slash
    if len(name) > FULL16:
        name = b"%haul/%sha256/" + hashlib.sha256(path).hexdigest().encode() + leaf + slash
    return name


def dos(seconds: int) -> tuple[int, int]:
    first, last = (calendar.timegm(t) for t in ((1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)))
    t = time.gmtime(min(max(seconds, first), last))
    return t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec // 2, (t.tm_year - 1980) << 9 | t.tm_mon << 5 | t.tm_mday


class Image:
    """All records of a part, apart from one another."""

    def __init__(self, members: list[dict]):
        self.locals, self.centrals, self.data = [], [], []
        self.offset = 0
        wide = False
        for m in members:
            contents = m["contents"]
            size, crc = m.get("size", len(contents)), m.get("crc32", zlib.crc32(contents))
            local, central = self.headers(m, size, crc, wide)
            self.locals.append(local)
            self.centrals.append(central)
            self.data.append(contents)
            self.offset += len(local) + size
            wide = wide or size == FULL32
        self.end = self.end_records(len(members), sum(map(len, self.centrals)))

    def headers(self, m: dict, size: int, crc: int, wide: bool) -> tuple[bytes, bytes]:
        name, seconds = archive_name(m), m["mtime_ns"] // NS
        stamp = struct.pack("<HHBi", 0x5455, 5, 1, seconds) if -2**31 <= seconds < 2**31 else b""
        flags = 0 if name.isascii() else 0x0800
        plain_version = 20 if m["kind"] == "folder" else 10

        def shared(large: bool, sizes: bool, extra: bytes) -> bytes:
            field = FULL32 if sizes else size
            return struct.pack("<HHHHHIIIHH", 45 if large else plain_version, flags, 0, *dos(seconds), crc, field, field,
                               len(name), len(extra))

        sizes, offset = size >= FULL32, self.offset >= FULL32
        local_extra = (struct.pack("<HHQQ", 1, 16, size, size) if sizes else b"") + stamp
        local = b"PK\3\4" + shared(sizes, sizes, local_extra) + name + local_extra
        sizes, offset = sizes or wide, offset or wide
        values = struct.pack("<QQ", size, size) * sizes + struct.pack("<Q", self.offset) * offset
        extra = (struct.pack("<HH", 1, len(values)) + values if values else b"") + stamp
        attributes = (TYPES[m["kind"]] | m["mode"]) << 16 | (0x10 if m["kind"] == "folder" else 0)
        central = b"PK\1\2" + struct.pack("<H", 3 << 8 | 45) + shared(bool(values), sizes, extra) + struct.pack(
            "<HHHII", 0, 0, 0, attributes, FULL32 if offset else self.offset) + name + extra
        return local, central

    def end_records(self, count: int, size: int) -> bytes:
        large = b""
        if count >= FULL16 or size >= FULL32 or self.offset >= FULL32:
            large = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, self.offset)
            large += struct.pack("<4sIQI", b"PK\6\7", 0, self.offset + size, 1)
        return large + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, min(count, FULL16), min(count, FULL16),
                                   min(size, FULL32), min(self.offset, FULL32), 0)

    def whole(self) -> bytes:
        return b"".join(a + b for a, b in zip(self.locals, self.data)) + b"".join(self.centrals) + self.end

    def records(self) -> bytes:
        return b"".join(self.locals) + b"".join(self.centrals) + self.end


def to_json(m: dict) -> dict:
    line = {k: v for k, v in m.items() if k not in ("path", "contents")}
    for key in ("path", "contents"):
        try:
            line[key] = m[key].decode("utf-8")
        except UnicodeDecodeError:
            line[key + "_b64"] = base64.b64encode(m[key]).decode()
    return line


# Whole images: name -> (what, members)
IMAGES = {
    "empty": ("no members: only an end record", []),
    "one-file": ("stored, sizes and CRC-32 in the local header, no flag", [member("a.txt", b"hello\n")]),
    "kinds": ("folders and symlinks, modes with the file type", [
        member("dir", kind="folder", mode=0o755), member("dir/run", b"#!/bin/sh\n", mode=0o4755),
        member("dir/secret", b"s", mode=0o600), member("empty", kind="folder", mode=0o1777), member("no-bytes"),
        member("to", b"dir/run", kind="symlink", mode=0o777)]),
    "utf8": ("bit 11 exactly where a name is not ASCII", [
        member("grün/💡.txt", b"1"), member("plain name", b"2"), member("line\nbreak \"q\"", b"3"),
        member("größe", kind="folder", mode=0o755)]),
    "times": ("DOS time in UTC and clamped; 0x5455 where 32 bits hold the time", [
        member(name, b"t", mtime_ns=ns) for name, ns in [
            ("epoch", 0), ("before-epoch", -1), ("before-epoch-whole", -NS), ("dos-first", 315_532_800 * NS),
            ("dos-before-first", 315_532_799 * NS), ("odd-second", 951_827_697 * NS), ("last-32", (2**31 - 1) * NS + 999_999_999),
            ("beyond-32", 2**31 * NS), ("first-32", -2**31 * NS), ("below-32", -2**31 * NS - 1),
            ("dos-last", 4_354_819_198 * NS), ("beyond-dos", 4_354_819_200 * NS)]]),
    "escaped": ("names that are unsafe or unreadable somewhere", [
        member(path, b"e") for path in (b"../up", b"a/../b", b"a/./b", b"/abs", b"a//b", b"a/", b"C:/x", b"a\\b", b"n\0l",
                                        b"caf\xe9/x", b"%haul/x", b"%haul")] + [
        member(b"caf\xe9", kind="folder", mode=0o755)]),
    "collides": ("a file that is a folder of other members too", [
        member("a", b"file", collides=True), member("a/b", b"also", collides=True), member("a/b/c", b"beneath")]),
}
# Records only, members being too large or too many: name -> (what, members)
RECORDS = {
    "zip64-size": ("sizes saturate: ZIP64 field in both headers", [
        member("below", size=FULL32 - 1, crc32=1), member("large", size=5 << 30, crc32=2)]),
    "zip64-offset": ("only the offset saturates: ZIP64 field with that value alone", [
        member("first", size=FULL32 - 1 - 44, crc32=1), member("second", b"", mode=0o600), member("third", size=2**33, crc32=3),
        member("folder", kind="folder", mode=0o755), member("link", b"first", kind="symlink", mode=0o777)]),
    "zip64-wide": ("behind a member of exactly 0xFFFFFFFF bytes all three values are in the ZIP64 field", [
        member("exact", size=FULL32, crc32=1), member("behind", b"b"), member("folder", kind="folder", mode=0o755)]),
}
COUNTS = {"count-65534": 65_534, "count-65535": 65_535}


def vectors():
    """(file name, bytes, JSON) of each."""
    for name, (what, members) in IMAGES.items():
        yield f"ours-{name}.zip", Image(members).whole(), {"what": what, "members": [to_json(m) for m in members]}
    for name, (what, members) in RECORDS.items():
        yield (f"ours-{name}.records", Image(members).records(),
               {"what": what + " (local headers, directory and end records without the data)",
                "members": [to_json(m) for m in members]})
    for name, count in COUNTS.items():
        image = Image([member("x", mtime_ns=0)] * count)
        yield (f"ours-{name}.end", image.end,
               {"what": "ZIP64 end records from 65,535 members on (end records alone; each member an empty file `x`)",
                "count": count, "member": to_json(member("x", mtime_ns=0))})
