#!/usr/bin/env python3
"""Writes every vector of docs/format.md into the folder `format` beside this script, each with what readers make of it.

The same bytes at each run. Without arguments it writes there; with a folder as argument it writes to that.
"""

import json
import sys
from pathlib import Path

import format_documents
import format_lines

HERE = Path(__file__).resolve().parent


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for module in (format_lines, format_documents):
        for name, data, expected in module.vectors():
            (folder / name).write_bytes(data)
            text = json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True)
            (folder / f"{name}.expected").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "format")
