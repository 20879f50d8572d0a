"""Includes point down: a room includes itself and the rooms that CMakeLists.txt names for it."""

import re
from pathlib import Path

import tree

PROGRAMS = {"main.cc": "cli", "speech_main.cc": "speech/cli"}  # and the room that each starts


def rooms(root: Path) -> dict[str, set[str]]:
    """Room -> rooms that it may include. A room's tests may include its conformance suite, too."""
    text = re.sub(r"#.*", "", (root / "CMakeLists.txt").read_text())
    allowed = {}
    for call in re.findall(r"haul_room\(([^)]*)\)", text):
        words = call.split()
        named: list[str] = []
        keyword = ""
        for word in words[1:]:
            if word in ("SUBFOLDERS", "ROOMS", "LIBRARIES"):
                keyword = word
            elif keyword == "ROOMS":
                named.append(word)
        allowed[words[0]] = {words[0], *named}
    return allowed


def room_of(path: str, known: dict[str, set[str]]) -> str | None:
    fitting = [room for room in known if path.startswith(room + "/")]
    return max(fitting, key=len, default=None)


def findings(root: Path) -> list[str]:
    known = rooms(root)
    bad = []
    for path in tree.cpp(root):
        own_name = path.relative_to(root / "src").as_posix()
        own = room_of(own_name, known)
        if own is None and own_name not in PROGRAMS:
            bad.append(f"{tree.name(root, path)}: lies in no room of CMakeLists.txt")
            continue
        allowed = set(known[own]) if own else {PROGRAMS[own_name]}
        if own_name.endswith("_test.cc"):
            allowed.add(f"{own}/conformance")
        for included in re.findall(r'^\s*#include "([^"]+)"', path.read_text(), re.MULTILINE):
            room = room_of(included, known)
            if room not in allowed or not (root / "src" / included).exists():
                bad.append(f"{tree.name(root, path)}: includes {included}, which {own or 'main'} may not or which is missing")
    return bad


def cycles(root: Path) -> list[str]:
    known = rooms(root)
    # CMake reads top to bottom: a room may only name rooms above it.
    order = list(known)
    return [f"{room} names {other}, which comes later" for room in order for other in known[room]
            if other != room and (other not in order or order.index(other) > order.index(room))]


def test_includes_point_down():
    tree.assert_none(findings(tree.ROOT))


def test_rooms_name_only_earlier_rooms():
    tree.assert_none(cycles(tree.ROOT))


BAD = {
    "CMakeLists.txt": "haul_room(base)\nhaul_room(store ROOMS base)\nhaul_room(zip ROOMS base LIBRARIES store)\n",
    "src/base/a.h": '#include "store/s.h"\n',
    "src/store/s.h": '#include "base/a.h"\n',
    "src/zip/z.cc": '#include "store/s.h"\n',
    "src/stray/x.cc": "",
    "src/store/t.cc": '#include "base/missing.h"\n',
}


def test_it_can_fail(tmp_path):
    found = findings(tree.plant(tmp_path, BAD))
    assert [line.split(":")[0] for line in found] == ["src/base/a.h", "src/store/t.cc", "src/stray/x.cc", "src/zip/z.cc"]


def test_order_can_fail(tmp_path):
    planted = tree.plant(tmp_path, {"CMakeLists.txt": "haul_room(base ROOMS store)\nhaul_room(store ROOMS base)\n"})
    assert cycles(planted) == ["base names store, which comes later"]
