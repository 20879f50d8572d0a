"""What the rules look at: the source tree, or a small bad one planted to see that a rule can fail."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {"build", ".git", "__pycache__", ".cache"}


def files(root: Path, top: str, *endings: str) -> list[Path]:
    return sorted(p for p in (root / top).rglob("*")
                  if p.is_file() and p.name.endswith(endings or ("",)) and not GENERATED & set(p.relative_to(root).parts))


def cpp(root: Path) -> list[Path]:
    return files(root, "src", ".h", ".cc")


def name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def plant(root: Path, tree: dict[str, str]) -> Path:
    for path, text in tree.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


_STRINGS = re.compile(r'R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*(?:.|\n)*?\*/')


def code_of(text: str) -> str:
    """C++ without comments, and with empty strings; lines keep their numbers."""
    def blank(match: re.Match) -> str:
        token = match.group()
        kept = "\n" * token.count("\n")
        return '""' + kept if token[0] in "R\"'" else kept
    return _STRINGS.sub(blank, text)


def assert_none(found: list[str]) -> None:
    assert not found, "\n".join(["", *found])
