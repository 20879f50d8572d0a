"""--metrics-port: a run that is at work answers Prometheus, with the numbers that docs/metrics.md lists."""

import signal
import socket
import urllib.error

import pytest
from harness import make
from harness.held import held
from harness.metrics import assert_as_documented, scraped
from harness.program import wait, wait_for
from servers.server import free_ports

@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


def test_a_pack_at_work(haul, space, port):
    source = make.with_large_one(space / "source", 100, megabytes=20)
    command = ["pack", source, space / "out", "--part-size", "10MB", "--jobs", "1", "--metrics-port", port]
    with held(haul, "pack.part.before_publish", *command) as job:
        wait_for(lambda: scraped(port)[1]["haul_expected_files"] > 0, job.child)
        values = assert_as_documented(port)
        assert values['haul_run_info{version="0.1.0",flow="pack",job="' + job.job + '"}'] == 1
        assert values['haul_phase_info{phase="pack"}'] == 1
        assert values["haul_expected_files"] > 100 and values["haul_expected_final"] == 1
        assert 0 <= values["haul_bytes_total"] <= values["haul_expected_bytes"] and values["haul_expected_bytes"] > 20_000_000
        assert values['haul_units{kind="part",state="leased"}'] >= 1
        assert sum(value for name, value in values.items() if name.startswith('haul_units{kind="part"')) >= 2
        assert values["haul_store_retries_total"] == values["haul_outages_total"] == values["haul_draining"] == 0
        assert values["haul_peak_memory_bytes"] > 1 << 20
        for call in ("claim", "commit"):
            assert values[f'haul_ledger_wait_seconds_count{{call="{call}"}}'] >= 1
            assert values[f'haul_ledger_longest_wait_seconds{{call="{call}"}}'] <= values[f'haul_ledger_wait_seconds_sum{{call="{call}"}}']
        job.child.send_signal(signal.SIGINT)
        wait_for(lambda: scraped(port)[1]["haul_draining"] == 1, job.child)
    assert wait(job.child).code == 130
    with pytest.raises(urllib.error.URLError):
        scraped(port)


def test_retries_and_failures_are_counted(haul, space, port):
    source = make.files(space / "source", 20)
    faults = {"HAUL_STORE_FAULTS": "open_upload:1x2:error=unavailable", "HAUL_RETRY_MS": 1, "HAUL_RETRY_MOST_MS": 2}
    with held(haul, "pack.set.before_record", "pack", source, space / "out", "--metrics-port", port, env=faults) as job:
        wait_for(lambda: scraped(port)[1]["haul_parts_total"] == 1, job.child)
        values = scraped(port)[1]
        assert values["haul_store_retries_total"] == 2
        assert values["haul_files_total"] == values["haul_expected_files"] >= 20 and values['haul_units{kind="part",state="done"}'] == 1
    assert wait(job.child).code == 0


@pytest.mark.parametrize("command", ["unpack", "verify"])
def test_the_others(haul, space, port, command):
    source = make.files(space / "source", 20)
    haul.run("pack", source, space / "packed", code=0)
    arguments = [command, space / "packed" / "source", *([space / "back"] if command == "unpack" else [])]
    # In the way: whoever takes the port has been told of it.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        finished = haul.run(*arguments, "--metrics-port", port, code=2)
        assert f"127.0.0.1:{port}" in finished.err and "--metrics-port" in finished.err
        assert not (space / "back").exists()
    haul.run(*arguments, "--metrics-port", port, code=0)


def test_ports_that_are_none(haul, space):
    for wrong in (0, 65536, "http", -1):
        assert "--metrics-port" in haul.run("verify", space, f"--metrics-port={wrong}", code=2).err
