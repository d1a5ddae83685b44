"""One decoder layer of the llama family, forwards and backwards, by hand.

The base is frozen, so the way back only carries the gradient through it and gathers
that of the adapter: no graph is built, and a layer's memory is free once it is passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import silu

from ftcore.training.flat_adapter import LowRank
from ftcore.training.llama_attention import Rectangle, attend, attend_back
from ftcore.training.llama_shape import LlamaShape


@dataclass(frozen=True, slots=True)
class FrozenLayer:
    """The weights of one layer, those with the same input joined, ``(out, in)``."""

    qkv: Tensor
    output: Tensor
    gate_up: Tensor
    down: Tensor
    attention_norm: Tensor
    feed_norm: Tensor


@dataclass(frozen=True, slots=True)
class Course:
    """What all layers need to know of one pack.

    Attributes:
        shape: Sizes of the model.
        parts: Who looks at whom.
        cosine: Of each token's rotation, ``(length, 1, head_size / 2)``.
        sine: The same.
    """

    shape: LlamaShape
    parts: Sequence[Rectangle]
    cosine: Tensor
    sine: Tensor


@dataclass(frozen=True, slots=True)
class Normed:
    """A normed vector: the unit one, its factor, and the weighted result."""

    unit: Tensor
    factor: Tensor
    out: Tensor


def norm(x: Tensor, weight: Tensor, epsilon: float) -> Normed:
    """Return the root-mean-square norm of each row; the mean is taken in float32."""
    wide = x.float()
    factor = torch.rsqrt(wide.square().mean(-1, keepdim=True) + epsilon)
    unit = (wide * factor).to(x.dtype)
    return Normed(unit, factor, unit * weight)


def norm_back(gradient: Tensor, normed: Normed, weight: Tensor) -> Tensor:
    """Return the gradient of what :func:`norm` was given."""
    weighted = gradient * weight
    along = (weighted * normed.unit).float().mean(-1, keepdim=True)
    across = weighted.float() - normed.unit.float() * along
    return (across * normed.factor).to(gradient.dtype)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn both halves of each head by the token's angle; ``-sine`` turns it back."""
    first, second = x.chunk(2, -1)
    return torch.cat(
        (first * cosine - second * sine, second * cosine + first * sine), -1
    )


def project(x: Tensor, weight: Tensor, low: LowRank) -> tuple[Tensor, Tensor]:
    """Return ``x Wᵀ + (x Aᵀ) Bᵀ`` and the inner product, which the way back needs."""
    inner = x @ low.a.t()
    return (x @ weight.t()).addmm_(inner, low.b.t()), inner


def project_back(
    gradient: Tensor, x: Tensor, inner: Tensor, weight: Tensor, low: LowRank
) -> Tensor:
    """Gather the adapter's gradient, and return that of ``x``."""
    back = gradient @ low.b
    low.b_gradient.add_(gradient.t() @ inner)
    low.a_gradient.add_(back.t() @ x)
    return (gradient @ weight).addmm_(back, low.a)


class LayerPass:
    """One layer on one pack; remembers what its way back needs."""

    def __init__(
        self, frozen: FrozenLayer, adapter: dict[str, LowRank], course: Course
    ) -> None:
        self._frozen, self._adapter, self._course = frozen, adapter, course

    def forward(self, x: Tensor) -> Tensor:
        """Return the layer's result, ``(length, hidden)`` as ``x``."""
        frozen, low, shape = self._frozen, self._adapter, self._course.shape
        self._normed = norm(x, frozen.attention_norm, shape.epsilon)
        mixed, self._qkv_inner = project(self._normed.out, frozen.qkv, low["qkv"])
        heads = mixed.view(len(x), -1, shape.head_size)
        turned = rotate(
            heads[:, : shape.heads + shape.groups],
            self._course.cosine,
            self._course.sine,
        )
        self._seen, self._kept = attend(
            turned[:, : shape.heads],
            turned[:, shape.heads :],
            heads[:, shape.heads + shape.groups :],
            self._course.parts,
            shape,
        )
        out, self._out_inner = project(self._seen, frozen.output, low["output"])
        middle = out.add_(x)
        self._fed = norm(middle, frozen.feed_norm, shape.epsilon)
        self._gates, self._gate_inner = project(
            self._fed.out, frozen.gate_up, low["gate_up"]
        )
        gate, up = self._gates.chunk(2, -1)
        self._active = silu(gate).mul_(up)
        down, self._down_inner = project(self._active, frozen.down, low["down"])
        return down.add_(middle)

    def backward(self, gradient: Tensor) -> Tensor:
        """Gather the adapter's gradient; return that of the layer's input."""
        middle = gradient + self._feed_back(gradient)
        return middle + self._attention_back(middle)

    def _feed_back(self, gradient: Tensor) -> Tensor:
        frozen, low = self._frozen, self._adapter
        d_active = project_back(
            gradient, self._active, self._down_inner, frozen.down, low["down"]
        )
        gate, up = self._gates.chunk(2, -1)
        d_gates = torch.empty_like(self._gates)
        d_gate, d_up = d_gates.chunk(2, -1)
        torch.mul(d_active, silu(gate), out=d_up)
        d_gate.copy_(torch.ops.aten.silu_backward(d_active.mul_(up), gate))
        d_fed = project_back(
            d_gates, self._fed.out, self._gate_inner, frozen.gate_up, low["gate_up"]
        )
        return norm_back(d_fed, self._fed, frozen.feed_norm)

    def _attention_back(self, gradient: Tensor) -> Tensor:
        frozen, low, course = self._frozen, self._adapter, self._course
        shape = course.shape
        d_seen = project_back(
            gradient, self._seen, self._out_inner, frozen.output, low["output"]
        )
        d_query, d_key, d_value = attend_back(d_seen, self._kept, course.parts, shape)
        d_heads = torch.cat(
            (
                rotate(d_query, course.cosine, -course.sine),
                rotate(d_key, course.cosine, -course.sine),
                d_value,
            ),
            1,
        ).flatten(1)
        d_normed = project_back(
            d_heads, self._normed.out, self._qkv_inner, frozen.qkv, low["qkv"]
        )
        return norm_back(d_normed, self._normed, frozen.attention_norm)
