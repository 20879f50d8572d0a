"""What the first block of Whisper's encoder says of a window, by the graph of `haul models build child` in OpenVINO's Python package."""

import json
import sys
from functools import cache
from pathlib import Path

import numpy as np

CHANNELS = 512
RUNTIME = Path(__file__).resolve().parents[2] / "build" / "openvino-2026.4.1"


def graph_in(models: Path) -> str:
    built = [one["file"] for one in json.loads((models / "models.json").read_text())["models"] if one["name"] == "whisper-block-child"]
    if not built:
        raise SystemExit(f"no whisper-block-child in {models}: haul models build child --models {models}")
    return str(models / built[0])


@cache
def network(path: str):
    """One a process."""
    sys.path.insert(0, str(RUNTIME))
    import openvino  # noqa: PLC0415
    return openvino.Core().compile_model(path, "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"})


def deviations(path: str, frames: np.ndarray) -> np.ndarray:
    """512 logarithms of deviations, of log-mel frames x bands of a whole window."""
    return network(path)(frames.T[None].astype(np.float32))[0][0].astype(float)
