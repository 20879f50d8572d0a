"""A job that is held at a named point while the rest of its process goes on: the control socket answers."""

from contextlib import contextmanager
from pathlib import Path

from harness.program import Haul, wait_for


class Held:
    def __init__(self, haul: Haul, point: str, *arguments, **popen):
        self.flag: Path = haul.space / "held"
        env = {**popen.pop("env", {}), "HAUL_FAULT": f"hold:{point}", "HAUL_FAULT_HOLD": self.flag}
        self.child = haul.start(*arguments, env=env, **popen)
        wait_for(self.flag.exists, self.child)
        self.job = haul.run("jobs", "--json", code=0).events()[0]["id"]

    def let_go(self) -> None:
        self.flag.unlink(missing_ok=True)


@contextmanager
def held(haul: Haul, point: str, *arguments, **popen):
    job = Held(haul, point, *arguments, **popen)
    try:
        yield job
    finally:
        job.let_go()
