"""read_zip.py ARCHIVE: reads every entry to its end and prints `crc size name-in-hex` for each."""

import sys
import zipfile
import zlib

with zipfile.ZipFile(sys.argv[1]) as archive:
    for entry in archive.infolist():
        crc, size = 0, 0
        with archive.open(entry) as member:  # compares the CRC-32 itself
            while data := member.read(1 << 20):
                crc, size = zlib.crc32(data, crc), size + len(data)
        print(f"{crc:08x} {size} {entry.filename.encode().hex()}")
