"""What a kill costs on a slow link: the pieces under way, and what was sent since the last checkpoint. The proxy counts all that goes up."""

import os
import random
import shutil
import time

import pytest
from harness import make
from harness.buckets import address
from harness.program import Haul
from harness.s3 import own_bucket, proxied, running, versitygw  # noqa: F401  pylint: disable=unused-import
from servers.exact import Exact

FULL = bool(os.environ.get("HAUL_TEST_FULL"))
PIECE = 16 << 20
# Two parts of four pieces, the last one shorter.
FILE = 4 * PIECE - 50_000
# Bytes a second of the link, which one request uses alone; seconds between two checkpoints.
RATE, INTERVAL = (4_000_000, 2) if FULL else (32_000_000, 0.25)
# A kill comes when so many pieces were begun in its run.
BEGUN = (3, 6, 3)
# Lists, manifests, claims and heads of one run.
BESIDES = 300_000


# A lost state where the list does say CRCs is test_s3_kills's in the short form.
STATES = ["kept", "lost, and no CRC in lists", *(["lost"] if FULL else [])]


@pytest.fixture(name="service", params=STATES)
def of_each_kind(request):
    if "no CRC" not in request.param:
        for client in own_bucket(request.getfixturevalue("versitygw")):
            yield request.param, client
        return
    with running(Exact, options=("--no-crc-in-list-parts",)) as server:
        yield request.param, server.client()


def test_bytes_sent_again(binary, space, service, proxied):  # noqa: F811
    state, client = service
    for name in "ab":
        make.file(space / "in" / name, random.Random(name).randbytes(FILE))
    through = proxied(client)
    haul = Haul(binary, space, {**through.env, "HAUL_CHECKPOINT_MS": int(INTERVAL * 1000)})
    command = ["pack", space / "in", address(client, "out"), "--part-size", str(FILE + PIECE), "--jobs", "1", "--connections", "1"]
    kills = received = 0
    for begun in BEGUN:
        if not killed_when_begun(haul, through, begun, command):
            break
        kills += 1
        for key, upload in client.uploads():
            received += sum(size for size, _ in client.parts(key, upload).values())
        if state != "kept":
            shutil.rmtree(haul.state_home)
    through.plan()
    haul.run(*command, code=0)
    assert kills >= 2
    needed, sent = sum(client.list("out/").values()), through.counts()["bytes_up"]
    allowed = needed + kills * (PIECE + INTERVAL * RATE) + (kills + 1) * BESIDES
    if "no CRC" in state:
        allowed += received
    print(f"{kills} kills, {sent / 1e6:.1f} MB sent, {needed / 1e6:.1f} MB needed, {allowed / 1e6:.1f} MB allowed")
    assert sent <= allowed, f"{kills} kills, {sent} bytes sent, {needed} needed, {allowed} allowed"
    haul.run("verify", address(client, "out/in"), "--against", space / "in", code=0)
    assert client.uploads() == []


def killed_when_begun(haul, through, begun, command) -> bool:
    """False: it was done before."""
    through.plan({"action": "throttle", "method": "PUT", "path": r"part-\d+\.zip\?partNumber", "direction": "up", "bytes_per_s": RATE})
    child = haul.start(*command)
    while child.poll() is None and through.fired()["throttle"] < begun:
        time.sleep(0.01)
    child.kill()
    child.communicate()
    assert child.returncode in (0, -9)
    return child.returncode == -9
