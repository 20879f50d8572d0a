"""An owner that is stopped while it removes what is its own, and wakes when its successor is at work or done: it removes nothing."""

import signal

import pytest
from harness import make, sets
from harness.program import NOBODY, process_state, wait, wait_for, wait_until_stopped
from test_rare_points import CANCELLED, interrupted_pack, points
from test_stopped_owner import AWAY, TIMEOUT, follow, of_the_user

# In the order in which they are passed: behind the set's record.
LAST = ["pack.set.after_record", "pack.clean.between:1", "pack.clean.between:2", "pack.clean.before_release",
        "claim.before_release", "claim.between_release:1", "claim.between_release:2"]


def take_over(runner, command: list, state, **options):
    """The run that takes the stopped owner's claim over: at once where it may, else when the claim is old enough."""
    while True:
        child = runner.start(*command, *TIMEOUT, "--state", state, **options)
        wait_for(lambda: child.poll() is not None or options["env"]["HAUL_FAULT_HOLD"].exists(), child, ended=True)
        if child.poll() is None:
            return child
        finished = wait(child)
        assert finished.code == 8, finished


def theirs(out) -> dict[str, str]:
    """What the owner that wakes up must leave alone: all but its own claim, where another stands above it, and but the
    beats, which come when they come."""
    files = sets.files_of(out)
    own = "source/.haul/claim-000001.json" if "source/.haul/claim-000002.json" in files else None
    return {name: digest for name, digest in files.items() if name != own and "/beat-" not in name}


@pytest.mark.parametrize("point", LAST)
def test_the_successor_makes_the_next_generation(runner, space, point):
    space.chmod(0o777)
    source = make.files(space / "source", 5)
    secret = source / "secret"
    make.file(secret, b"secret", mode=0o000)
    command = ["pack", source, space / "out"]
    first = runner.start(*command, *TIMEOUT, "--state", space / "first", before=NOBODY,
                         env={**AWAY, "HAUL_FAULT": f"stop:{point}"})
    wait_until_stopped(first)
    secret.chmod(0o644)
    held = space / "held"
    second = take_over(runner, command, space / "second", before=NOBODY,
                       env={"HAUL_FAULT": "hold:pack.part.before_publish", "HAUL_FAULT_HOLD": held})
    before = theirs(space / "out")
    first.send_signal(signal.SIGCONT)
    ended = wait(first)
    assert ended.code in (0, 3, 8), ended
    assert theirs(space / "out") == before
    held.unlink()
    done = wait(second)
    assert done.code == 0 and "tried again" not in done.err, done
    assert sets.remains(space / "out") == []
    runner.run("verify", space / "out" / "source", "--against", source, code=0)


@pytest.mark.parametrize("point", [f"{point}:{nth}" for point in points(*CANCELLED) for nth in (1, 2, 3)])
def test_a_cancel_that_wakes_up(runner, flows, place, point):
    flow = flows["pack"]
    job = interrupted_pack(runner, flow, *TIMEOUT, env=AWAY)
    cancel = runner.start("cancel", job, env={**AWAY, "HAUL_FAULT": f"stop:{point}"})
    while cancel.poll() is None and process_state(cancel.pid) != "T":
        pass
    assert cancel.poll() is None, wait(cancel)
    follow(runner, flow, place)
    after = flow.outcome()
    cancel.send_signal(signal.SIGCONT)
    assert wait(cancel).code == 8
    assert of_the_user(flow.outcome()) == of_the_user(after)
    flow.assert_done()
