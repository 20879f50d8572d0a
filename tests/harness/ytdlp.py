"""yt-dlp at the version that is tested with, installed once a machine as ./haul installs it, and lists that it reads."""

import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

from servers import install

FETCH = Path(__file__).resolve().parents[2] / "cmake" / "fetch_ytdlp"
VERSION = subprocess.run([FETCH], check=True, capture_output=True, text=True).stdout.strip()


def installed() -> Path:
    """The folder that has bin/yt-dlp."""
    return install.once("yt-dlp-by-haul", VERSION, lambda folder: install.run([FETCH, folder / "installed"])) / "installed"


def listing(*urls: str) -> str:
    """A page that it takes for a list of these."""
    items = "".join(f"<item><title>T {number}</title><link>{escape(url)}</link></item>" for number, url in enumerate(urls))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title>{items}</channel></rss>'
