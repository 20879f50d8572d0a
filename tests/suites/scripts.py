"""Suites written in Python: pytest runs them, its JUnit report is counted."""

import xml.etree.ElementTree as ElementTree

from suites import in_memory, installed, step
from suites.build import build
from suites.outcome import Outcome

# What these write is killed and disturbed, and read again by whoever goes on: no disk needs to have it.
IN_MEMORY = ("conformance", "crash", "faults")


def tidy(full: bool) -> Outcome:
    return run_scripts("tidy", full, 120)


def servers(full: bool) -> Outcome:
    return installed.servers().add(run_scripts("servers", full, 600))


def vectors(full: bool) -> Outcome:
    return with_binary("vectors", full, 300)


def conformance(full: bool) -> Outcome:
    return with_servers("conformance", full, 600)


def interop(full: bool) -> Outcome:
    return with_binary("interop", full, 1200)


def e2e(full: bool) -> Outcome:
    return with_servers("e2e", full, 1500 if not full else 7200)


def crash(full: bool) -> Outcome:
    return with_servers("crash", full, 1500 if not full else 7200)


def faults(full: bool) -> Outcome:
    return with_servers("faults", full, 1200 if not full else 7200)


def power(full: bool) -> Outcome:
    return with_binary("power", full, 900)


def speech(full: bool) -> Outcome:
    return with_binary("speech", full, 900 if not full else 7200)


def corpus(full: bool) -> Outcome:
    return installed.corpus_readers(full).add(with_servers("corpus", full, 900 if not full else 7200))


def collect(full: bool) -> Outcome:
    return installed.corpus_readers(full).add(with_servers("collect", full, 900 if not full else 7200))


def with_servers(name: str, full: bool, limit: float) -> Outcome:
    return installed.servers().add(with_binary(name, full, limit))


def with_binary(name: str, full: bool, limit: float) -> Outcome:
    folder, outcome = build("check")
    if not (folder / "bin" / "haul").exists():
        return outcome.bad("there is no program to test")
    return outcome.add(run_scripts(name, full, limit))


def run_scripts(name: str, full: bool, limit: float) -> Outcome:
    report = step.LOGS / f"{name}.xml"
    step.LOGS.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = ["/usr/bin/python3", "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", step.CORES,
               "--dist", "loadgroup",
               f"--junitxml={report}", f"tests/{name}"]
    with in_memory.scratch(name in IN_MEMORY and not full) as places:
        code, log = step.run(name, command, limit, {"HAUL_TEST_FULL": "1" if full else "", **places})
    outcome = Outcome()
    if report.exists():
        for case in ElementTree.parse(report).iter("testcase"):
            count_case(case, outcome)
    if outcome.failed == 0 and (code != 0 or outcome.passed == 0):
        outcome.bad(f"{name} ended with {code}; {step.shown(log)} ends:\n{step.tail(log)}")
    return outcome


def count_case(case: ElementTree.Element, outcome: Outcome) -> None:
    name = f"{case.get('classname')}.{case.get('name')}"
    for kind in ("failure", "error", "skipped"):
        problem = case.find(kind)
        if problem is not None:
            lines = (problem.text or problem.get("message") or "").splitlines()
            reason = [line for line in lines if line.startswith("E ")] or lines[-3:]
            outcome.bad("\n".join([f"{name}: {kind}", *(line[:300] for line in reason[:25])]))
            return
    outcome.ok()
