"""--symlinks=follow, and a symlink that leads to what this run itself writes."""

import pytest
from harness import make


@pytest.mark.parametrize("where", ["destination", "above the destination", "state"])
def test_a_symlink_to_our_own_files(haul, space, where):
    source = make.files(space / "source", 5)
    target = {"destination": space / "out" / "source", "above the destination": space / "out", "state": haul.state}[where]
    (source / "loop").symlink_to(target)
    command = ["pack", source, space / "out", "--symlinks", "follow"]
    (space / "out").mkdir()
    haul.state.mkdir(parents=True)
    finished = haul.run(*command, code=3)
    assert "loop" in finished.err and "itself writes" in finished.err and "--exclude" in finished.out, finished
    names = haul.run("ls", space / "out" / "source", code=0).out
    assert ".haul" not in names and "jobs" not in names
    haul.run(*command, code=3)
    haul.run(*command[:3], "--symlinks", "follow", "--exclude", "loop", "--name", "without", code=0)


def test_a_symlink_to_a_folder_that_it_lies_in_stays_failed(haul, space):
    """Looked at alone, the symlink is a folder like any other."""
    source = make.files(space / "source", 5)
    (source / "folder 1" / "up").symlink_to("..")
    command = ["pack", source, space / "out", "--symlinks", "follow"]
    haul.run(*command, code=3)
    haul.run(*command, code=3)
    assert not (space / "out" / "source" / "haul-00002.json").exists()
