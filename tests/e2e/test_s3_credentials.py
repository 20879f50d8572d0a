"""Credentials that end while a job runs: they are renewed, and nobody notices."""

from harness import make, trees
from harness.buckets import address
from harness.credentials import renewable
from harness.s3 import running
from servers.exact import Exact


def test_they_end_again_and_again(haul, space, tmp_path):
    """After some requests, on another kind of request each time: HEADs too, whose answers have no word of why."""
    for number in range(8):
        make.file(space / "in" / str(number), b"%d" % number)
    with running(Exact, options=("--expire-credentials-after=8", "--expire-credentials-on=PUT,HEAD,GET")) as expiring:
        client = expiring.client()
        env = renewable(client, tmp_path)
        haul.run("pack", space / "in", address(client, "out"), env=env, code=0)
        haul.run("unpack", address(client, "out/in"), space / "back", env=env, code=0)
        refused = {one["method"] for one in expiring.requests() if one["status"] == 400}
    assert {"PUT", "HEAD", "GET"} <= refused
    assert trees.record(space / "back") == trees.record(space / "in")
