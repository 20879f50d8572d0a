"""MODELS with|without FILE...: decode, find speech, judge child and language, as one would write it in Python. A line a file."""

import json
import re
import sys
from pathlib import Path

import features
import numpy as np
import onnxruntime
from clips import decoded
from silero import spans_of

HEAD = Path(__file__).resolve().parents[2] / "src" / "speech" / "child" / "head.cc"


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def chances(activity: onnxruntime.InferenceSession, sound: np.ndarray):
    audio, memory = (one.name for one in activity.get_inputs())
    state, context = np.zeros((2, 1, 128), np.float32), np.zeros(64, np.float32)
    for at in range(0, len(sound), 512):
        block = np.zeros(512, np.float32)
        block[:len(sound[at:at + 512])] = sound[at:at + 512]
        likely, state = activity.run(None, {audio: np.concatenate([context, block])[None], memory: state})
        context = block[-64:]
        yield likely[0, 0]


def main() -> None:
    models = Path(sys.argv[1])
    files = {one["role"]: models / one["file"] for one in json.loads((models / "models.json").read_text())["models"]}
    activity, language = session(files["activity"]), session(files["language"]) if sys.argv[2] == "with" else None
    slope = np.array([float(number) for number in re.findall(r"(-?[0-9.]+(?:e-?\d+)?)F", HEAD.read_text())][:160])
    for path in sys.argv[3:]:
        sound = decoded(path, 16000)
        speech = np.concatenate([sound[a:b] for a, b in spans_of(chances(activity, sound), len(sound))] or [np.zeros(0, np.float32)])
        windows = [speech[at:at + 48000] for at in range(0, len(speech), 48000) if len(speech) - at >= 16000]
        line = {"path": path, "seconds": len(speech) / 16000, "child": float(np.mean([features.pooled(one) @ slope for one in windows])) if windows else None}
        if language is not None and len(speech) >= 16000:
            bands = features.log_mel(speech[:192000]).T[None].astype(np.float32)
            line["language"] = int(np.argmax(language.run(None, {language.get_inputs()[0].name: bands})[0]))
        print(json.dumps(line))


main()
