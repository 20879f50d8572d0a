"""Archives that Haul must refuse: those that lie (corrupt) and those it does not read (unsupported)."""

import struct

from zip_bytes import (DESCRIPTOR, ENCRYPTED, FOLDER, FULL32, MASKED, PATCH, STRONG, SYMLINK, UTF8, Entry, archive, body,
                       deflate, end_record, extra)

CORRUPT, UNSUPPORTED = "corrupt", "unsupported"


def two() -> tuple[Entry, Entry]:
    return Entry(b"a", b"hello"), Entry(b"b", b"x" * 40, method=8)


def one(name: bytes = b"a", contents: bytes = b"hello", **more) -> bytes:
    return archive(Entry(name, contents, **more))


def with_bytes(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new):]


# name -> (what, code, words of the message, bytes[, limits])
def refused() -> dict:
    return foreign_kinds() | ends() | directories() | entries() | overlaps() | names() | local_headers() | contents()


def foreign_kinds() -> dict:
    return {
        "encrypted": ("ZipCrypto", UNSUPPORTED, "encrypted", one(flags=ENCRYPTED)),
        "encrypted-strong": ("strong encryption", UNSUPPORTED, "encrypted", one(flags=STRONG)),
        "encrypted-aes": ("AES of WinZip: method 99", UNSUPPORTED, "encrypted", one(method=99)),
        "encrypted-masked": ("local headers masked", UNSUPPORTED, "encrypted", one(flags=MASKED)),
        "patch": ("compressed patched data", UNSUPPORTED, "patch", one(flags=PATCH)),
        "bzip2": ("another method", UNSUPPORTED, "bzip2 (method 12)", one(method=12)),
        "method-unknown": ("a method that nobody has", UNSUPPORTED, "method 4711", one(method=4711)),
        "disk-end": ("the last of several disks", UNSUPPORTED, "several disks", body(*two()).archive(disk=1)),
        "disk-here": ("fewer entries on this disk than in all", UNSUPPORTED, "several disks", body(*two()).archive(here=1)),
        "disk-entry": ("an entry on another disk", UNSUPPORTED, "another disk", one(disk=1)),
    }


def ends() -> dict:
    whole = archive(*two())
    nested = archive(Entry(b"inner.zip", one()))
    joined = one(b"first") + one(b"second")
    places = body(*two())
    ambiguous = body(Entry(b"a", b"hello"))
    inner = ambiguous.archive()
    end64 = body(*two()).archive64()
    at64 = end64.index(b"PK\6\6")
    no_end = "no end record at its end"
    return {
        "nothing": ("no byte", CORRUPT, no_end, b""),
        "no-archive": ("some text", CORRUPT, no_end, b"This is no archive, although it is long enough for one.\n"),
        "bytes-behind": ("bytes behind the end record", CORRUPT, no_end, whole + b"\0x"),
        "cut-in-comment": ("cut short in its comment", CORRUPT, no_end, places.archive(comment=b"a comment")[:-1]),
        "cut-behind-inner": ("cut short right behind a member that is an archive", CORRUPT, "cut short, or two joined",
                             nested[:nested.index(one()) + len(one())]),
        "joined": ("two archives one behind the other", CORRUPT, "cut short, or two joined", joined),
        "two-ends": ("a comment that is an archive itself", CORRUPT, "two end records fit",
                     places.archive(comment=inner)),
        "many-ends": ("a comment of false end records", CORRUPT, "full of end records", places.archive(comment=b"".join(
            end_record(1, 46, 0)[:-2] + struct.pack("<H", 22 * (19 - n)) for n in range(20)))),
        "empty-behind-bytes": ("an empty archive behind other bytes", CORRUPT, "no entries", b"lost bytes" + end_record(0, 0, 0)),
        "directory-too-large": ("more directory than file", CORRUPT, "beyond its end record", places.archive(size=5000)),
        "directory-shifted": ("the directory not where the end record says", CORRUPT, "not where its end record says",
                              places.archive(size=len(places.directory) - 1)),
        "zip64-contradicts": ("end record and ZIP64 end record differ", CORRUPT, "contradict",
                              body(*two()).archive64(saturated=False, count=3)),
        "zip64-lost": ("a locator without its record", CORRUPT, "not where its locator says",
                       with_bytes(end64, at64, b"XX")),
        "zip64-directory-elsewhere": ("a directory that does not end at the ZIP64 end record", CORRUPT,
                                      "does not end where", body(*two()).archive64(offset=3)),
        "zip64-disks": ("a locator that counts two disks", UNSUPPORTED, "several disks",
                        with_bytes(end64, len(end64) - 22 - 4, b"\2")),
    }


def directories() -> dict:
    places = body(*two())
    directory = places.directory
    longer = directory[:28] + struct.pack("<H", 300) + directory[30:]
    return {
        "count-too-low": ("more entries than counted", CORRUPT, "more than the entries", places.archive(count=1, here=1)),
        "count-too-high": ("fewer entries than counted", CORRUPT, "does not fit the size", places.archive(count=9, here=9)),
        "count-one-too-high": ("one entry less than counted, in a directory that is long enough", CORRUPT, "ends within an entry",
                               body(Entry(b"a" * 60, b"1")).archive(count=2, here=2)),
        "count-zero": ("no entry counted, but a directory", CORRUPT, "does not fit the size", places.archive(count=0, here=0)),
        "entry-cut": ("an entry longer than the directory", CORRUPT, "ends within an entry",
                      places.members + longer + end_record(2, len(longer), len(places.members))),
        "entry-no-signature": ("something else among the entries", CORRUPT, "something that is no entry",
                               places.archive().replace(b"PK\1\2", b"PK\1\2", 1)[::-1].replace(b"\2\1KP", b"\2\1XX", 1)[::-1]),
        "directory-over-limit": ("a directory larger than the limit", UNSUPPORTED, "central directory has",
                                 places.archive(), {"max_directory": 90}),
    }


def entries() -> dict:
    zeros = bytes.fromhex("edc13101000000c2a0f54f6d0a3fa00000000080b701")  # 5,000 of them
    return {
        "stored-sizes-differ": ("stored, but two sizes", CORRUPT, "its two sizes differ", one(size=6)),
        "impossible-ratio": ("more than deflate can make", CORRUPT, "more than deflate can make", one(method=8, size=1 << 20)),
        "ratio": ("unpacks to far more than the archive", CORRUPT, "times its size",
                  archive(Entry(b"a", b"\0" * 5000, method=8, stored=zeros)), {"max_ratio": 10, "ratio_floor": 4096}),
        "sizes-overflow": ("sizes whose sum is no number", CORRUPT, "overlaps the entry", archive(*[
            Entry(name, central_sizes=(FULL32, FULL32), central_extra=extra(1, struct.pack("<QQ", 2**63, 2**63)))
            for name in (b"a", b"b")])),
        "zip64-field-short": ("a ZIP64 field without the value", CORRUPT, "ZIP64 field is too short",
                              one(central_sizes=(5, FULL32), central_extra=extra(1, b"1234"))),
        "zip64-offset-overflow": ("an offset beyond all numbers", CORRUPT, "beyond",
                                  b"prefix" + one(central_offset_field=FULL32, central_extra=extra(1, b"\xff" * 8))),
        "folder-with-contents": ("a folder with contents", CORRUPT, "it is a folder, but has contents",
                                 one(b"a/", mode=FOLDER | 0o755)),
        "folder-symlink": ("a symlink with the name of a folder", CORRUPT, "symlink with the name of a folder",
                           one(b"a/", b"", mode=SYMLINK | 0o777)),
        "symlink-too-long": ("a symlink's target longer than any path", CORRUPT, "target that is too long",
                             archive(Entry(b"a", b"t", mode=SYMLINK | 0o777, method=8, stored=deflate(b"t" * 100),
                                           size=65_536))),
    }


def overlaps() -> dict:
    a, kernel = Entry(b"a", b"hello"), Entry(b"b", b"x" * 40)
    quoted = Entry(b"b", b"x" * 40)
    inside = quoted.local_header() + quoted.data()
    hidden = len(kernel.local_header() + kernel.data())
    return {
        "overlap-same": ("two entries at one offset", CORRUPT, "overlaps the entry",
                         archive(a, Entry(b"b", b"hello", offset=0, no_local=True))),
        "overlap-quoted": ("an entry whose data is the next entry: a bomb of the quoting kind", CORRUPT, "overlaps the entry",
                           archive(Entry(b"a", inside, stored=inside), Entry(b"b", b"x" * 40, offset=31, no_local=True))),
        "overlap-by-local-extra": ("a local header whose extra field quotes the next entry", CORRUPT, "entries overlap",
                                   quoted_by_extra(kernel, hidden)),
        "in-directory": ("data that reaches into the directory", CORRUPT, "into the central directory",
                         one(size=60, compressed=60)),
        "beyond-directory": ("a local header behind the directory", CORRUPT, "into the central directory", one(offset=5000)),
    }


def quoted_by_extra(kernel: Entry, hidden: int) -> bytes:
    """`a` has no data before `b` by the directory, but its local header's extra field swallows all of `b`."""
    a = Entry(b"a", kernel.contents, local_extra=b"")
    head = bytearray(a.local_header())
    head[28:30] = struct.pack("<H", hidden)
    offset_b = len(head) + len(a.contents)
    members = bytes(head) + b"." * len(a.contents) + kernel.local_header() + kernel.data()
    directory = a.central_header(0) + kernel.central_header(offset_b)
    return members + directory + end_record(2, len(directory), len(members))


def names() -> dict:
    return {
        "name-up": ("`..` in a name", CORRUPT, "leads out", one(b"../a")),
        "name-up-inside": ("`..` within a name", CORRUPT, "leads out", one(b"a/../../b")),
        "name-absolute": ("an absolute name", CORRUPT, "absolute", one(b"/etc/passwd")),
        "name-drive": ("a drive letter", CORRUPT, "drive letter", one(b"C:/a")),
        "name-backslash": ("backslashes", CORRUPT, "backslash", one(b"a\\..\\b")),
        "name-nul": ("a NUL byte", CORRUPT, "NUL", one(b"a\0b")),
        "name-empty": ("no name", CORRUPT, "its name is empty", one(b"")),
        "name-dot": ("a file named `.`", CORRUPT, "its name is empty", one(b".")),
        "name-empty-element": ("an empty element", CORRUPT, "empty element", one(b"a//b")),
        "name-no-utf8": ("marked as UTF-8, and is not", CORRUPT, "marked as UTF-8", one(b"caf\xe9", flags=UTF8)),
        "name-up-unicode-path": ("`..` in the Unicode path field", CORRUPT, "leads out", one(
            b"a", central_extra=extra(0x7075, b"\1" + struct.pack("<I", 0xE8B7BE43) + b"../a"))),
        "name-twice": ("two entries of one name", CORRUPT, "same name", archive(Entry(b"a", b"1"), Entry(b"a", b"2"))),
        "name-twice-by-dot": ("`a` and `./a`", CORRUPT, "same name", archive(Entry(b"a", b"1"), Entry(b"./a", b"2"))),
        "name-file-and-folder": ("`a` and `a/`", CORRUPT, "same name", archive(Entry(b"a", b"1"), Entry(b"a/", mode=FOLDER | 0o755))),
        "through-symlink": ("an entry beneath a symlink", CORRUPT, "through a symlink",
                            archive(Entry(b"to", b"/etc", mode=SYMLINK | 0o777), Entry(b"to/passwd", b"x"))),
    }


def local_headers() -> dict:
    return {
        "local-none": ("no local header at its offset", CORRUPT, "no local header", one(local={"signature": b"XXXX"})),
        "local-name": ("another name in the local header", CORRUPT, "another name", one(local={"name": b"b"})),
        "local-name-longer": ("a longer name in the local header", CORRUPT, "another name", one(local={"name": b"ab"})),
        "local-method": ("another method", CORRUPT, "another method", one(local={"method": 8})),
        "local-size": ("another size", CORRUPT, "other sizes", one(local={"size": 4})),
        "local-compressed": ("another compressed size", CORRUPT, "other sizes", one(method=8, local={"compressed": 4})),
        "local-crc": ("another CRC-32", CORRUPT, "another CRC-32", one(local={"crc": 1})),
        "local-encrypted": ("encrypted by its local header alone", CORRUPT, "encrypted", one(local={"flags": ENCRYPTED})),
        "local-zip64-short": ("a ZIP64 field that is too short", CORRUPT, "ZIP64 field is too short",
                              one(local={"size": FULL32}, local_extra=extra(1, b"1234"))),
        "local-descriptor-method": ("another method, behind a data descriptor's flag", CORRUPT, "another method",
                                    one(flags=DESCRIPTOR, local={"method": 8})),
    }


def contents() -> dict:
    longer = deflate(b"hello")
    return {
        "crc": ("other contents than the CRC-32 says", CORRUPT, "have CRC-32", one(crc=0x12345678)),
        "deflate-damaged": ("damaged deflate data", CORRUPT, "deflate data is damaged", one(method=8, stored=b"\x07" + longer[1:])),
        "deflate-cut": ("a deflate stream without its end", CORRUPT, "cut short", one(method=8, stored=longer[:-2])),
        "deflate-longer": ("contents longer than the size", CORRUPT, "longer than its size", one(method=8, size=4)),
        "deflate-shorter": ("contents shorter than the size", CORRUPT, "shorter than its size", one(method=8, size=6)),
        "deflate-bytes-behind": ("bytes behind the deflate stream", CORRUPT, "bytes behind its deflate data",
                                 one(method=8, stored=longer + b"more")),
    }


def vectors():
    for name, (what, code, words, data, *limits) in refused().items():
        yield f"refused-{name}.zip", data, {"what": what, "error": code, "says": words} | (
            {"limits": limits[0]} if limits else {})
