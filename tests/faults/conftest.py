"""One collection a worker, packed once; each test packs or unpacks it under faults."""

from harness.one_collection import flows, place, runner

__all__ = ["flows", "place", "runner"]
