"""Calls and names that the program must not contain, with the only places where they may stand."""

import re
from pathlib import Path

import pytest
import tree

# What: (pattern over code without comments and strings, where it may stand)
BANNED = {
    "a raw clock, use base/clock.h": (
        r"_clock::now\b|\bclock_gettime\s*\(|\bgettimeofday\s*\(|(?<![\w.>])(std::|::)?time\s*\(\s*(nullptr|NULL|0|&)", ["src/base/clock.cc"]),
    "a shell, use base/process.h": (r"(?<![\w.>])(std::|::)?(system|popen)\s*\(", []),
    "output, emit an event": (r"\b(f|v|vf)?printf\s*\(|\bputs\s*\(|\bputchar\s*\(|std::(cout|cerr|clog)\b|fmt::print\b", ["src/cli/", "src/report/"]),
    # What a library asks for in a callback of its own (CLI11) is caught at its edge.
    "an exception, return an Error": (r"\bthrow\b(?!\s+(std::bad_alloc\b|CLI::))", []),
    "a test that is skipped": (r"\bGTEST_SKIP\b|\bDISABLED_", []),
    "a file-wide using": (r"^using namespace\b(?!.*literals;)", []),
}
BAG_NAMES = re.compile(r"(^|[_/])(utils?|common|misc|helpers?)([_./]|$)")
PYTHON_SKIP = re.compile(r"pytest\.(skip|importorskip|xfail)\b|mark\.(skip|skipif|xfail)\b|unittest\.skip")


def call_findings(root: Path) -> list[str]:
    bad = []
    for path in tree.cpp(root):
        name = tree.name(root, path)
        for number, line in enumerate(tree.code_of(path.read_text()).splitlines(), 1):
            for what, (pattern, places) in BANNED.items():
                if re.search(pattern, line) and not name.startswith(tuple(places)):
                    bad.append(f"{name}:{number}: {what}: {line.strip()}")
    return bad


def name_findings(root: Path) -> list[str]:
    return [f"{tree.name(root, p)}: is named for no thing" for top in ("src", "tests", "bench", "cmake")
            for p in tree.files(root, top) if BAG_NAMES.search(tree.name(root, p))]


def skip_findings(root: Path) -> list[str]:
    return [f"{tree.name(root, p)}:{number}: skips" for p in tree.files(root, "tests", ".py") if "tidy" not in p.parts
            for number, line in enumerate(p.read_text().splitlines(), 1) if PYTHON_SKIP.search(line)]


@pytest.mark.parametrize("findings", [call_findings, name_findings, skip_findings])
def test_nothing_banned_is_there(findings):
    tree.assert_none(findings(tree.ROOT))


@pytest.mark.parametrize("line", [
    "auto t = std::chrono::steady_clock::now();", "clock_gettime(CLOCK_BOOTTIME, &t);", "time(nullptr);",
    "std::system(command);", "FILE* f = popen(x, y);", 'printf("x");', "std::cerr << 1;", "throw 1;", "GTEST_SKIP();",
    "using namespace std;"])
def test_calls_can_fail(tmp_path, line):
    assert len(call_findings(tree.plant(tmp_path, {"src/zip/x.cc": line + "\n"}))) == 1


@pytest.mark.parametrize("line", [
    "// printf and throw in a comment", 'auto s = "throw system(";', "file_system(x);", "at_time(0);", "snprintf(b, 3, f);"])
def test_calls_that_are_fine(tmp_path, line):
    assert call_findings(tree.plant(tmp_path, {"src/zip/x.cc": line + "\n"})) == []


def test_places_that_may(tmp_path):
    planted = {"src/base/clock.cc": "clock_gettime(x, y);\n", "src/cli/main.cc": 'fmt::print("x");\n'}
    assert call_findings(tree.plant(tmp_path, planted)) == []


def test_names_can_fail(tmp_path):
    planted = {"src/base/utils.h": "", "src/common/x.h": "", "src/a/zip_helper.cc": "", "src/a/community.h": ""}
    assert len(name_findings(tree.plant(tmp_path, planted))) == 3


def test_skips_can_fail(tmp_path):
    assert len(skip_findings(tree.plant(tmp_path, {"tests/e2e/test_x.py": "pytest.skip('no')\n"}))) == 1
