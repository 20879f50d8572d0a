"""Words that no file of the tree may hold: notes to be done later, hosts that programs download from, paths of one machine."""

import re
import subprocess
from pathlib import Path

import tree

# Each word is written in two halves, so that this file passes its own rule.
LATER = ["TO" "DO", "FIX" "ME", "XX" "X:"]
HOSTS = ["py" "pi.org", "python" "hosted.org", "crates" ".io", "npm" "js.org", "npm" "js.com", "proxy.go" "lang.org",
         "repo1.ma" "ven.org", "deb.deb" "ian.org", "archive.ub" "untu.com", "docker" ".io", "gh" "cr.io"]
PLACES = ["/wo" "rk/", "../sha" "red", "/ro" "ot/"]
MAKERS = ["cla" "ude", "chat" "gpt", "open" "ai", "co" "pilot", "anth" "ropic", "language mo" "del", "as an a" "i"]
BANNED = re.compile("|".join(map(re.escape, LATER)) + "|(?i:" + "|".join(map(re.escape, HOSTS + PLACES + MAKERS)) + ")")


def tracked(root: Path) -> list[Path]:
    """What git would commit: also files that are new; a planted tree has no git, there all files count."""
    if not (root / ".git").exists():
        return tree.files(root, ".")
    listed = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root,
                            capture_output=True, check=True).stdout
    return [root / name.decode() for name in listed.split(b"\0") if name and (root / name.decode()).is_file()]


def findings(root: Path) -> list[str]:
    bad = []
    for path in tracked(root):
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1):
            found = BANNED.search(line)
            if found:
                bad.append(f"{tree.name(root, path)}:{number}: {found.group()}")
    return bad


def empty_fragments(root: Path) -> list[str]:
    return [f"{tree.name(root, p)}: says nothing" for p in tree.files(root, "changelog/unreleased", ".md")
            if len(p.read_text().split()) < 4]


def test_no_such_word():
    tree.assert_none(findings(tree.ROOT))


def test_changelog_fragments_say_something():
    tree.assert_none(empty_fragments(tree.ROOT))


def test_words_can_fail(tmp_path):
    planted = tree.plant(tmp_path, {"a.md": "one\n" + LATER[0] + "\n", "b/c.sh": "get " + HOSTS[0].upper() + "\n",
                                    "d.md": PLACES[0] + "main\n", "e.md": "to do, fix me, works\n"})
    assert [line.split(":")[0] for line in findings(planted)] == ["a.md", "b/c.sh", "d.md"]


def test_fragments_can_fail(tmp_path):
    assert len(empty_fragments(tree.plant(tmp_path, {"changelog/unreleased/x.md": "Fixes.\n"}))) == 1
