"""Archives of other tools that Haul must read, and the entries it must find in them."""

import struct
import zlib

from zip_bytes import (DESCRIPTOR, FAT, FOLDER, FULL32, MACOS, STAMP, SYMLINK, UTF8, Entry, archive, body, deflate,
                       end_record, extra, time_field)


def found(name: str, content: str = "", kind: str = "file", **more) -> dict:
    return {"name": name, "kind": kind, "content": content, "mtime_s": STAMP, "mode": 0o644} | more


def descriptor(contents: bytes, compressed: int, signature: bool = True, large: bool = False) -> bytes:
    return (b"PK\7\x08" if signature else b"") + struct.pack(
        "<IQQ" if large else "<III", zlib.crc32(contents), compressed, len(contents))


def streamed(name: bytes, contents: bytes, signature: bool = True, **more) -> Entry:
    return Entry(name, contents, method=8, flags=DESCRIPTOR,
                 behind=descriptor(contents, len(deflate(contents)), signature), **more)


def zip64(*values: int) -> bytes:
    return extra(1, struct.pack(f"<{len(values)}Q", *values))


def large_fields() -> bytes:
    """Every value in the ZIP64 fields, although none needs to be."""
    entry = Entry(b"a", b"hello", central_sizes=(FULL32, FULL32), central_offset_field=FULL32,
                  central_extra=time_field() + zip64(5, 5, 0), local_extra=zip64(5, 5),
                  local={"compressed": FULL32, "size": FULL32})
    return body(entry).archive64()


def streamed64() -> bytes:
    contents = b"streamed"
    packed = len(deflate(contents))
    return archive(Entry(b"a", contents, method=8, flags=DESCRIPTOR, local_extra=zip64(0, 0),
                         local={"compressed": FULL32, "size": FULL32}, behind=descriptor(contents, packed, large=True)))


def two() -> tuple[Entry, Entry]:
    return Entry(b"a", b"hello"), Entry(b"b", b"x" * 40, method=8)


TWO = [found("a", "hello"), found("b", "x" * 40)]
NTFS_STAMP = (STAMP + 11_644_473_600) * 10**7 + 5
FALSE_END = b"this comment " + end_record(3, 200, 7)[:-2]


def unicode_path(raw: bytes, name: bytes) -> bytes:
    return extra(0x7075, b"\1" + struct.pack("<I", zlib.crc32(raw)) + name)


# name -> (what, bytes, entries)
def readable() -> dict:
    return containers() | names() | kinds() | times()


def containers() -> dict:
    program = b"#!/bin/sh\nexit 1\n"
    comment = FALSE_END + struct.pack("<H", 0)
    return {
        "empty": ("no entries", end_record(0, 0, 0), []),
        "deflate": ("stored and deflated", archive(*two()), TWO),
        "descriptor": ("data descriptors: local values are zeros", archive(streamed(b"a", b"hello")), [found("a", "hello")]),
        "descriptor-bare": ("a data descriptor without its signature",
                            archive(streamed(b"a", b"hello", signature=False)), [found("a", "hello")]),
        "descriptor-zip64": ("a data descriptor behind ZIP64 values in the local header", streamed64(),
                             [found("a", "streamed")]),
        "self-extractor": ("a program before the archive, offsets from the archive's begin", program + archive(*two()), TWO),
        "self-extractor-adjusted": ("a program before the archive, offsets from the file's begin",
                                    program + body(*two(), base=len(program)).archive(offset=len(program) + len(
                                        body(*two()).members)), TWO),
        "padded": ("zeros behind the end record, as bsdtar writes them to a pipe", archive(*two()) + b"\0" * 9_000, TWO),
        "comment": ("a comment behind the end record", body(*two()).archive(comment=b"a comment"), TWO),
        "comment-longest": ("a comment of 65,535 bytes", body(*two()).archive(comment=b"c" * 65_535), TWO),
        "comment-false-end": ("a comment that holds an end record that fits nothing",
                              body(*two()).archive(comment=comment), TWO),
        "comment-empty-end": ("a comment that is the end record of an empty archive",
                              body(*two()).archive(comment=end_record(0, 0, 0)), TWO),
        "entry-comment": ("comments in the directory", archive(*two(), comment=b"PK\5\6"), TWO),
        "zip64": ("ZIP64 records and fields throughout, needed by no value", large_fields(), [found("a", "hello")]),
        "zip64-agreeing": ("ZIP64 end record beside an end record that has the same values",
                           body(*two()).archive64(saturated=False), TWO),
        "zip64-data": ("ZIP64 end record with an extensible data sector", body(*two()).archive64(data=b"any data"), TWO),
        "zip64-self-extractor": ("a program before an archive with ZIP64 records", program + body(*two()).archive64(), TWO),
        "gap": ("unused bytes between the members", archive(*two(), gap=b"unused"), TWO),
        "directory-reversed": ("the directory in another order than the members", archive(*two(), reverse=True), TWO),
        "extra-differs": ("other extra fields in the local header than in the directory",
                          archive(Entry(b"a", b"hello", local_extra=extra(0x9999, b"local only") * 9)), [found("a", "hello")]),
        "extra-damaged": ("an extra field that reaches beyond its header's end does not count",
                          archive(Entry(b"a", b"hello", central_extra=b"\x55\x54\xff\xff\1")), [found("a", "hello")]),
        "deflate-empty": ("deflate with nothing inside", archive(Entry(b"a", method=8, stored=b"\3\0")), [found("a")]),
    }


def names() -> dict:
    cafe, up_only = b"caf\x82", b"caf_"
    return {
        "cp437": ("without bit 11: code page 437", archive(Entry(cafe, b"1", host=FAT, mode=0)), [found("café", "1", mode=None)]),
        "cp437-unix": ("made on Unix, not UTF-8: code page 437 too", archive(Entry(cafe, b"1")), [found("café", "1")]),
        "utf8": ("with bit 11", archive(Entry("grün/💡".encode(), b"1", flags=UTF8)), [found("grün/💡", "1")]),
        "utf8-unmarked": ("made on Unix or macOS, UTF-8 without bit 11",
                          archive(Entry("grün".encode(), b"1"), Entry("äh".encode(), b"2", host=MACOS)),
                          [found("grün", "1"), found("äh", "2")]),
        "utf8-unmarked-dos": ("made on DOS, UTF-8 without bit 11: code page 437",
                              archive(Entry("ü".encode(), b"1", host=FAT, mode=0)), [found("├╝", "1", mode=None)]),
        "unicode-path": ("a Unicode path field (0x7075) that belongs to the name",
                         archive(Entry(up_only, b"1", central_extra=unicode_path(up_only, "café".encode()))),
                         [found("café", "1")]),
        "unicode-path-stale": ("a Unicode path field of another name does not count",
                               archive(Entry(up_only, b"1", central_extra=unicode_path(b"other", "café".encode()))),
                               [found("caf_", "1")]),
        "dot-slash": ("names that begin with `./`, and the folder itself",
                      archive(Entry(b"./", mode=FOLDER | 0o755), Entry(b"./a", b"1"), Entry(b"./b/./c", b"2")),
                      [found("./", kind="folder", mode=0o755), found("a", "1"), found("b/c", "2")]),
        "escaped": ("escaped names of ours", archive(Entry(b"%haul/%2E%2E/x", b"1")), [found("%haul/%2E%2E/x", "1")]),
    }


def kinds() -> dict:
    return {
        "symlink": ("a symlink by its Unix mode", archive(Entry(b"to", b"a/b", mode=SYMLINK | 0o777)),
                    [found("to", "a/b", "symlink", mode=0o777)]),
        "folders": ("folders by their slash or their Unix mode",
                    archive(Entry(b"a/", mode=FOLDER | 0o700), Entry(b"b", mode=FOLDER | 0o711),
                            Entry(b"c/", host=FAT, mode=0, dos_attributes=0x10)),
                    [found("a/", kind="folder", mode=0o700), found("b/", kind="folder", mode=0o711),
                     found("c/", kind="folder", mode=None)]),
        "folder-deflated": ("a folder with an empty deflate stream, as old jar tools write",
                            archive(Entry(b"a/", method=8, stored=b"\3\0", mode=0)), [found("a/", kind="folder", mode=None)]),
        "modes": ("modes only where Unix gave some",
                  archive(Entry(b"a", mode=0), Entry(b"b", host=FAT, mode=0o100777), Entry(b"c", mode=0o106755)),
                  [found("a", mode=None), found("b", mode=None), found("c", mode=0o6755)]),
    }


def times() -> dict:
    ntfs = extra(0x000A, struct.pack("<IHHQQQ", 0, 1, 24, NTFS_STAMP, 0, 0))
    return {
        "time-dos": ("DOS time, taken as UTC", archive(Entry(b"a")), [found("a")]),
        "time-dos-senseless": ("a DOS date of zeros: its first day", archive(Entry(b"a", dos=(0, 0))),
                               [found("a", mtime_s=315_532_800)]),
        "time-unix": ("0x5455 before DOS time", archive(Entry(b"a", central_extra=time_field(-5))), [found("a", mtime_s=-5)]),
        "time-unix-no-mtime": ("0x5455 without a time of modification",
                               archive(Entry(b"a", central_extra=extra(0x5455, b"\2\0\0\0\0"))), [found("a")]),
        "time-ntfs": ("NTFS time before DOS time", archive(Entry(b"a", dos=(0, 0), central_extra=ntfs)), [found("a")]),
    }


def vectors():
    for name, (what, data, entries) in readable().items():
        yield f"foreign-{name}.zip", data, {"what": what, "entries": entries}
