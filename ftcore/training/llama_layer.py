"""One decoder layer of the llama family, forwards and backwards, by hand.

The base is frozen, so the way back only carries the gradient through it and gathers
that of the adapter: no graph is built, and a layer's memory is free once it is passed.
"""

from collections.abc import Mapping, Sequence
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


def project(
    x: Tensor, weight: Tensor, low: LowRank | None
) -> tuple[Tensor, Tensor | None]:
    """Return ``x Wᵀ + (x Aᵀ) Bᵀ`` and the inner product, which the way back needs."""
    if low is None:
        return x @ weight.t(), None
    inner = x @ low.a.t()
    return (x @ weight.t()).addmm_(inner, low.b.t()), inner


@dataclass(frozen=True, slots=True)
class Projected:
    """A product with a frozen matrix and its adapter, as the way back needs it."""

    x: Tensor
    inner: Tensor
    weight: Tensor
    low: LowRank

    def gather(self, gradient: Tensor) -> Tensor:
        """Add to the adapter's gradient; return that of the inner product."""
        back = gradient @ self.low.b
        self.low.b_gradient.add_(gradient.t() @ self.inner)
        self.low.a_gradient.add_(back.t() @ self.x)
        return back

    def back(self, gradient: Tensor) -> Tensor:
        """Gather the adapter's gradient, and return that of ``x``."""
        inner = self.gather(gradient)
        return (gradient @ self.weight).addmm_(inner, self.low.a)


class LayerPass:
    """One layer on one pack; remembers what its way back needs.

    Without an adapter there is no way back.
    """

    def __init__(
        self, frozen: FrozenLayer, adapter: Mapping[str, LowRank], course: Course
    ) -> None:
        self._frozen, self._adapter, self._course = frozen, adapter, course
        self._products: dict[str, Projected] = {}

    def forward(self, x: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Return the layer's result.

        Args:
            x: Shape ``(length, hidden)``.
            wanted: Rows of the result that are needed; ``None`` for all. Only the
                keys and values of the others are computed.
        """
        frozen, shape = self._frozen, self._course.shape
        self._wanted, self._length = wanted, len(x)
        self._normed = norm(x, frozen.attention_norm, shape.epsilon)
        mixed = self._project("qkv", self._normed.out, frozen.qkv)
        heads = mixed.view(len(x), -1, shape.head_size)
        turned = rotate(
            heads[:, : shape.heads + shape.groups],
            self._course.cosine,
            self._course.sine,
        )
        seen, self._kept = attend(
            turned[:, : shape.heads],
            turned[:, shape.heads :],
            heads[:, shape.heads + shape.groups :],
            self._course.parts,
            shape,
        )
        if wanted is not None:
            x, seen = x[wanted], seen[wanted]
        middle = self._project("output", seen, frozen.output).add_(x)
        self._fed = norm(middle, frozen.feed_norm, shape.epsilon)
        self._gates = self._project("gate_up", self._fed.out, frozen.gate_up)
        gate, up = self._gates.chunk(2, -1)
        active = silu(gate).mul_(up)
        return self._project("down", active, frozen.down).add_(middle)

    def _project(self, name: str, x: Tensor, weight: Tensor) -> Tensor:
        low = self._adapter.get(name)
        out, inner = project(x, weight, low)
        if low is not None and inner is not None:
            self._products[name] = Projected(x, inner, weight, low)
        return out

    def backward(self, gradient: Tensor, *, is_lowest: bool = False) -> Tensor:
        """Gather the adapter's gradient; return that of the layer's input.

        Args:
            gradient: Of the result of :meth:`forward`, in its shape.
            is_lowest: Nothing below learns: what is returned means nothing then.
        """
        middle = gradient + self._feed_back(gradient)
        d_heads = self._attention_back(middle)
        if is_lowest:
            self._products["qkv"].gather(d_heads)
            return middle
        d_normed = self._products["qkv"].back(d_heads)
        below = norm_back(d_normed, self._normed, self._frozen.attention_norm)
        return below.add_(self._spread(middle))

    def _spread(self, rows: Tensor) -> Tensor:
        """Put the gradient of the wanted rows into their places."""
        if self._wanted is None:
            return rows
        whole = rows.new_zeros(self._length, rows.shape[1])
        whole[self._wanted] = rows
        return whole

    def _feed_back(self, gradient: Tensor) -> Tensor:
        d_active = self._products["down"].back(gradient)
        gate, up = self._gates.chunk(2, -1)
        d_gates = torch.empty_like(self._gates)
        d_gate, d_up = d_gates.chunk(2, -1)
        torch.mul(d_active, silu(gate), out=d_up)
        d_gate.copy_(torch.ops.aten.silu_backward(d_active.mul_(up), gate))
        d_fed = self._products["gate_up"].back(d_gates)
        return norm_back(d_fed, self._fed, self._frozen.feed_norm)

    def _attention_back(self, gradient: Tensor) -> Tensor:
        """Return the gradient of the joined heads, ``(length, width)``."""
        course = self._course
        d_seen = self._spread(self._products["output"].back(gradient))
        d_query, d_key, d_value = attend_back(
            d_seen, self._kept, course.parts, course.shape
        )
        return torch.cat(
            (
                rotate(d_query, course.cosine, -course.sine),
                rotate(d_key, course.cosine, -course.sine),
                d_value,
            ),
            1,
        ).flatten(1)
