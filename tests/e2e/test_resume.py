"""resume, cancel and forget from anywhere: a job knows its command, the folder where it was given, and what came of it."""

import json

import pytest
from harness import make, sets, trees
from harness.held import held
from harness.program import wait, wait_for

POINT = "pack.part.before_publish"


@pytest.fixture
def here(space):
    """The folder in which commands are given, with relative paths."""
    make.files(space / "here" / "source", 40)
    (space / "elsewhere").mkdir()
    return space / "here"


def killed(haul, here, *arguments, point: str = POINT, nth: int = 1) -> None:
    haul.run(*arguments, env={"HAUL_FAULT": f"kill:{point}:{nth}"}, cwd=here, code=-9)


def only_job(haul) -> str:
    job, = [json.loads(line)["id"] for line in haul.run("jobs", "--json", code=0).out.splitlines()]
    return job


def test_resume_of_a_pack_from_another_folder(haul, space, here):
    killed(haul, here, "pack", "source", "out", "--part-size", "100kB")
    haul.run("resume", only_job(haul), cwd=space / "elsewhere", code=0)
    haul.run("verify", here / "out" / "source", "--against", here / "source", code=0)
    assert sets.remains(here / "out") == [] and list((space / "elsewhere").iterdir()) == []


def test_resume_of_an_unpack_from_another_folder(haul, space, here):
    haul.run("pack", "source", "out", "--part-size", "100kB", cwd=here, code=0)
    haul.run("forget", only_job(haul), code=0)
    killed(haul, here, "unpack", "out/source", "back", point="unpack.batch.before_write")
    finished = haul.run("resume", only_job(haul)[:4], "--json", cwd=space / "elsewhere", code=0)
    assert finished.events()[-1]["event"] == "summary"
    trees.assert_same(trees.record(here / "back"), trees.record(here / "source"))


def test_resume_keeps_the_options(haul, space, here):
    options = ["--name", "other", "--exclude", "*-00007.bin", "--include", "folder 1/**", "--include", "*", "--digest=sha256",
               "--folders", "all", "--part-size", "100kB"]
    killed(haul, here, "pack", *options, "--", "source", "out")
    haul.run("resume", only_job(haul), "--quiet", cwd=space / "elsewhere", code=0)
    haul.run("pack", "source", "whole", *options, "--state", space / "another", cwd=here, code=0)
    assert sets.files_of(here / "out") == sets.files_of(here / "whole")


def test_resume_where_the_folder_is_gone(haul, space, here):
    killed(haul, here, "pack", "source", "out")
    here.rename(space / "renamed")
    finished = haul.run("resume", only_job(haul), code=4)
    assert str(here) in finished.err


def test_resume_of_a_complete_job_does_nothing(haul, space, here):
    haul.run("pack", "source", "out", cwd=here, code=0)
    before = sets.files_of(here / "out")
    haul.run("resume", only_job(haul), cwd=space / "elsewhere", code=0)
    assert sets.files_of(here / "out") == before


def test_resume_of_a_job_at_work(haul, here):
    with held(haul, POINT, "pack", "source", "out", cwd=here) as job:
        finished = haul.run("resume", job.job, code=8)
        assert str(job.child.pid) in finished.err
        haul.run("forget", job.job, code=8)
    assert wait(job.child).code == 0


def test_cancel_of_a_dead_job_from_another_folder(haul, space, here):
    killed(haul, here, "pack", "source", "out", "--part-size", "100kB", nth=3)
    haul.run("cancel", only_job(haul), cwd=space / "elsewhere", code=0)
    assert [path for path in (here / "out").rglob("*") if path.is_file()] == []
    assert (here / "source").is_dir()


def test_cancel_of_an_unpack_at_work(haul, here):
    """Files that are finished stay; nothing else does."""
    haul.run("pack", "source", "out", cwd=here, code=0)
    haul.run("forget", only_job(haul), code=0)
    with held(haul, "unpack.run.before_checkpoint", "unpack", "out/source", "back", cwd=here, env={"HAUL_CHECKPOINT_MS": 0}) as job:
        cancel = haul.start("cancel", job.job, cwd="/")
        wait_for(lambda: json.loads(haul.run("status", job.job, "--json", code=0).out)["progress"]["draining"], cancel)
    assert wait(job.child).code in (0, 130) and wait(cancel).code == 0
    assert sets.remains(here / "back") == []
    there = trees.record(here / "back")
    wanted = trees.record(here / "source")
    files = [path for path, entry in there.items() if entry.kind == "file"]
    assert files and all(there[path] == wanted[path] for path in files)


def test_forget_of_an_interrupted_job(haul, space, here):
    killed(haul, here, "pack", "source", "out", "--part-size", "100kB")
    before = sets.files_of(here / "out")
    job = only_job(haul)
    assert "continues" in haul.run("forget", job, code=0).out
    assert sets.files_of(here / "out") == before and not (haul.state / "jobs" / job).exists()
    haul.run("pack", "source", "out", "--part-size", "100kB", cwd=here, code=0)
    haul.run("verify", here / "out" / "source", "--against", here / "source", code=0)


def test_a_beginning_that_fits_two_jobs(haul):
    for name in ("aaaa000000000000", "aaaa111111111111"):
        (haul.state / "jobs" / name).mkdir(parents=True)
    for command in ("status", "resume", "cancel", "forget"):
        finished = haul.run(command, "aaaa", code=2)
        assert "aaaa" in finished.err
    haul.run("status", "aaaa1", code=0)
    haul.run("forget", "aaaa1", code=0)
    haul.run("status", "aaaa", code=0)


def test_jobs_newest_first(haul, space):
    for name in ("one", "two", "three"):
        make.file(space / name / "file", name.encode())
        haul.run("pack", space / name, space / "out", code=0)
    names = [json.loads(line)["name"] for line in haul.run("jobs", "--json", code=0).out.splitlines()]
    assert names == ["three", "two", "one"]
