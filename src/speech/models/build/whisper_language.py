"""whisper_language.py OUT: one ONNX graph that says which language is spoken, out of Whisper base.

log_mel [1, 80, frames] -> the encoder -> one step of the decoder after its start token -> probability [1, 99] of the languages,
in the order of their tokens.

What one step does not need is left out: with a single token, self-attention gives each token its own value, whatever query and
key are. Cross-attention is turned around, so that the keys and values of 600 frames are never made: q (K x) = (q K) x.
"""

import sys
from pathlib import Path

import numpy as np

sys.dont_write_bytecode = True  # where Haul is installed, nothing is written
sys.path.insert(0, str(Path(__file__).parent))
from whisper_base import BANDS, HEADS, LAYERS, WIDTH, Graph, joined, weights, write  # noqa: E402

START, FIRST, LANGUAGES = 50258, 50259, 99  # tokens


class LanguageGraph(Graph):
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


if __name__ == "__main__":
    language = LanguageGraph(weights(joined()))
    heard = language.norm(language.encoder(LAYERS), "encoder/layer_norm")
    write(sys.argv[1], "whisper-base-language", language, language.decoder(heard), [1, BANDS, "frames"], ("probability", [1, LANGUAGES]))
