"""Run a BERT-like encoder with numpy alone: texts become unit vectors.

Training changes the upper layers only, so the encoders of one base share its lower
layers, and its words stay on the disk.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ftcore.errors import TrainingFailedError
from ftcore.models.catalog import BaseModel
from ftcore.models.embeddings import Vectors

CONFIG, TOKENIZER = "config.json", "tokenizer.json"
LAYER_PARTS = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)
SIDES = ("weight", "bias")
_WORDS = "embeddings.word_embeddings.weight"
_PREFIXES = ("", "bert.", "roberta.")  # of a bare model, and of one with a head
_FAMILIES = {"bert": False, "roberta": True, "xlm-roberta": True}

Matrix = npt.NDArray[np.float32]
Layer = Mapping[str, Matrix]
"""Weights and biases of one layer, by ``part.side``."""


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """Sizes of an encoder.

    Attributes:
        layers: How many there are.
        heads: Of the attention.
        width: Of a hidden state.
        inner: Width inside a layer's feed-forward part.
        norm_epsilon: Added to variances.
        first_position: Place of the first token; RoBERTa begins after the padding's.
        positions: Tokens that may be read, with their marks.
    """

    layers: int
    heads: int
    width: int
    inner: int
    norm_epsilon: float
    first_position: int
    positions: int

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read ``config.json``.

        Raises:
            TrainingFailedError: Its layout is not known here.
        """
        facts = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        is_known = facts.get("model_type") in _FAMILIES
        if not is_known or facts.get("hidden_act", "gelu") != "gelu":
            raise TrainingFailedError(reason="unsupported_architecture")
        first = 0
        if _FAMILIES[facts["model_type"]]:
            first = int(facts.get("pad_token_id", 1)) + 1
        return cls(
            layers=int(facts["num_hidden_layers"]),
            heads=int(facts["num_attention_heads"]),
            width=int(facts["hidden_size"]),
            inner=int(facts["intermediate_size"]),
            norm_epsilon=float(facts["layer_norm_eps"]),
            first_position=first,
            positions=int(facts["max_position_embeddings"]) - first,
        )


class EncoderBase:
    """The files of an encoder from the Hub, as they came."""

    def __init__(self, model: BaseModel, models_dir: Path) -> None:
        """Open the weights and read the tokenizer.

        Args:
            model: An encoder of the catalogue.
            models_dir: Folder of downloaded base models.

        Raises:
            BaseModelMissingError: It is not on this machine.
            TrainingFailedError: Its layout is not known here, or the file is broken.
        """
        from tokenizers import Tokenizer  # noqa: PLC0415  (a second for many words)

        file = model.require(models_dir)
        self.model = model
        self.shape = EncoderShape.read(file.parent)
        self._file, self._prefix = _opened(file)
        self._layers: dict[int, Layer] = {}
        embeddings = "embeddings.{}.weight"
        self._places = self._tensor(embeddings.format("position_embeddings"))
        self._kinds = self._tensor(embeddings.format("token_type_embeddings"))
        self._norm = [self._tensor(f"embeddings.LayerNorm.{side}") for side in SIDES]
        self._tokenizer: Any = Tokenizer.from_file(str(file.parent / TOKENIZER))
        self._tokenizer.no_padding()
        most = min(model.context, self.shape.positions)
        self._tokenizer.enable_truncation(max_length=most)

    def tokens(self, text: str) -> list[int]:
        """Return a text's tokens, with the authors' prefix and the marks around."""
        ids: list[int] = self._tokenizer.encode(self.model.prefix + text).ids
        return ids

    def layer(self, number: int) -> Layer:
        """Return the weights of one layer (from 0); all who ask share them."""
        if number not in self._layers:
            at = f"encoder.layer.{number}"
            self._layers[number] = {
                f"{part}.{side}": self._tensor(f"{at}.{part}.{side}")
                for part in LAYER_PARTS
                for side in SIDES
            }
        return self._layers[number]

    def begin(self, text: str) -> Matrix:
        """Return what enters the first layer, shape ``(tokens, width)``."""
        ids = self.tokens(text)
        first = self.shape.first_position
        vocabulary = self._file.get_slice(f"{self._prefix}{_WORDS}")
        words = np.vstack([vocabulary[at : at + 1] for at in ids]).astype(np.float32)
        summed = words + self._places[first : first + len(ids)] + self._kinds[0]
        weight, bias = self._norm
        return _normalised(summed, weight, bias, self.shape.norm_epsilon)

    def _tensor(self, name: str) -> Matrix:
        found = self._file.get_tensor(f"{self._prefix}{name}")
        return np.asarray(found, dtype=np.float32)


class Encoder:
    """An encoder whose upper layers may be others than its base's.

    Args:
        base: Gives the words and the layers that were not trained.
        trained: Trained layers, by their number (from 0).
    """

    def __init__(
        self, base: EncoderBase, trained: Mapping[int, Layer] | None = None
    ) -> None:
        self._base = base
        self._layers = [
            (trained or {}).get(number) or base.layer(number)
            for number in range(base.shape.layers)
        ]

    def states(self, text: str, layers: int) -> Matrix:
        """Return what leaves the first ``layers`` layers, ``(tokens, width)``."""
        state = self._base.begin(text)
        for layer in self._layers[:layers]:
            state = _through(state, layer, self._base.shape)
        return state

    def finish(self, states: Sequence[Matrix], first: int = 0) -> Vectors:
        """Return unit rows, shape ``(len(states), width)``: means of the last states.

        Each text is read alone, so that its row does not depend on what is asked
        beside it.

        Args:
            states: One for each text, shape ``(tokens, width)``.
            first: Layers that they have left.
        """
        rows = []
        for state in states:
            for layer in self._layers[first:]:
                state = _through(state, layer, self._base.shape)
            rows.append(state.mean(axis=0))
        if not rows:
            return np.zeros((0, self._base.shape.width), dtype=np.float32)
        means = np.stack(rows)
        unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return unit

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return float32 unit rows, shape ``(len(texts), width)``."""
        return self.finish([self._base.begin(text) for text in texts])


def _opened(file: Path) -> tuple[Any, str]:
    """Return the open file, and what precedes the names of its tensors."""
    from safetensors import SafetensorError, safe_open  # noqa: PLC0415  (rarely needed)

    try:
        content: Any = safe_open(file, framework="numpy")
    except SafetensorError as error:
        raise TrainingFailedError(reason="unsupported_architecture") from error
    names = set(content.keys())
    for prefix in _PREFIXES:
        if f"{prefix}{_WORDS}" in names:
            return content, prefix
    raise TrainingFailedError(reason="unsupported_architecture")


def _through(state: Matrix, layer: Layer, shape: EncoderShape) -> Matrix:
    """Return a state after one layer (Devlin et al. 2019, post-norm)."""
    tokens, each = len(state), shape.width // shape.heads

    def split(part: str) -> Matrix:
        rows = _linear(state, layer, f"attention.self.{part}")
        return rows.reshape(tokens, shape.heads, each).swapaxes(0, 1)

    scores = split("query") @ split("key").swapaxes(1, 2) / np.float32(np.sqrt(each))
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    seen = odds / odds.sum(axis=-1, keepdims=True) @ split("value")
    joined = seen.swapaxes(0, 1).reshape(tokens, shape.width)
    attended = _linear(joined, layer, "attention.output.dense")
    state = _normed(state + attended, layer, "attention.output.LayerNorm", shape)
    inner = _gelu(_linear(state, layer, "intermediate.dense"))
    outer = _linear(inner, layer, "output.dense")
    return _normed(state + outer, layer, "output.LayerNorm", shape)


def _linear(state: Matrix, layer: Layer, part: str) -> Matrix:
    found: Matrix = state @ layer[f"{part}.weight"].T + layer[f"{part}.bias"]
    return found


def _normed(state: Matrix, layer: Layer, part: str, shape: EncoderShape) -> Matrix:
    weight, bias = layer[f"{part}.weight"], layer[f"{part}.bias"]
    return _normalised(state, weight, bias, shape.norm_epsilon)


def _normalised(state: Matrix, weight: Matrix, bias: Matrix, epsilon: float) -> Matrix:
    apart = state - state.mean(axis=-1, keepdims=True)
    variance = (apart**2).mean(axis=-1, keepdims=True)
    found: Matrix = apart / np.sqrt(variance + np.float32(epsilon)) * weight + bias
    return found


def _gelu(state: Matrix) -> Matrix:
    from scipy.special import erf  # noqa: PLC0415  (only where an encoder answers)

    found: Matrix = state * (1 + erf(state * np.float32(np.sqrt(0.5)))) / 2
    return found
