"""docs/promises.md: each promise has a test of its name in the file that it names, and tests that are there for promises are on the page."""

import re
from pathlib import Path

import pytest
import tree

ROW = re.compile(r"^\| ([A-Z0-9][^|]*?) \| [^|]+ \| `([^`|]+)` \|$", re.MULTILINE)
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)
# Whatever is tested here is a promise.
OF_PROMISES = "tests/collect/test_promises.py"


def name_of_test(promise: str) -> str:
    return "test_" + re.sub(r"\W+", "_", promise.lower())


def wrong(root: Path) -> list[str]:
    page = root / "docs/promises.md"
    rows = ROW.findall(page.read_text())
    told = {(file, name_of_test(promise)) for promise, file in rows}
    bad = [f"{file}: there is no {name}" for file, name in sorted(told)
           if not (root / file).is_file() or name not in TEST.findall((root / file).read_text())]
    bad += [f"{OF_PROMISES}: {name} is no promise of docs/promises.md" for name in TEST.findall((root / OF_PROMISES).read_text())
            if (OF_PROMISES, name) not in told]
    lines = [line for line in page.read_text().splitlines() if line.startswith("| ") and not line.startswith("| promise ")]
    return bad + [f"docs/promises.md: a row that is none: {line[:80]}" for line in lines if not ROW.match(line)]


def test_promises_have_tests():
    assert len(ROW.findall((tree.ROOT / "docs/promises.md").read_text())) > 10
    tree.assert_none(wrong(tree.ROOT))


PAGE = "| promise | what | test |\n|---|---|---|\n"
GOOD = {"docs/promises.md": PAGE + f"| It holds | Always. | `{OF_PROMISES}` |\n", OF_PROMISES: "def test_it_holds():\n    pass\n"}


@pytest.mark.parametrize("planted, found", [
    ({}, 0),
    ({OF_PROMISES: ""}, 1),
    ({OF_PROMISES: GOOD[OF_PROMISES] + "def test_more(space):\n    pass\n"}, 1),
    ({"docs/promises.md": GOOD["docs/promises.md"] + "| It breaks | Never. | `tests/collect/test_other.py` |\n"}, 1),
    ({"docs/promises.md": GOOD["docs/promises.md"] + "| No test | Never. | |\n"}, 1),
])
def test_the_rule_of_promises_can_fail(tmp_path, planted, found):
    assert len(wrong(tree.plant(tmp_path, GOOD | planted))) == found
