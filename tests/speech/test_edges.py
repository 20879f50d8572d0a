"""Where speech is, against edges that are known; in full beside Silero's own Python pipeline, which needs torch."""

import json
import subprocess
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench" / "speech_activity"


def figures(*words) -> dict[str, dict[str, float]]:
    done = subprocess.run([BENCH, "--json", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.timeout(5000)
def test_the_edges_of_words_between_silences(full):
    """The published rule hears a little more than the edges: F1 near 0.95 for the pipeline too."""
    found = figures("--seconds", 600) if full else figures("--seconds", 60, "--alone")
    for noise, row in found.items():
        assert row["haul listen"] > 0.9, f"{noise}: {row}"
        if full:
            assert row["haul listen"] >= row["silero-vad 6.2.3 (torch)"] - 0.005, f"{noise}: {row}"
    assert found["clean"]["our own detector"] > 0.85
