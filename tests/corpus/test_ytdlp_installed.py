"""./haul collect installs yt-dlp where a plan has a source of it, and only there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from corpora import ROOT
from harness import listener
from harness.web_site import WebSite

VERSION = subprocess.run([ROOT / "cmake" / "fetch_ytdlp"], check=True, capture_output=True, text=True).stdout.strip()
PLAN = """
name = "corpus"
out = "corpus"
contact = "tests@example.org"
[accept]
licences = ["CC0-1.0"]
[limits]
requests_per_second = 1000.0
allow_private = true
[[source]]
"""


@pytest.fixture
def source_tree(space) -> Path:
    """As one that was built: with the programs under test, which are newer than its sources."""
    root = space / "tree"
    for name in ("cmake", "src"):
        (root / name).mkdir(parents=True)
    for path in [ROOT / "haul", ROOT / "CMakeLists.txt", ROOT / "CMakePresets.json", *(ROOT / "cmake").iterdir()]:
        shutil.copy2(path, root / path.relative_to(ROOT))
    built = root / "build" / "release"
    (built / "bin").mkdir(parents=True)
    for program in ("haul", "haul-speech"):
        (built / "bin" / program).symlink_to(listener.HAUL.with_name(program))
    for stamp in ("built-from", "built-with-speech-from"):
        (built / stamp).touch()
    (space / "data" / "haul").mkdir(parents=True)
    (space / "data" / "haul" / "models").symlink_to(listener.models())
    return root


def collect(root: Path, plan: str, *words, code: int) -> str:
    (root / "plan.toml").write_text(PLAN + plan)
    space = root.parent
    env = {"PATH": "/usr/bin:/bin", "HOME": str(space), "XDG_DATA_HOME": str(space / "data"), "LANG": "C.UTF-8", **proxies()}
    done = subprocess.run([root / "haul", *words, "collect", root / "plan.toml"], env=env, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == code, done
    return done.stdout + done.stderr


def proxies() -> dict[str, str]:
    """How this machine reaches what pip installs from."""
    return {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.lower().endswith("_proxy") or "CERT" in name}


def test_haul_installs_it_for_a_plan_that_needs_it(source_tree):
    installed = source_tree / "build" / f"yt-dlp-{VERSION}"
    with WebSite() as site:
        audio = Path("/usr/share/tuxpaint/stamps/symbols/math/0_nl.ogg").read_bytes()
        mine = f'kind = "yt-dlp"\nurls = ["{site.serve("/a.ogg", audio)}"]\n'
        site.serve("/feed.xml", '<rss version="2.0"><channel><title>F</title></channel></rss>')
        other = f'kind = "feed"  # no "yt-dlp"\nurl = "{site.url}/feed.xml"\n'
        collect(source_tree, other, code=0)
        assert not installed.exists()
        said = collect(source_tree, mine, "--no-install", code=1)
        assert f"pip install yt-dlp=={VERSION}" in said and not installed.exists()
        said = collect(source_tree, mine, code=0)
        assert f"installing yt-dlp {VERSION}" in said and "1 licence_unknown" in said
        assert (installed / "bin" / "yt-dlp").exists() and site.paths_asked("/a.ogg")
        assert "installing" not in collect(source_tree, mine, code=0)
        assert not [path for path in (source_tree / "build").glob("yt-dlp-*.new-*")]
