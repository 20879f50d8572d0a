"""Killed in rarer moments: while a second generation is made, while a job is cancelled, while a unit is set aside or tried again."""

import json
import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from harness import faults, make, sets, trees
from harness.program import Haul

SEED = int(os.environ.get("HAUL_TEST_SEED", "20261125"))
RANDOM_KILLS = 100 if os.environ.get("HAUL_TEST_FULL") else 6


@dataclass
class Scene:
    """A state of things from which `again` leads to its end, however often it is killed on the way."""
    haul: Haul
    space: Path
    begun: list  # arguments of the command that leaves the state
    plan: list[str] = field(default_factory=list)  # its faults
    killed_at: str = ""  # or where it is killed
    again: list = field(default_factory=list)
    env: dict = field(default_factory=dict)  # of the run that is killed
    code: int = 0  # of that run where it is not killed

    def set_up(self) -> None:
        if self.killed_at:
            self.haul.killed_at(self.killed_at, *self.begun, code=-9)
        else:
            faults.run(self.haul, *self.begun, plan=self.plan, code=3)
        self.keep("template")

    def keep(self, name: str) -> None:
        shutil.rmtree(self.space / name, ignore_errors=True)
        for part in ("out", "state-home"):
            if (self.space / part).exists():
                # A socket that a killed job left is none of the state.
                shutil.copytree(self.space / part, self.space / name / part, symlinks=True,
                                ignore=shutil.ignore_patterns("control"))

    def restore(self) -> None:
        for part in ("out", "state-home"):
            shutil.rmtree(self.space / part, ignore_errors=True)
            if (self.space / "template" / part).exists():
                shutil.copytree(self.space / "template" / part, self.space / part, symlinks=True)

    def reached(self) -> list[str]:
        self.restore()
        log = self.space / "points"
        self.haul.run(*self.again, env={**self.env, "HAUL_FAULT": "list", "HAUL_FAULT_LOG": log}, code=self.code)
        return sorted(set(log.read_text().split()))

    def kill(self, point: str) -> None:
        self.restore()
        self.haul.killed_at(point, *self.again, env=self.env, code=-9)


def pack_arguments(space: Path) -> list:
    return ["pack", space / "source", space / "out", "--part-size", "100kB"]


def unpack_arguments(space: Path) -> list:
    return ["unpack", space / "packed" / "source", space / "out"]


@pytest.fixture
def haul(binary, space):
    program = Haul(binary, space, {"HAUL_CHECKPOINT_MS": 0, **faults.QUICK})
    make.files(space / "source", 40)
    program.run("pack", space / "source", space / "packed", "--part-size", "100kB", code=0)
    shutil.rmtree(program.state_home)
    yield program
    program.end()


def assert_packed(haul, space) -> None:
    assert sets.remains(space / "out") == []
    haul.run("verify", space / "out" / "source", "--against", space / "source", code=0)


def assert_same_as_packed(haul, space) -> None:
    assert sets.remains(space / "out") == []
    assert sets.files_of(space / "out") == sets.files_of(space / "packed")


def assert_unpacked(haul, space) -> None:
    assert sets.remains(space / "out") == []
    trees.assert_same(trees.record(space / "out"), trees.record(space / "source"))


FAILS = {"pack": "put~part-00002.zip:1x*:error=io", "unpack": "write~file-00001.bin:1x*:error=io"}


def second_generation(haul, space) -> Scene:
    arguments = pack_arguments(space)
    return Scene(haul, space, arguments, plan=["read~file-0001*.bin:1x*:error=denied"], again=arguments)


@pytest.mark.parametrize("state", ["kept", "lost"])
def test_killed_while_a_second_generation_is_made(haul, space, state):
    scene = second_generation(haul, space)
    scene.set_up()
    first = sets.files_of(space / "out")
    for point in scene.reached():
        scene.kill(point)
        if state == "lost":
            shutil.rmtree(haul.state_home, ignore_errors=True)
        haul.run(*scene.again, code=0)
        assert_packed(haul, space)
        after = sets.files_of(space / "out")
        assert first.items() <= after.items(), point
        assert {name for name in after if "haul-" in name} == {"source/haul-00001.json", "source/haul-00002.json"}, point


@pytest.mark.parametrize("flow", FAILS)
def test_killed_while_a_job_is_cancelled(haul, space, flow):
    arguments = {"pack": pack_arguments, "unpack": unpack_arguments}[flow](space)
    scene = Scene(haul, space, arguments, killed_at={"pack": "pack.part.after_manifest", "unpack": "unpack.batch.after_write"}[flow])
    scene.set_up()
    job = json.loads(haul.run("jobs", "--json", code=0).out)["id"]
    scene.again = ["cancel", job]
    for point in scene.reached():
        scene.kill(point)
        haul.run(*scene.again, code=0)
        assert sets.remains(space / "out") == [], point
        if flow == "pack":
            assert sets.parts(space / "out" / "source") == [], point
        haul.run(*arguments, code=0)
        assert_same_as_packed(haul, space) if flow == "pack" else assert_unpacked(haul, space)


@pytest.mark.parametrize("flow", FAILS)
def test_killed_while_a_unit_is_set_aside(haul, space, flow):
    """The run that sets it aside is killed; the next one, without the fault, completes."""
    arguments = {"pack": pack_arguments, "unpack": unpack_arguments}[flow](space)
    scene = Scene(haul, space, [], again=arguments, env={"HAUL_STORE_FAULTS": f"{FAILS[flow]}@{space / 'out'}" + (
        "/source" if flow == "pack" else "")}, code=3)
    for point in scene.reached():
        scene.kill(point)
        haul.run(*arguments, code=0)
        assert_same_as_packed(haul, space) if flow == "pack" else assert_unpacked(haul, space)


@pytest.mark.parametrize("flow", FAILS)
def test_killed_while_it_is_tried_again(haul, space, flow):
    arguments = {"pack": pack_arguments, "unpack": unpack_arguments}[flow](space)
    where = f"{space / 'out'}" + ("/source" if flow == "pack" else "")
    scene = Scene(haul, space, arguments, plan=[f"{FAILS[flow]}@{where}"], again=arguments)
    scene.set_up()
    for point in scene.reached():
        scene.kill(point)
        haul.run(*arguments, code=0)
        assert_same_as_packed(haul, space) if flow == "pack" else assert_unpacked(haul, space)


@pytest.mark.parametrize("number", range(RANDOM_KILLS))
def test_killed_at_random_points_several_times(haul, space, number):
    print(f"HAUL_TEST_SEED={SEED}")
    chance = random.Random(SEED * 1000 + number)
    scene = second_generation(haul, space)
    scene.set_up()
    reached = scene.reached()
    scene.restore()
    for _ in range(chance.randint(2, 4)):
        ended = haul.killed_at(chance.choice(reached), *scene.again, nth=chance.randint(1, 3))
        assert ended.code in (0, -9), ended
    haul.run(*scene.again, code=0)
    assert_packed(haul, space)
