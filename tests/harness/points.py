"""The named points at which the check build kills or stops itself (FAULT_POINT in src)."""

import re
from pathlib import Path

# Passed only where the destination is a service: src/flow/pack/part_upload_test.cc dies at each of them.
SERVICES = ("pack.upload.",)
# Of a corpus: tests/collect/test_killed.py and src/flow/collect/export/export_killed_test.cc.
CORPORA = ("collect.", "export.", "store.send_file.")
SOURCES = Path(__file__).resolve().parents[2] / "src"


def all_points() -> list[str]:
    return sorted({name for path in SOURCES.rglob("*.cc") if not path.name.endswith("_test.cc")
                   for name in re.findall(r'FAULT_POINT\("([^"]+)"\)', path.read_text())})


def of_flows() -> list[tuple[str, str]]:
    """(point, flow) for pack and unpack between folders; points that are named for one of them are not the other's."""
    other = {"pack": "unpack.", "unpack": "pack."}
    return [(point, flow) for point in all_points() for flow in other
            if not point.startswith((other[flow], "doctor.", *SERVICES, *CORPORA))]


def reached(haul, *arguments, env: dict | None = None) -> list[str]:
    """Runs to the end; the points that were passed on the way."""
    log = haul.space / "fault-points"
    log.unlink(missing_ok=True)
    haul.run(*arguments, env={**(env or {}), "HAUL_FAULT": "list", "HAUL_FAULT_LOG": log}, code=0)
    return sorted(set(log.read_text().split())) if log.exists() else []
