"""What a pack asks a service for: every request costs its user money and time, so that one which tells nothing new is a defect."""

from collections import Counter

from harness import make
from harness.buckets import address
from harness.s3 import running
from servers.exact import Exact


def asked_for(requests: list[dict]) -> Counter:
    """What each is about: "LIST folder/", else method and key."""
    return Counter("LIST " + one["query"]["prefix"] if "list-type" in one["query"] else f"{one['method']} {one['key']}"
                   for one in requests)


def test_a_pack_of_one_part(haul, space):
    make.files(space / "in", 12)
    with running(Exact) as server:
        client = server.client()
        haul.always |= client.env
        haul.run("pack", space / "in", address(client, "first"), code=0)  # learns what the endpoint can do
        before = len(server.requests())
        haul.run("pack", space / "in", address(client, "out"), code=0)
        asked = asked_for(server.requests()[before:])
    own = "out/in/.haul/"
    # `.haul/` before and after its claim is made, at the end, when the claim goes, and whether it is empty then; the member lists
    # when all known ones are made.
    assert {what: times for what, times in asked.items() if what.startswith("LIST " + own)} == {f"LIST {own}": 5, f"LIST {own}parts/": 1}
    # A look at the claim is two requests; the creation, the removal and its own look are the others.
    looks = asked[f"HEAD {own}claim-000002.json"]
    assert looks <= 8 and asked[f"GET {own}claim-000001.json"] == looks
    assert asked.total() <= 60, asked
