"""--symlinks=follow, and a symlink that leads to what this run itself writes."""

import pytest
from harness import make, sets


@pytest.mark.parametrize("where", ["destination", "above the destination", "state"])
def test_a_symlink_to_our_own_files(haul, space, where):
    source = make.files(space / "source", 5)
    target = {"destination": space / "out" / "source", "above the destination": space / "out", "state": haul.state}[where]
    (source / "link").symlink_to(target)
    command = ["pack", source, space / "out", "--symlinks", "follow"]
    (space / "out").mkdir()
    haul.state.mkdir(parents=True)
    finished = haul.run(*command, code=3)
    assert "link" in finished.err and "itself writes" in finished.err and "--exclude" in finished.err, finished
    assert not [path for path in sets.paths_of(space / "out" / "source") if ".haul" in path or "jobs" in path]
    haul.run(*command, code=3)
    haul.run(*command[:3], "--symlinks", "follow", "--exclude", "link", "--name", "without", code=0)
