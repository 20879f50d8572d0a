"""libFuzzer targets, some seconds each; what they find stays in build/asan/found/."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from suites import step
from suites.build import build
from suites.outcome import Outcome


def fuzz(full: bool) -> Outcome:
    folder, outcome = build("asan", "fuzzers")
    targets = sorted((folder / "bin").glob("*_fuzz")) + sorted((folder / "bin").glob("fuzz_*"))
    if not targets:
        return outcome.bad("no fuzz target was built")
    with ThreadPoolExecutor(step.CORES) as pool:
        for result in pool.map(lambda target: run_target(folder, target, 600 if full else 10), targets):
            outcome.add(result)
    return outcome


def run_target(folder: Path, target: Path, seconds: int) -> Outcome:
    found = folder / "found" / target.name
    found.mkdir(parents=True, exist_ok=True)
    grown = folder / "corpus" / target.name
    grown.mkdir(parents=True, exist_ok=True)
    topic = target.name.removeprefix("fuzz_").removesuffix("_fuzz")
    seeds = [p for p in (step.ROOT / "tests/fuzz/corpus" / topic, step.ROOT / "tests/fuzz" / topic) if p.is_dir()]
    code, log = step.run(f"fuzz-{target.name}", [
        target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", f"-artifact_prefix={found}/",
        grown, *seeds], seconds + 120)
    if code == 0:
        return Outcome().ok()
    return Outcome().bad(f"{target.name} ended with {code}; {step.shown(log)} ends:\n{step.tail(log)}")
