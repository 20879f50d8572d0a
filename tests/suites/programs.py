"""GoogleTest programs, two at a time, counted case by case."""

import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from suites import step
from suites.build import build
from suites.outcome import Outcome

SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}
# Rooms with threads of their own; the others run under tsan only as parts of these.
THREADED = ["engine_test", "flow_collect_decisions_test", "flow_collect_ear_test", "flow_collect_fetches_test", "flow_collect_gate_test",
            "flow_collect_web_test", "flow_pack_test", "http_test", "ledger_test", "store_test"]
# What is built of a preset that serves no other suite.
TARGETS = {"asan": ("unit_tests",), "tsan": (*THREADED,)}


def unit(full: bool) -> Outcome:
    return run_programs("check", None, 300)


def asan(full: bool) -> Outcome:
    return run_programs("asan", None, 1200)


def tsan(full: bool) -> Outcome:
    return run_programs("tsan", THREADED, 1200)


def run_programs(preset: str, names: list[str] | None, limit: float) -> Outcome:
    folder, outcome = build(preset, *TARGETS.get(preset, ()))
    found = sorted((folder / "bin").glob("*_test"))
    programs = [p for p in found if names is None or p.name in names]
    expected = len(names) if names else 1
    if len(programs) < expected:
        outcome.bad(f"only {len(programs)} test programs of {preset} were built")
    with ThreadPoolExecutor(step.CORES) as pool:
        for result in pool.map(lambda program: run_program(preset, program, limit), programs):
            outcome.add(result)
    return outcome


def run_program(preset: str, program: Path, limit: float) -> Outcome:
    report = step.LOGS / f"{preset}-{program.name}.xml"
    step.LOGS.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    code, log = step.run(f"{preset}-{program.name}", [program, f"--gtest_output=xml:{report}"], limit, SANITIZERS)
    outcome = Outcome()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{program.name} {case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None:
                outcome.bad(f"{name}: {step.shown(log)}")
            elif case.get("result") != "completed" or case.find("skipped") is not None:
                outcome.bad(f"{name}: skipped")
            else:
                outcome.ok()
        if outcome.passed + outcome.failed == 0:
            outcome.bad(f"{program.name} has no tests")
    # A report is written before the program ends: a leak or a crash at exit shows in the status alone.
    if not report.exists() or (code != 0 and outcome.failed == 0):
        outcome.bad(f"{program.name} ended with {code}; {step.shown(log)} ends:\n{step.tail(log)}")
    return outcome
