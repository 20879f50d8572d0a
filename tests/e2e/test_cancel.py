"""haul cancel: what it says is true, it needs the destination alone, and the job shows as cancelled."""

import json

import pytest
from harness import make, sets

POINT = "pack.part.before_publish"


@pytest.fixture
def source(space):
    return make.files(space / "source", 30)


def only_job(haul) -> dict:
    line, = haul.run("jobs", "--json", code=0).out.splitlines()
    return json.loads(line)


def killed_pack(haul, space, source, *more) -> str:
    haul.killed_at(POINT, "pack", source, space / "out", "--part-size", "60kB", *more, nth=2, code=-9)
    return only_job(haul)["id"]


def assert_gone(space) -> None:
    assert sets.files_of(space / "out") == {"source": "folder"}


def test_of_a_pack_says_that_the_parts_are_gone(haul, space, source):
    job = killed_pack(haul, space, source)
    said = haul.run("cancel", job, code=0).out
    assert "the parts that no complete set refers to are gone" in said and "stay" not in said
    assert_gone(space)


def test_of_an_unpack_says_that_finished_files_stay(haul, space, source):
    haul.run("pack", source, space / "out", code=0)
    haul.run("forget", only_job(haul)["id"], code=0)
    haul.killed_at("unpack.batch.after_write", "unpack", space / "out" / "source", space / "back", code=-9)
    assert "files that were finished stay" in haul.run("cancel", only_job(haul)["id"], code=0).out


def test_shows_as_cancelled_and_is_not_cancelled_again(haul, space, source):
    job = killed_pack(haul, space, source)
    haul.run("cancel", job, code=0)
    assert only_job(haul)["phase"] == "cancelled"
    assert "Continue" not in haul.run("status", job, code=0).out
    again = haul.run("cancel", job, code=0).out
    assert again == f"Job {job} is cancelled: there is nothing to cancel.\n"
    haul.run("resume", job, code=0)
    assert only_job(haul)["phase"] == "complete"
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


def test_needs_no_source(haul, space, source):
    job = killed_pack(haul, space, source)
    source.rename(space / "elsewhere")
    haul.run("cancel", job, code=0)
    assert_gone(space)


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_needs_no_list_of_files(haul, space, source, change):
    names = make.file(space / "names", b"folder 1\nfolder 2\nfolder 3\n")
    job = killed_pack(haul, space, source, "--files-from", names)
    names.unlink() if change == "gone" else names.write_bytes(b"folder 1\n")
    haul.run("cancel", job, code=0)
    assert_gone(space)


def test_needs_no_working_folder(haul, space, source):
    here = space / "here"
    here.mkdir()
    haul.run("pack", "../source", "../out", "--part-size", "60kB", cwd=here, env={"HAUL_FAULT": f"kill:{POINT}:2"}, code=-9)
    here.rmdir()
    haul.run("cancel", only_job(haul)["id"], code=0)
    assert_gone(space)
