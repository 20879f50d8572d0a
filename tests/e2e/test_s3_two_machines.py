"""Two machines and one set in a bucket: one of them has it; who comes too late or wakes up too late harms nothing."""

import shutil
import signal
import time

import pytest
from harness import make, sets
from harness.program import process_state, wait, wait_until_stopped
from harness.s3 import versitygw, versitygw_client  # noqa: F401  pylint: disable=unused-import

SHORT = ["--claim-timeout", "3s"]
PART = "pack.part.before_publish"


class Machine:
    """A machine id, a boot and a state folder of its own; all machines pack the same source into the same set."""

    def __init__(self, haul, space, client, name: str):
        self.haul, self.client = haul, client
        self.words = ["pack", space / "source", f"s3://{client.bucket}/sets", "--part-size", "200kB", "--state", space / f"state-{name}"]
        self.env = {**client.env, "HAUL_TEST_MACHINE_ID": (name.encode().hex() * 32)[:32], "HAUL_TEST_BOOT_ID": f"boot-{name}"}

    def start(self, *more, fault=None):
        return self.haul.start(*self.words, *more, env={**self.env, **({"HAUL_FAULT": fault} if fault else {})})

    def run(self, *more, code=None, fault=None):
        return self.haul.run(*self.words, *more, code=code, env={**self.env, **({"HAUL_FAULT": fault} if fault else {})})

    def run_once_free(self, *more):
        """As somebody who tries again until the owner counts as gone."""
        deadline = time.monotonic() + 60
        while (finished := self.run(*more)).code == 8:
            assert time.monotonic() < deadline, finished
        assert finished.code == 0, finished


@pytest.fixture(name="machine")
def made_machines(haul, space, versitygw_client):  # noqa: F811
    make.files(space / "source", 120)
    return lambda name: Machine(haul, space, versitygw_client, name)


@pytest.fixture(name="assert_right")
def right_set(haul, space, versitygw_client):  # noqa: F811
    def check() -> dict:
        """The set as it is in the bucket: whole, the only one, nothing of a job left."""
        client = versitygw_client
        listed = client.list()
        assert not [key for key in listed if ".haul/" in key] and client.uploads() == [], listed
        assert {key.split("/")[1] for key in listed} == {"source"}, listed
        haul.run("verify", f"s3://{client.bucket}/sets/source", "--against", space / "source", env=client.env, code=0)
        return {key: client.head(key)["ETag"] for key in listed}
    return check


def wake(child):
    child.send_signal(signal.SIGCONT)
    return wait(child)


def stopped(child) -> bool:
    return child is not None and child.poll() is None and process_state(child.pid) == "T"


def race(children):
    """All are held where they have seen no living owner; let go, exactly one wins. The winner is held at its first part meanwhile."""
    for child in children:
        child.send_signal(signal.SIGCONT)
    deadline = time.monotonic() + 60
    while not (any(child.poll() is not None for child in children) and any(stopped(child) for child in children)):
        assert time.monotonic() < deadline, "not one loser and one winner"
        time.sleep(0.01)
    loser, winner = sorted(children, key=lambda child: child.poll() is None)
    assert wait(loser).code == 8
    assert wake(winner).code == 0


def test_two_at_once(machine, assert_right):
    children = [machine(name).start(fault=f"stop:claim.before_create,stop:{PART}") for name in "ab"]
    for child in children:
        wait_until_stopped(child)
    race(children)
    before = assert_right()
    for name in "ab":  # and afterwards both find it done
        machine(name).run(code=0)
    assert assert_right() == before


@pytest.mark.parametrize("point", [PART, "pack.list.after_write", "pack.upload.before_intent", "pack.set.before_record"])
def test_a_slow_owner_is_followed_and_harms_nothing(machine, assert_right, versitygw_client, point):  # noqa: F811
    owner = machine("a").start(*SHORT, fault=f"stop:{point}")
    wait_until_stopped(owner)
    machine("b").run_once_free(*SHORT)
    before = assert_right()
    woken = wake(owner)
    assert woken.code == 8, woken
    assert versitygw_client.uploads() == []
    # Between its last look at the claims and what it does next nothing can warn it: a note may come to lie in .haul/.
    # The next run removes it.
    machine("b").run(*SHORT, code=0)
    assert assert_right() == before


def test_racing_to_follow(machine, assert_right):
    owner = machine("a").start(*SHORT, fault=f"stop:{PART}")
    wait_until_stopped(owner)
    rivals = {machine(name): None for name in "bc"}
    deadline = time.monotonic() + 60
    while not all(stopped(child) for child in rivals.values()):
        assert time.monotonic() < deadline
        for rival, child in rivals.items():
            if child is None or child.poll() is not None:
                assert child is None or wait(child).code == 8  # the owner counts as alive still
                rivals[rival] = rival.start(*SHORT, fault=f"stop:claim.before_create,stop:{PART}")
        time.sleep(0.01)
    race(list(rivals.values()))
    before = assert_right()
    assert wake(owner).code == 8
    assert assert_right() == before


def test_another_machine_without_state_goes_on_after_a_kill(machine, assert_right, space, versitygw_client):  # noqa: F811
    machine("a").run(*SHORT, fault=f"kill:{PART}:3", code=-9)
    done = {key: versitygw_client.head(key)["ETag"] for key in versitygw_client.list() if ".haul/" not in key}
    shutil.rmtree(space / "state-a")
    machine("b").run_once_free(*SHORT)
    after = assert_right()
    assert done.items() <= after.items()
