"""A base of the llama family that learns an adapter as fast as a CPU can.

Nearly all the time goes into the products with the frozen weights, which run at the
processor's own speed; the rest is kept small: joined projections, the opening that
conversations share computed once, attention conversation by conversation, the
vocabulary only at the answers, no graph.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import Parameter

from ftcore.training.flat_adapter import FlatAdapter
from ftcore.training.llama_attention import rectangles
from ftcore.training.llama_layer import (
    Course,
    FrozenLayer,
    LayerPass,
    norm,
    norm_back,
)
from ftcore.training.llama_shape import PART_NAMES, LlamaShape
from ftcore.training.packing import Pack, TokenSequence, pack

_HEAD_ROWS = 64  # answers at once: their scores over the vocabulary stay in the cache


class LlamaLearner:
    """Implements `Learner` for models that :func:`read_shape` knows.

    Args:
        folder: Prepared base model.
        shape: Its sizes.
        rank: LoRA's r.
        seed: Seed of the adapter's start.
        dtype: Floating type to compute in.
    """

    def __init__(
        self, folder: Path, shape: LlamaShape, rank: int, seed: int, dtype: torch.dtype
    ) -> None:
        weights = {
            name.removeprefix("model."): tensor.to(dtype)
            for name, tensor in load_file(folder / "model.safetensors").items()
        }
        self._shape, self._dtype = shape, dtype
        self._embedding = weights["embed_tokens.weight"]
        self._head = weights.get("lm_head.weight", self._embedding)
        self._norm = weights["norm.weight"]
        self._layers = [_frozen(weights, layer) for layer in range(shape.layers)]
        halves = torch.arange(0, shape.head_size, 2).float() / shape.head_size
        self._frequencies = 1 / shape.theta**halves
        self._adapter = FlatAdapter(shape, rank, seed, dtype)

    @property
    def master(self) -> Parameter:
        """The adapter's weights, flat and in float32."""
        return self._adapter.master

    def learn(self, sequences: Sequence[TokenSequence], answers: int) -> float:
        """Add the gradient of one pack; see `Learner`."""
        with torch.no_grad():
            packed = pack(sequences)
            passes, hidden = self._forward(packed)
            normed = norm(hidden[packed.sources], self._norm, self._shape.epsilon)
            loss, d_out = self._answers(normed.out, packed.targets, learn=True)
            gradient = torch.zeros_like(hidden)
            d_out.mul_(1 / answers)
            gradient[packed.sources] = norm_back(d_out, normed, self._norm)
            while passes:
                gradient = passes.pop().backward(gradient)
            return loss / answers

    def loss(self, sequences: Sequence[TokenSequence]) -> float:
        """Return the summed loss of the answers; see `Learner`."""
        with torch.no_grad():
            packed = pack(sequences)
            _, hidden = self._forward(packed, keep=False)
            normed = norm(hidden[packed.sources], self._norm, self._shape.epsilon)
            return self._answers(normed.out, packed.targets, learn=False)[0]

    def settle_gradient(self) -> None:
        """Finish the batch's gradient; see `Learner`."""
        self._adapter.settle_gradient()

    def publish(self) -> None:
        """Compute with the master's weights from now on; see `Learner`."""
        self._adapter.publish()

    def save(self, folder: Path, base_model: str) -> None:
        """Write the adapter as PEFT reads it; see `Learner`."""
        self._adapter.save(folder, base_model)

    def _forward(
        self, packed: Pack, *, keep: bool = True
    ) -> tuple[list[LayerPass], Tensor]:
        shape = self._shape
        angles = packed.positions[:, None] * self._frequencies
        course = Course(
            shape,
            rectangles(packed.spans, packed.opening, len(packed.ids), self._dtype),
            angles.cos().to(self._dtype)[:, None],
            angles.sin().to(self._dtype)[:, None],
        )
        hidden = self._embedding[packed.ids]
        passes = []
        for frozen, adapter in zip(self._layers, self._adapter.layers, strict=True):
            layer = LayerPass(frozen, adapter, course)
            hidden = layer.forward(hidden)
            if keep:
                passes.append(layer)
        return passes, hidden

    def _answers(
        self, hidden: Tensor, targets: Tensor, *, learn: bool
    ) -> tuple[float, Tensor]:
        """Return the summed cross entropy, and its gradient if it is wanted."""
        total = 0.0
        gradient = torch.zeros_like(hidden)
        for start in range(0, len(hidden), _HEAD_ROWS):
            rows = slice(start, start + _HEAD_ROWS)
            wanted = targets[rows, None]
            scores = (hidden[rows] @ self._head.t()).float()
            spread = scores.logsumexp(-1, keepdim=True)
            total += float((spread - scores.gather(1, wanted)).sum())
            if learn:
                share = scores.sub_(spread).exp_()
                share.scatter_add_(1, wanted, torch.full_like(spread, -1.0))
                gradient[rows] = share.to(self._dtype) @ self._head
        return total, gradient


def _frozen(weights: dict[str, Tensor], layer: int) -> FrozenLayer:
    def joined(name: str) -> Tensor:
        parts = [f"layers.{layer}.{part}.weight" for part in PART_NAMES[name]]
        return torch.cat([weights.pop(part) for part in parts])

    return FrozenLayer(
        joined("qkv"),
        joined("output"),
        joined("gate_up"),
        joined("down"),
        weights[f"layers.{layer}.input_layernorm.weight"],
        weights[f"layers.{layer}.post_attention_layernorm.weight"],
    )
