"""What a run that is at work answers to Prometheus, and what docs/metrics.md says of it."""

import re
import urllib.error
import urllib.request
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
LINE = re.compile(r'^([a-z_]+)(?:\{(.*)\})? (\S+)$')
OF_COLLECT = "## Of collect"


def scraped(port: int) -> tuple[dict[str, str], dict[str, float]]:
    """Types, and values by name and labels, of the answer as a whole."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        text = answer.read().decode()
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))
    values = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = LINE.match(line).groups()
            values[f"{name}{{{labels}}}" if labels else name] = float(value)
    return types, values


def number(port: int, name: str) -> float:
    """0 before anybody answers, or knows it."""
    try:
        return scraped(port)[1].get(name, 0)
    except urllib.error.URLError:
        return 0


def documented(collect: bool = False) -> dict[str, tuple[str, set[str]]]:
    """By name: type and labels. Of every flow, or of collect."""
    every, _, of_collect = PAGE.read_text().partition(OF_COLLECT)
    text = every + of_collect if collect else every
    rows = re.findall(r"^\| `(haul_[a-z_]+)` \| (\w+) \| ([^|]*)\|", text, re.MULTILINE)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def assert_as_documented(port: int, collect: bool = False) -> dict[str, float]:
    types, values = scraped(port)
    rows = documented(collect)
    assert {name: kind for name, kind in types.items() if name.startswith("haul_")} == {name: kind for name, (kind, _) in rows.items()}
    for name, (kind, labels) in rows.items():
        sample = name + "_sum" if kind == "histogram" else name
        told = [one for one in values if one.partition("{")[0] == sample]
        assert told and all(set(re.findall(r'(\w+)="', one)) == labels for one in told), name
    return values
