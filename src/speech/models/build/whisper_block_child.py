"""whisper_block_child.py OUT: what the first block of Whisper base's encoder says of 3 s of a voice, as one ONNX graph.

log_mel [1, 80, 300] -> convolutions, position encodings, the first block -> deviations [1, 512]: of each channel the natural
logarithm of its standard deviation over time. The head that reads them lies in the tree (src/speech/child/block_head.cc).
"""

import sys
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True  # where Haul is installed, nothing is written
sys.path.insert(0, str(Path(__file__).parent))
from whisper_base import BANDS, WIDTH, Graph, joined, weights, write  # noqa: E402

FRAMES = 300
LEAST = 1e-12  # variance: of silence no logarithm is infinite


def deviations(graph: Graph, x: str) -> str:
    time = graph.constant(np.array([1], np.int64))
    apart = graph.node("Sub", x, graph.node("ReduceMean", x, time, keepdims=1))
    variance = graph.node("ReduceMean", graph.node("Mul", apart, apart), time, keepdims=0)
    return graph.node("Mul", graph.node("Log", graph.node("Add", variance, graph.scalar(LEAST))), graph.scalar(0.5))


if __name__ == "__main__":
    block = Graph(weights(joined()))
    write(sys.argv[1], "whisper-block-child", block, deviations(block, block.encoder(1)), [1, BANDS, FRAMES], ("deviations", [1, WIDTH]))
