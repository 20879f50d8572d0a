"""Prints where Silero's own Python pipeline hears speech in WAVs of 16 kHz: a list a file of [start, end] in seconds."""

import array
import json
import sys
import wave

import torch
from silero_vad import get_speech_timestamps, load_silero_vad

torch.set_num_threads(1)
model = load_silero_vad()
found = []
for path in sys.argv[1:]:
    with wave.open(path) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
    audio = torch.tensor(samples, dtype=torch.float32) / 32768
    found.append([[one["start"] / 16000, one["end"] / 16000] for one in get_speech_timestamps(audio, model)])
print(json.dumps(found))
