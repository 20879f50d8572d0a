"""Kills of packs and unpacks between buckets of a real server: the rerun ends as if nothing had happened, and leaves no upload."""

import os
import random
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from harness import buckets, points
from harness.buckets import address
from harness.program import Haul
from harness.s3 import own_bucket, proxied, versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import

FULL = bool(os.environ.get("HAUL_TEST_FULL"))
ROUNDS = 200 if FULL else 20
SEED = int(os.environ.get("HAUL_TEST_SEED", "20261126"))
# Points of folders and of disturbed runs: other tests pass them.
ELSEWHERE = ("store.local.", "pack.revision.", "pack.settle.", "pack.abandon.", "doctor.", "unpack.close.", "unpack.clean.")
PIECE = 16 << 20


class Flow:
    """One command between two prefixes, with what lies at its destination when nothing disturbs it."""

    def __init__(self, haul: Haul, client, name: str, arguments: list, destination: str):
        self.haul, self.client, self.name = haul, client, name
        self.arguments, self.destination = arguments, destination
        took = haul.run(*arguments, code=0)
        self.seconds, self.result = took.seconds, self.outcome()
        self.start_over()
        self.passed = points.reached(haul, *arguments)

    def outcome(self) -> dict[str, str]:
        return buckets.contents(self.client, self.destination)

    def start_over(self) -> None:
        self.forget()
        for key, upload in self.client.uploads():
            self.client.abort(key, upload)
        keys = list(self.client.list(self.destination))
        if keys:
            assert not self.client.delete_many(keys)

    def forget(self) -> None:
        """As on another machine, but for the machine's id: that is test_stopped_owner's."""
        shutil.rmtree(self.haul.state_home, ignore_errors=True)

    def assert_done(self) -> None:
        assert self.client.uploads() == []
        found = self.outcome()
        differing = sorted(key for key in found.keys() | self.result.keys() if found.get(key) != self.result.get(key))
        assert not differing, f"differ from an uninterrupted run: {differing}"


def objects() -> dict[str, bytes]:
    """Small ones, one of two pieces that is a part of its own, and some of medium size."""
    chance = random.Random(5)
    small = {f"{'ac'[number % 2]}/file-{number:03}": chance.randbytes(chance.randrange(20_000)) for number in range(60)}
    return small | {"b/large": chance.randbytes(PIECE + 2_000_000)} | {f"d/{n}": chance.randbytes(1_500_000) for n in range(3)}


@pytest.fixture(scope="session", name="place")
def folder_of_the_suite():
    folder = Path(tempfile.mkdtemp(prefix="haul-killed-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session", name="client")
def filled_bucket(versitygw):  # noqa: F811
    for client in own_bucket(versitygw):
        buckets.upload(client, objects(), "in/")
        yield client


@pytest.fixture(scope="session", name="services")
def flows_between_buckets(binary, place, client):
    haul = Haul(binary, place, {**client.env, "HAUL_CHECKPOINT_MS": 0})
    pack = ["pack", address(client, "in"), "--part-size", "4MB"]
    haul.run(*pack, address(client, "whole"), code=0)
    yield {"pack": Flow(haul, client, "pack", [*pack, address(client, "out")], "out/"),
           "unpack": Flow(haul, client, "unpack", ["unpack", address(client, "whole/in"), address(client, "back")], "back/")}
    haul.end()


def of_services() -> list[tuple[str, str, str]]:
    """(point, flow, state). The short form keeps and loses the state by turns."""
    other = {"pack": "unpack.", "unpack": "pack."}
    pairs = [(point, flow) for flow in other for point in points.all_points()
             if not point.startswith((other[flow], *ELSEWHERE))]
    return [(*pair, state) for number, pair in enumerate(pairs) for turn, state in enumerate(["kept", "lost"])
            if FULL or number % 2 == turn or pair[0].startswith(points.SERVICES)]


@pytest.mark.parametrize("point, name, state", of_services())
def test_killed_at_a_point(services, point, name, state):
    flow = services[name]
    if point not in flow.passed and not FULL:
        return  # test_every_point_of_uploads_is_passed, test_rare_points and test_named_points see to those
    for nth in (1, 2, 3) if FULL else (1,):
        flow.start_over()
        killed = flow.haul.killed_at(point, *flow.arguments, nth=nth)
        assert killed.code in (0, -9), killed
        if nth == 1 and point in flow.passed:
            assert killed.code == -9, f"{point} was planned and not passed: {killed}"
        if state == "lost":
            flow.forget()
        # The rerun may be the one that comes to the point: it has the first one's remains to deal with.
        again = flow.haul.killed_at(point, *flow.arguments)
        if again.code == -9 and state == "lost":
            flow.forget()
        assert again.code in (0, -9), again
        last = flow.haul.run(*flow.arguments)
        assert last.code == 0, f"after a kill at {point}:{nth}: {last}"
        flow.assert_done()
        if killed.code == 0 and again.code == 0:
            break


# Where an upload is begun and recorded, and left behind: what a successor passes when it deals with one.
LEFT = {"pack.upload.before_abort": "pack.upload.after_create", "pack.upload.after_abort": "pack.upload.after_create",
        "pack.upload.between_records": "pack.upload.after_create"}


@pytest.mark.parametrize("point", LEFT)
@pytest.mark.parametrize("state", ["kept", "lost"])
def test_killed_while_it_ends_an_upload(services, point, state):
    flow = services["pack"]
    flow.start_over()
    flow.haul.killed_at(LEFT[point], *flow.arguments, code=-9)
    assert flow.client.uploads()  # there is something to end
    for code in ({-9}, {0, -9}):
        if state == "lost":
            flow.forget()
        killed = flow.haul.killed_at(point, *flow.arguments)
        assert killed.code in code, f"{point} was planned and not passed: {killed}"
    assert flow.haul.run(*flow.arguments).code == 0
    flow.assert_done()


def test_every_point_of_uploads_is_passed(services):
    named = {point for point in points.all_points() if point.startswith(points.SERVICES)}
    assert named - set(services["pack"].passed) == set(LEFT)


@pytest.mark.parametrize("number", range(ROUNDS))
@pytest.mark.parametrize("name", ["pack", "unpack"] if FULL else ["pack"])
def test_killed_at_a_random_moment(services, name, number):
    chance = random.Random(SEED * 1000 + number)
    print(f"HAUL_TEST_SEED={SEED}")
    flow = services[name]
    flow.start_over()
    for _ in range(chance.randint(1, 3)):
        child = flow.haul.start(*flow.arguments)
        time.sleep(chance.uniform(0, flow.seconds))
        child.kill()
        child.communicate()
        assert child.returncode in (0, -9)
        if chance.random() < 1 / 3:
            flow.forget()
    last = flow.haul.run(*flow.arguments)
    assert last.code == 0, str(last)
    flow.assert_done()


PIECES = 6
# Memory -> pieces under way when a kill comes. 0: each is sent by itself, and is known to be there before the next one.
IN_FLIGHT = {"192MiB": 0} | ({"512MiB": 8} if FULL else {})


@pytest.mark.parametrize("state", ["kept", "lost"])
@pytest.mark.parametrize("memory", IN_FLIGHT)
def test_pieces_that_were_received_are_not_sent_again(binary, space, versitygw_client, proxied, memory, state):  # noqa: F811
    """Killed behind every third piece until fewer are left to send. The proxy counts what goes up."""
    client = versitygw_client
    data = random.Random(3).randbytes(PIECE * PIECES - 100_000)
    client.put("in/large", data)
    through = proxied(client)
    haul = Haul(binary, space, {**through.env, "HAUL_CHECKPOINT_MS": 0})
    command = ["pack", address(client, "in"), address(client, "out"), "--memory", memory]
    kills = 0
    while (finished := haul.killed_at("pack.part.after_send", *command, nth=3)).code == -9:
        kills += 1
        assert kills < PIECES
        assert client.uploads()
        if state == "lost":
            shutil.rmtree(haul.state_home)
    assert finished.code == 0 and kills >= 1, finished
    sent = through.counts()["bytes_up"]
    allowed = len(data) + (kills * IN_FLIGHT[memory] + 0.25) * PIECE
    print(f"{kills} kills, {sent / PIECE:.2f} pieces sent")
    assert sent <= allowed, f"{sent} bytes for {len(data)}, {kills} kills"
    assert client.uploads() == []
    haul.run("verify", address(client, "out/in"), "--against", address(client, "in"), code=0)
