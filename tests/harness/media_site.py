"""Debian's nginx on 127.0.0.1, serving a folder: media with ranges, and under other paths what the web does beside them.

/moved/X redirects to /X, /forbidden/… is 403, /page/… is a page whatever it is called; what is not there is 404.
"""

import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from servers.server import Server, ServerError

PROGRAM = Path("/usr/sbin/nginx")
CONFIGURATION = """
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
    types {{ application/rss+xml xml; application/atom+xml atom; audio/ogg ogg; audio/wav wav; }}
    default_type application/octet-stream;
    log_format bytes '$status $body_bytes_sent $request_uri $http_range';
    access_log {log};
    client_body_temp_path temporary; proxy_temp_path temporary; fastcgi_temp_path temporary;
    uwsgi_temp_path temporary; scgi_temp_path temporary;
    server {{
        {listen}
        root data;
        rewrite ^/moved/(.*)$ /$1 redirect;
        location /forbidden/ {{ return 403; }}
        location /page/ {{ types {{ }} default_type text/html; return 200 '<html>please sign in</html>'; }}
    }}
}}
"""


@dataclass
class Served:
    status: int
    bytes: int  # of the body
    path: str
    range: str


class MediaSite(Server):
    name = "nginx"
    logs = True

    @classmethod
    def installed(cls) -> Path:
        if not PROGRAM.exists():
            raise ServerError(f"{PROGRAM} is not there: install the packages of tests/packages.txt")
        return PROGRAM.parent

    def command(self) -> list:
        listen = " ".join(f"listen 127.0.0.1:{port};" for port in self.ports)
        (self.folder / "nginx.conf").write_text(CONFIGURATION.format(listen=listen, log="access.log bytes" if self.logs else "off"))
        return [PROGRAM, "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", "stderr"]

    def probe(self) -> None:
        try:
            urllib.request.urlopen(f"{self.endpoint}/is-it-there", timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()

    def serve(self, name: str, body: str) -> str:
        """Its address."""
        (self.data / name).write_text(body)
        return f"{self.endpoint}/{name}"

    @property
    def endpoints(self) -> list[str]:
        """Each a host to whoever asks."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def log(self) -> list[Served]:
        """What was asked for, in the order in which it ended."""
        lines = (self.folder / "access.log").read_text().splitlines()
        return [Served(int(status), int(sent), path, wanted)
                for status, sent, path, wanted in (line.split(" ", 3) for line in lines) if path != "/is-it-there"]
