"""Headers say what they are, are included once, and are used; fault points have one place each."""

import re
from collections import Counter
from pathlib import Path

import tree


def header_findings(root: Path) -> list[str]:
    bad = []
    for path in tree.files(root, "src", ".h"):
        lines = path.read_text().splitlines()
        if "#pragma once" not in lines:
            bad.append(f"{tree.name(root, path)}: no #pragma once")
        if not lines or not lines[0].startswith("// ") or len(lines[0]) < 20:
            bad.append(f"{tree.name(root, path)}: opens with no comment that says what it is for")
    return bad


def unused_findings(root: Path) -> list[str]:
    """A header that only its own source and test include is not part of the program."""
    used = set()
    for path in tree.cpp(root):
        stem = path.relative_to(root / "src").as_posix()
        own = re.sub(r"(_test)?\.(cc|h)$", ".h", stem)
        used |= {name for name in re.findall(r'#include "([^"]+)"', path.read_text()) if name != own}
    return [f"{tree.name(root, path)}: nothing includes it" for path in tree.files(root, "src", ".h")
            if path.relative_to(root / "src").as_posix() not in used]


def fault_point_findings(root: Path) -> list[str]:
    names = Counter()
    bad = []
    for path in tree.cpp(root):
        if path.name.startswith("fault_point") or path.name.endswith("_test.cc"):
            continue
        for name in re.findall(r"FAULT_POINT\(([^)]*)\)", path.read_text()):
            names[name] += 1
            if not re.fullmatch(r'"[a-z0-9_]+(\.[a-z0-9_]+)+"', name):
                bad.append(f"{tree.name(root, path)}: FAULT_POINT({name}) is not a literal like \"room.thing.step\"")
    return bad + [f"FAULT_POINT({name}) stands {count} times" for name, count in names.items() if count > 1]


def test_headers_say_what_they_are():
    tree.assert_none(header_findings(tree.ROOT))


def test_every_header_is_used():
    tree.assert_none(unused_findings(tree.ROOT))


def test_fault_points_are_unique_literals():
    tree.assert_none(fault_point_findings(tree.ROOT))


def test_headers_can_fail(tmp_path):
    assert len(header_findings(tree.plant(tmp_path, {"src/a/a.h": "int x;\n"}))) == 2


def test_unused_can_fail(tmp_path):
    planted = {"src/a/a.h": "", "src/a/a.cc": '#include "a/a.h"\n', "src/a/a_test.cc": '#include "a/a.h"\n',
               "src/a/b.h": "", "src/a/c.cc": '#include "a/b.h"\n'}
    assert unused_findings(tree.plant(tmp_path, planted)) == ["src/a/a.h: nothing includes it"]


def test_fault_points_can_fail(tmp_path):
    planted = {"src/a/a.cc": 'FAULT_POINT("a.b.c");FAULT_POINT("a.b.c");FAULT_POINT(name);FAULT_POINT("one");\n'}
    assert len(fault_point_findings(tree.plant(tmp_path, planted))) == 3
