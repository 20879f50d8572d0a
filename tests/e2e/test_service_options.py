"""Options for services reach every store that a command opens, also after `haul resume`; wrong ones are refused."""

import json

import pytest
from harness import make

GIVEN = ["--connections", "7", "--request-payer"]
WRITING = ["--storage-class", "STANDARD_IA", "--sse", "aws:kms", "--sse-key", "arn:aws:kms:eu-west-1:1:key/2", "--take-over"]
SEEN = {"connections": 7, "request_payer": True, "sole_writer": False, "storage_class": "", "sse": "", "sse_key": ""}
SEEN_WRITING = {**SEEN, "storage_class": "STANDARD_IA", "sse": "aws:kms", "sse_key": "arn:aws:kms:eu-west-1:1:key/2", "sole_writer": True}


@pytest.fixture
def source(space):
    return make.files(space / "source", 10)


def services(haul, space, *arguments, **how) -> list[dict]:
    """What each store that the command opened was told."""
    report = space / "stores"
    report.unlink(missing_ok=True)
    haul.run(*arguments, env={"HAUL_STORE_COUNTERS": report, **how.pop("env", {})}, **how)
    told = [json.loads(line)["service"] for line in report.read_text().splitlines()]
    assert told
    return told


def assert_told(told: list[dict], expected: dict, knowledge: str) -> None:
    for one in told:
        assert one == {**expected, "knowledge_folder": knowledge}


def test_every_command_hands_them_on(haul, space, source):
    packed, known = space / "out" / "source", str(haul.state / "endpoints")
    assert_told(services(haul, space, "estimate", source, space / "out", *GIVEN, code=0), SEEN, "")
    assert_told(services(haul, space, "pack", source, space / "out", *GIVEN, *WRITING, code=0), SEEN_WRITING, known)
    assert_told(services(haul, space, "pack", "-n", source, space / "out", *GIVEN, code=0), SEEN, known)
    assert_told(services(haul, space, "unpack", packed, space / "back", *GIVEN, *WRITING, code=0), SEEN_WRITING, known)
    assert_told(services(haul, space, "verify", packed, "--against", source, *GIVEN, code=0), SEEN, known)
    assert_told(services(haul, space, "ls", packed, *GIVEN, code=0), SEEN, known)
    assert_told(services(haul, space, "cat", packed, "1.txt", *GIVEN), SEEN, known)


def job_of(haul) -> str:
    return json.loads(haul.run("jobs", "--json", code=0).out.splitlines()[0])["id"]


def killed(haul, space, source) -> str:
    haul.killed_at("pack.part.before_publish", "pack", source, space / "out", *GIVEN, *WRITING, code=-9)
    return job_of(haul)


def test_resume_uses_those_of_the_job(haul, space, source):
    assert_told(services(haul, space, "resume", killed(haul, space, source), code=0), SEEN_WRITING, str(haul.state / "endpoints"))


def test_the_job_is_the_same_with_others(haul, space, source):
    job, others = killed(haul, space, source), ["--connections", "9"]
    told = services(haul, space, "pack", source, space / "out", *others, code=0)
    assert_told(told, {**SEEN, "connections": 9, "request_payer": False}, str(haul.state / "endpoints"))
    assert job_of(haul) == job and len(haul.run("jobs", "--json", code=0).out.splitlines()) == 1


def test_cancel_uses_those_of_the_job(haul, space, source):
    assert_told(services(haul, space, "cancel", killed(haul, space, source), code=0), SEEN_WRITING, str(haul.state / "endpoints"))


@pytest.mark.parametrize("wrong, said", [
    (["--connections", "0"], "from 1 to 1024"),
    (["--connections", "1025"], "from 1 to 1024"),
    (["--connections", "many"], "from 1 to 1024"),
    (["--storage-class="], "required"),
    (["--storage-class", "IA\r\nx-evil: 1"], "cannot be one"),
    (["--sse", "none"], "none of AES256, aws:kms"),
    (["--sse", "aws:kms", "--sse-key", "a b"], "cannot be one"),
    (["--sse-key", "k"], "--sse=aws:kms"),
    (["--sse", "AES256", "--sse-key", "k"], "--sse=aws:kms"),
])
@pytest.mark.parametrize("command", ["pack", "unpack"])
def test_impossible_values(haul, space, source, command, wrong, said):
    finished = haul.run(command, source, space / "out", *wrong, code=2)
    assert said in finished.err
    assert not (space / "out").exists()
