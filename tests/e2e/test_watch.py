"""jobs, status and status --watch of a job that is at work: its process answers, and they end when it does."""

import json
import signal
import time

import pytest
from harness import make, schemas
from harness.held import held
from harness.program import wait, wait_for

POINTS = {"pack": "pack.part.before_publish", "unpack": "unpack.batch.before_write"}


@pytest.fixture
def flows(haul, space):
    """Flow -> its command; both have work for several steps."""
    source = make.with_large_one(space / "source", 100, megabytes=20)
    haul.run("pack", source, space / "packed", "--part-size", "10MB", code=0)
    job = haul.run("jobs", "--json", code=0).events()[0]["id"]
    haul.run("forget", job, code=0)
    return {"pack": ["pack", source, space / "out", "--part-size", "10MB", "--jobs", "1"],
            "unpack": ["unpack", space / "packed" / "source", space / "back", "--jobs", "1"]}


def jobs(haul) -> list[dict]:
    return [json.loads(line) for line in haul.run("jobs", "--json", code=0).out.splitlines()]


def status(haul, job: str) -> dict:
    found = json.loads(haul.run("status", job, "--json", code=0).out)
    schemas.assert_fits(found, "job-line.json")
    return found


def told(haul, job: str, phase: str) -> bool:
    progress = status(haul, job)["progress"]
    return progress["phase"] == phase and progress["total_files"] > 0


@pytest.mark.parametrize("flow", POINTS)
def test_status_asks_the_process(haul, flows, flow):
    with held(haul, POINTS[flow], *flows[flow]) as job:
        # What happens reaches the display, and with it the answers, some ten times a second.
        wait_for(lambda: told(haul, job.job, flow), job.child)
        found = status(haul, job.job)
        assert found["phase"] == "running" and "ended" not in found
        progress = found["progress"]
        assert progress["phase"] == flow and not progress["draining"]
        assert progress["files"] <= progress["total_files"] and progress["bytes"] <= progress["total_bytes"]
        assert [one["phase"] for one in jobs(haul)] == ["running"]
        text = haul.run("status", job.job[:5], code=0).out
        assert "State:    running" in text and "\nNow:      " in text and "Ended" not in text
        assert "running" in haul.run("jobs", code=0).out
    assert wait(job.child).code == 0
    found = status(haul, job.job)
    assert found["phase"] == "complete" and found["exit_code"] == 0 and "progress" not in found


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize("flow", POINTS)
def test_watch_follows_until_the_job_ends(haul, space, flows, flow, form):
    with held(haul, POINTS[flow], *flows[flow]) as job:
        with open(space / "watched", "wb") as out:
            watch = haul.start("status", job.job, "--watch", *form, stdout=out)
        wait_for(lambda: (space / "watched").read_bytes().count(b"\n") >= 1, watch)
        assert job.child.poll() is None
    assert wait(job.child).code == 0
    assert wait(watch, 30).code == 0
    text = (space / "watched").read_text()
    if not form:
        assert "\x1b" not in text and "State:    complete" in text
        assert text.count("phase: ") == len({line for line in text.splitlines() if line.startswith("phase: ")})
        return
    looks = [json.loads(line) for line in text.splitlines()]
    for look in looks:
        schemas.assert_fits(look, "job-line.json")
    assert "progress" in looks[0] and looks[-1]["phase"] == "complete"
    assert {look["phase"] for look in looks[:-1]} == {"running"}


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_watch_of_a_job_that_is_not_at_work_ends_at_once(haul, flows, form):
    haul.killed_at(POINTS["pack"], *flows["pack"], code=-9)
    job = jobs(haul)[0]["id"]
    finished = haul.run("status", job, "-w", *form, code=0, limit=20)
    assert "interrupted" in finished.out
    haul.run(*flows["pack"], code=0)
    assert "complete" in haul.run("status", job, "-w", *form, code=0, limit=20).out


def test_watch_ends_where_the_job_is_killed(haul, flows):
    with held(haul, POINTS["pack"], *flows["pack"]) as job:
        watch = haul.start("status", job.job, "--watch", "--json")
        watch.stdout.readline()
        job.child.kill()
    job.child.wait()
    assert json.loads(wait(watch, 30).out.splitlines()[-1])["phase"] == "interrupted"


def test_ctrl_c_ends_the_watch_and_not_the_job(haul, flows):
    with held(haul, POINTS["pack"], *flows["pack"]) as job:
        watch = haul.start("status", job.job, "--watch", "--json")
        watch.stdout.readline()
        watch.send_signal(signal.SIGINT)
        assert wait(watch, 30).code in (0, 130)
        assert job.child.poll() is None and status(haul, job.job)["phase"] == "running"
    assert wait(job.child).code == 0


def test_a_watch_into_a_closed_pipe_ends(haul, flows):
    with held(haul, POINTS["pack"], *flows["pack"]) as job:
        watch = haul.start("status", job.job, "--watch", "--json")
        watch.stdout.readline()
        watch.stdout.close()
        deadline = time.monotonic() + 30
        while watch.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert watch.poll() is not None, "it goes on for nobody"
    assert wait(job.child).code == 0


def test_cancel_shows_as_stopping_until_it_is_over(haul, flows):
    with held(haul, POINTS["pack"], *flows["pack"]) as job:
        cancel = haul.start("cancel", job.job)
        wait_for(lambda: status(haul, job.job)["progress"]["draining"], cancel)
        assert cancel.poll() is None
    assert wait(job.child).code == 130 and wait(cancel).code == 0
    assert status(haul, job.job)["phase"] == "cancelled"


def test_where_the_path_to_the_socket_is_long(haul, space, flows):
    state = space / ("state " + "x" * 200)
    flag = space / "held here"
    child = haul.start(*flows["pack"], "--state", state, env={"HAUL_FAULT": f"hold:{POINTS['pack']}", "HAUL_FAULT_HOLD": flag})
    wait_for(flag.exists, child)
    found = json.loads(haul.run("jobs", "--json", "--state", state, code=0).out)
    assert "progress" in json.loads(haul.run("status", found["id"], "--json", "--state", state, code=0).out)
    flag.unlink()
    assert wait(child).code == 0
