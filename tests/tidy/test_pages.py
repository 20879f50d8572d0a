"""Pages that repeat what stands elsewhere agree with it: numbers of decisions, and which store makes which promise."""

import re
from pathlib import Path

import pytest
import tree

PROMISE = re.compile(r'Promise\{"(\w+)", \w+(?:, (\w+))?\}')
CONDITION = re.compile(r"^bool (\w+)\(const Capabilities& can\) \{ return (!?)can\.(\w+)(?: == Order::(\w+))?(?: \|\| can\.(\w+))?; \}", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|", re.MULTILINE)


def decisions(root: Path) -> list[str]:
    """A decision's number is its own, stands in its heading, and whoever names a number names one that is there."""
    bad = []
    numbers: dict[str, str] = {}
    for path in tree.files(root, "docs/decisions", ".md"):
        number, name = path.name[:4], tree.name(root, path)
        if numbers.setdefault(number, name) != name:
            bad.append(f"{name}: {numbers[number]} has this number too")
        if not path.read_text().startswith(f"# {number} "):
            bad.append(f"{name}: its heading does not begin with {number}")
    for path in [*tree.files(root, "docs", ".md"), *tree.cpp(root), *tree.files(root, "tests", ".py", ".md")]:
        for number in re.findall(r"decisions/(\d{4})(?!\d)", path.read_text(errors="replace")):
            if number not in numbers:
                bad.append(f"{tree.name(root, path)}: there is no decision {number}")
    return bad


def promises_made(root: Path) -> dict[str, str]:
    text = (root / "src/store/conformance/conformance.cc").read_text()
    conditions = {name: f"{field} = {order}" if order else ("unless " if negated else "") + field + (f" or {other}" if other else "")
                  for name, negated, field, order, other in CONDITION.findall(text)}
    return {promise: conditions[condition] if condition else "always" for promise, condition in PROMISE.findall(text)}


def promises_told(root: Path) -> dict[str, str]:
    return dict(ROW.findall((root / "docs/stores.md").read_text()))


def test_decisions():
    tree.assert_none(decisions(tree.ROOT))


@pytest.mark.parametrize("planted, found", [
    ({"docs/decisions/0001-a.md": "# 0001 A\n"}, 0),
    ({"docs/decisions/0001-a.md": "# 0001 A\n", "docs/decisions/0001-b.md": "# 0001 B\n"}, 1),
    ({"docs/decisions/0002-a.md": "# 0001 A\n"}, 1),
    ({"docs/decisions/0001-a.md": "# A\n"}, 1),
    ({"docs/decisions/0001-a.md": "# 0001 A\n", "src/room/a.h": "// docs/" "decisions/0002\n"}, 1),
])
def test_the_rule_of_decisions_can_fail(tmp_path, planted, found):
    assert len(decisions(tree.plant(tmp_path, planted))) == found


def test_promises():
    made = promises_made(tree.ROOT)
    assert len(made) > 30 and len(set(made.values())) > 5
    assert promises_told(tree.ROOT) == made


def test_one_version_of_yt_dlp():
    """What is installed is what the page and the error tell people to install."""
    version, = re.findall(r"^version=(\S+)$", (tree.ROOT / "cmake/fetch_ytdlp").read_text(), re.MULTILINE)
    for name in ("docs/ytdlp.md", "src/flow/collect/source/ytdlp/ytdlp_source.cc"):
        assert set(re.findall(r"yt-dlp==([\d.]+)", (tree.ROOT / name).read_text())) == {version}, name
