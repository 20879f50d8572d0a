"""read_stream.py ARCHIVE: reads front to back by local headers alone, as a reader of a pipe must.

Every entry must carry its sizes and CRC-32 in the local header (no data descriptors), stored.
Prints `crc size name-in-hex` for each.
"""

import struct
import sys
import zlib

with open(sys.argv[1], "rb") as archive:
    while (signature := archive.read(4)) == b"PK\3\4":
        _, flags, method, _, _, crc, packed, size, name_length, extra_length = struct.unpack("<HHHHHIIIHH", archive.read(26))
        name, extra = archive.read(name_length), archive.read(extra_length)
        assert method == 0 and not flags & 8, f"{name!r}: method {method}, flags {flags:x}"
        while extra:
            kind, length = struct.unpack("<HH", extra[:4])
            if kind == 1 and size == 0xFFFFFFFF:
                size, packed = struct.unpack("<QQ", extra[4:20])
            extra = extra[4 + length:]
        assert size == packed, f"{name!r}: {size} bytes stored as {packed}"
        found, left = 0, size
        while left:
            data = archive.read(min(left, 1 << 20))
            assert data, f"{name!r} is cut off"
            found, left = zlib.crc32(data, found), left - len(data)
        assert found == crc, f"{name!r}: the CRC-32 is wrong"
        print(f"{found:08x} {size} {name.hex()}")
    assert signature == b"PK\1\2", f"between entries: {signature!r}"
