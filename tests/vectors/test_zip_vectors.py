"""The vectors are what their script makes, and docs/format-zip.md and the vectors name one another."""

import filecmp
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE / "zip"
PAGE = HERE.parents[1] / "docs" / "format-zip.md"


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_the_script_makes_exactly_these(tmp_path):
    subprocess.run([sys.executable, HERE / "make_zip_vectors.py", tmp_path], check=True)
    assert names(tmp_path) == names(VECTORS)
    equal, other, missing = filecmp.cmpfiles(tmp_path, VECTORS, names(tmp_path), shallow=False)
    assert (other, missing) == ([], []) and equal


def test_every_vector_has_its_json():
    archives = {p.stem for p in VECTORS.iterdir() if p.suffix != ".json"}
    assert archives == {p.stem for p in VECTORS.iterdir() if p.suffix == ".json"}


def rules() -> dict[str, str]:
    """Number -> text, of each numbered rule."""
    return dict(re.findall(r"^\*\*(Z\d+)\.\*\* (.*?)(?=^\*\*Z|^#|\Z)", PAGE.read_text(), re.M | re.S))


def test_rules_are_numbered_in_order():
    assert list(rules()) == [f"Z{n}" for n in range(1, len(rules()) + 1)]


def test_every_rule_names_a_vector_that_is_there():
    for number, text in rules().items():
        named = re.findall(r"`((?:ours|foreign|refused)-[a-z0-9-]+\.(?:zip|records|end))`", text)
        assert named, number
        for name in named:
            assert (VECTORS / name).is_file(), f"{number}: {name}"


def test_every_vector_belongs_to_a_rule():
    page = PAGE.read_text()
    assert [n for n in names(VECTORS) if not n.endswith(".json") and f"`{n}`" not in page] == []
