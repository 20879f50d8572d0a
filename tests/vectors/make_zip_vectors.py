#!/usr/bin/env python3
"""Writes every vector of docs/format-zip.md into the folder `zip` beside this script, each with its JSON.

The same bytes at each run. Without arguments it writes; with a folder as argument it writes there instead.
"""

import json
import sys
from pathlib import Path

import zip_foreign
import zip_ours
import zip_refused

HERE = Path(__file__).resolve().parent


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("ours", "foreign", "refused"):
        for old in folder.glob(f"{kind}-*"):
            old.unlink()
    for module in (zip_ours, zip_foreign, zip_refused):
        for name, data, expected in module.vectors():
            (folder / name).write_bytes(data)
            text = json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True)
            (folder / name).with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "zip")
