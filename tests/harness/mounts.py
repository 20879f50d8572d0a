"""Shell scripts with mounts of their own: small disks, places that cannot be written."""

import re

from harness.program import Finished, Haul

MOUNT = 'mount -t tmpfs -o size="$SIZE" tmpfs "$PLACE" || exit 99; '
IN_NAMESPACE = ["unshare", "-m", "--propagation", "private", "sh", "-c"]


def script(haul, space, text, code=0, **variables) -> Finished:
    """A shell script in a mount namespace of its own; $HAUL is the program."""
    place = space / "small"
    place.mkdir(exist_ok=True)
    env = {"HAUL": haul.binary, "PLACE": place, "SPACE": space, **variables}
    return Haul(IN_NAMESPACE[0], space).run(*IN_NAMESPACE[1:], text, env=env, code=code, limit=200)


def assert_says_what_to_do(finished: Finished) -> None:
    assert re.search(r"\d.* free", finished.err), finished
    assert "kept: " in finished.err and "to do: make room" in finished.err, finished
