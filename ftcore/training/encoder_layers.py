"""The upper layers of an encoder in torch: the part that a training changes."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ftcore.models.encoder import SIDES, EncoderBase, EncoderShape, Layer, Matrix
from ftcore.training.learners import best_device

DROPOUT = 0.1  # as these encoders were trained


class UpperLayers:
    """Layers ``first`` and above of a base, each weight ready to learn.

    What enters them never changes, so it is computed once (``Encoder.states``) and no
    gradient goes below.

    Args:
        base: The encoder.
        first: Number (from 0) of the lowest layer that learns.
    """

    def __init__(self, base: EncoderBase, first: int) -> None:
        self._shape = base.shape
        self._device = best_device()
        self._layers = {
            number: {
                name: torch.tensor(array, device=self._device, requires_grad=True)
                for name, array in base.layer(number).items()
            }
            for number in range(first, base.shape.layers)
        }

    def parameters(self, *, decayed: bool) -> list[Tensor]:
        """Return the matrices, which decay, or the norms and biases, which do not."""
        return [
            weight
            for layer in self._layers.values()
            for weight in layer.values()
            if (weight.ndim > 1) == decayed
        ]

    def vectors(self, states: Sequence[Matrix], *, learning: bool = False) -> Tensor:
        """Return unit rows, shape ``(texts, width)``: means of the last states.

        Args:
            states: What enters the lowest of these layers, ``(tokens, width)`` each.
            learning: Whether to drop some values at random.
        """
        longest = max(len(state) for state in states)
        padded = np.zeros((len(states), longest, self._shape.width), np.float32)
        real = np.zeros((len(states), longest), dtype=bool)
        for row, state in enumerate(states):
            padded[row, : len(state)] = state
            real[row, : len(state)] = True
        state = torch.from_numpy(padded).to(self._device)
        mask = torch.from_numpy(real).to(self._device)
        for layer in self._layers.values():
            state = _through(state, mask, layer, self._shape, learning=learning)
        summed = (state * mask[:, :, None]).sum(dim=1)
        return functional.normalize(summed, dim=1)

    def arrays(self) -> dict[int, Layer]:
        """Return the weights as they are now, by the number of the layer."""
        return {
            number: {
                name: weight.detach().cpu().numpy().copy()
                for name, weight in layer.items()
            }
            for number, layer in self._layers.items()
        }


def _through(
    state: Tensor,
    mask: Tensor,
    layer: dict[str, Tensor],
    shape: EncoderShape,
    *,
    learning: bool,
) -> Tensor:
    """Return a state after one layer; numpy's twin is in ``models/encoder.py``."""

    def linear(part: str, value: Tensor) -> Tensor:
        weight, bias = (layer[f"{part}.{side}"] for side in SIDES)
        return functional.linear(value, weight, bias)

    def heads(part: str) -> Tensor:
        rows = linear(f"attention.self.{part}", state)
        return rows.unflatten(2, (shape.heads, -1)).transpose(1, 2)

    def joined(part: str, change: Tensor) -> Tensor:
        dropped = functional.dropout(change, DROPOUT, training=learning)
        weight, bias = (layer[f"{part}.LayerNorm.{side}"] for side in SIDES)
        return functional.layer_norm(
            state + dropped, (shape.width,), weight, bias, shape.norm_epsilon
        )

    seen = functional.scaled_dot_product_attention(
        heads("query"),
        heads("key"),
        heads("value"),
        mask[:, None, None, :],
        DROPOUT if learning else 0.0,
    )
    attended = linear("attention.output.dense", seen.transpose(1, 2).flatten(2))
    state = joined("attention.output", attended)
    inner = functional.gelu(linear("intermediate.dense", state))
    return joined("output", linear("output.dense", inner))
