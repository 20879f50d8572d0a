"""One collection a worker, packed once; each test packs or unpacks it under faults."""

from harness.one_collection import flows, place, runner

__all__ = ["flows", "place", "runner"]


def pytest_collection_modifyitems(items):
    """What one worker runs alone comes first, so that the others do not wait for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
