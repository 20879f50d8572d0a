"""jobs, status, resume, cancel, forget: what becomes of a job between its runs."""

import json
import signal

import pytest
from harness import make, sets
from harness.program import wait, wait_until_stopped

POINT = "pack.part.before_publish"


@pytest.fixture
def source(space):
    return make.files(space / "source", 40)


@pytest.fixture
def killed(haul, space, source):
    """A job that was killed in the middle; its id."""
    haul.killed_at(POINT, "pack", source, space / "out", "--part-size", "100kB", code=-9)
    return only_job(haul)["id"]


def only_job(haul) -> dict:
    jobs = [json.loads(line) for line in haul.run("jobs", "--json", code=0).out.splitlines()]
    jobs = [job for job in jobs if "id" in job]
    assert len(jobs) == 1
    return jobs[0]


def test_no_jobs(haul):
    haul.run("jobs", code=0)


def test_jobs_shows_a_killed_job_as_interrupted(haul, killed, source):
    text = haul.run("jobs", code=0).out
    assert killed in text and "interrupted" in text and str(source) in text
    assert only_job(haul)["phase"] == "interrupted"


def test_status_by_a_beginning_of_the_id(haul, killed):
    assert "interrupted" in haul.run("status", killed[:6], code=0).out
    haul.run("status", "ffffffff00", code=4)


def test_resume_completes(haul, space, source, killed):
    haul.run("resume", killed[:8], code=0)
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    assert "complete" in haul.run("status", killed, code=0).out
    assert sets.remains(space / "out") == []


def test_cancel_of_a_dead_job_cleans_up(haul, space, killed):
    haul.run("cancel", killed, code=0)
    assert sets.remains(space / "out") == []


def test_cancel_needs_no_source(haul, space, source, killed):
    source.rename(space / "elsewhere")
    finished = haul.run("cancel", killed, code=0)
    assert "parts" in finished.out and list((space / "out" / "source").iterdir()) == [], finished


def test_cancel_of_a_job_at_work_stops_it(haul, space, source):
    child = haul.start("pack", source, space / "out", "--part-size", "100kB", env={"HAUL_FAULT": f"stop:{POINT}"})
    wait_until_stopped(child)
    job = only_job(haul)["id"]
    cancel = haul.start("cancel", job)
    child.send_signal(signal.SIGCONT)
    assert wait(cancel).code == 0
    assert wait(child).code in (0, 130)
    assert sets.remains(space / "out") == []


def test_status_of_a_job_at_work(haul, space, source):
    child = haul.start("pack", source, space / "out", env={"HAUL_FAULT": f"stop:{POINT}"})
    wait_until_stopped(child)
    try:
        assert "running" in haul.run("status", only_job(haul)["id"], code=0).out
        haul.run("forget", only_job(haul)["id"], code=8)
    finally:
        child.send_signal(signal.SIGCONT)
        assert wait(child).code == 0


def test_forget(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    job = only_job(haul)["id"]
    haul.run("forget", job, code=0)
    assert job not in haul.run("jobs", code=0).out
    haul.run("status", job, code=4)
    haul.run("verify", space / "out" / "source", code=0)


def test_the_record_of_a_complete_job_is_small(haul, space):
    make.files(space / "source", 5000, biggest=10)
    haul.run("pack", space / "source", space / "out", code=0)
    assert sum(p.stat().st_size for p in haul.state.rglob("*") if p.is_file()) < 1 << 20


@pytest.mark.parametrize("command", ["resume", "cancel", "forget", "status"])
def test_unknown_jobs(haul, command):
    haul.run(command, "0123456789abcdef", code=4)
