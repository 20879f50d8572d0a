"""Budgets: files 120 lines in the median, 500 at the 95th percentile, 800 at most; functions 60 lines."""

import re
from pathlib import Path

import tree

MEDIAN, MOST, LONGEST, FUNCTION = 120, 500, 800, 60
NOT_A_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|if|for|while|switch|do|else|try|using|return|})\b|=\s*{$|^\s*}")


def lines_of(path: Path) -> int:
    return path.read_text(errors="replace").count("\n")


def file_findings(root: Path) -> list[str]:
    bad = [f"{tree.name(root, p)}: {lines_of(p)} lines" for top in ("src", "tests", "bench")
           for p in tree.files(root, top, ".h", ".cc", ".py", ".sh", ".java", ".go") if lines_of(p) > LONGEST]
    sizes = sorted(lines_of(p) for p in tree.cpp(root) if not p.name.endswith("_test.cc"))
    if sizes and sizes[len(sizes) // 2] > MEDIAN:
        bad.append(f"the median file has {sizes[len(sizes) // 2]} lines, the budget is {MEDIAN}")
    if sizes and sizes[len(sizes) * 95 // 100] > MOST:
        bad.append(f"the 95th percentile is {sizes[len(sizes) * 95 // 100]} lines, the budget is {MOST}")
    return bad


def functions(text: str) -> list[tuple[int, int]]:
    """(first line, number of lines) of every function body, by counting braces; clang-format puts `{` at line ends."""
    found, depth, start, outer = [], 0, 0, 0
    for number, line in enumerate(tree.code_of(text).splitlines(), 1):
        if not start and line.rstrip().endswith("{") and not NOT_A_FUNCTION.search(line.rstrip()):
            start, outer = number, depth
        depth += line.count("{") - line.count("}")
        if start and depth <= outer:
            found.append((start, number - start + 1))
            start = 0
    return found


def function_findings(root: Path) -> list[str]:
    return [f"{tree.name(root, path)}:{start}: a function of {count} lines" for path in tree.cpp(root)
            for start, count in functions(path.read_text()) if count > FUNCTION]


def test_files_keep_their_budget():
    tree.assert_none(file_findings(tree.ROOT))


def test_functions_keep_their_budget():
    tree.assert_none(function_findings(tree.ROOT))


def test_files_can_fail(tmp_path):
    found = file_findings(tree.plant(tmp_path, {"src/a/a.cc": "//\n" * 801}))
    assert len(found) == 3


def test_functions_can_fail(tmp_path):
    body = "    if (x) {\n        y(\"}\");\n    }\n" * 20
    bad = f"namespace a {{\nclass B {{\n  public:\n    int long_one(int x,\n                 int y) const {{\n{body}    }}\n}};\n}}\n"
    good = f"namespace a {{\nint f() {{\n{body[:120]}}}\n}}\n"
    found = function_findings(tree.plant(tmp_path, {"src/a/bad.h": bad, "src/a/good.cc": good}))
    assert found == ["src/a/bad.h:5: a function of 62 lines"]
