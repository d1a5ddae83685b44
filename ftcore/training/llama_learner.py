"""A base of the llama family that learns an adapter as fast as a CPU can.

Nearly all the time goes into the products with the frozen weights, which run at the
processor's own speed; the rest is kept small: joined projections, the opening that
conversations share computed once, attention conversation by conversation, the
vocabulary only at the answers, no graph.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import Parameter

from ftcore.training.flat_adapter import FlatAdapter
from ftcore.training.frozen_states import FrozenStates
from ftcore.training.llama_attention import rectangles
from ftcore.training.llama_base import LlamaBase
from ftcore.training.llama_layer import Course, LayerPass, norm, norm_back
from ftcore.training.packing import Pack, TokenSequence, pack

_HEAD_ROWS = 128  # answers at once: fewer, and the vocabulary is read more often


class LlamaLearner:
    """Implements `Learner` for models that `read_shape` knows.

    Args:
        base: The frozen weights.
        rank: LoRA's r.
        seed: Seed of the adapter's start.
        adapted_layers: How many of the top layers get an adapter; ``None`` for all.
            What the layers below make of a conversation is computed once.
    """

    def __init__(
        self, base: LlamaBase, rank: int, seed: int, adapted_layers: int | None = None
    ) -> None:
        self._base = base
        layers = base.shape.layers
        self._first = layers - min(layers, adapted_layers or layers)
        self._adapter = FlatAdapter(
            base.shape, rank, seed, base.dtype, first=self._first, device=base.device
        )
        self._states = FrozenStates()

    @property
    def master(self) -> Parameter:
        """The adapter's weights, flat and in float32."""
        return self._adapter.master

    def learn(self, sequences: Sequence[TokenSequence], answers: int) -> float:
        """Add the gradient of one pack; see `Learner`."""
        with torch.no_grad():
            packed = pack(sequences)
            passes, hidden = self._forward(sequences, packed)
            normed = norm(hidden, self._base.norm, self._base.shape.epsilon)
            loss, d_out = self._answers(normed.out, packed.targets, learn=True)
            d_out.mul_(1 / answers)
            gradient = norm_back(d_out, normed, self._base.norm)
            while passes:
                gradient = passes.pop().backward(gradient, is_lowest=not passes)
            return loss / answers

    def loss(self, sequences: Sequence[TokenSequence]) -> float:
        """Return the summed loss of the answers; see `Learner`."""
        with torch.no_grad():
            packed = pack(sequences)
            _, hidden = self._forward(sequences, packed, keep=False)
            normed = norm(hidden, self._base.norm, self._base.shape.epsilon)
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
        self, sequences: Sequence[TokenSequence], packed: Pack, *, keep: bool = True
    ) -> tuple[list[LayerPass], Tensor]:
        """Return what the way back needs, and the states whose next token is learnt."""
        course = self._course(packed)
        hidden = self._enter(sequences, packed, course)
        passes = []
        upper = self._base.layers[self._first :]
        answers = packed.sources.to(self._base.device)
        for frozen, adapter in zip(upper, self._adapter.layers, strict=True):
            is_top = frozen is upper[-1]
            layer = LayerPass(frozen, adapter, course)
            hidden = layer.forward(hidden, answers if is_top else None)
            if keep:
                passes.append(layer)
        return passes, hidden

    def _enter(
        self, sequences: Sequence[TokenSequence], packed: Pack, course: Course
    ) -> Tensor:
        """Return the states that reach the lowest adapter, ``(length, hidden)``."""
        if not self._first:
            return self._base.embedding[packed.ids.to(self._base.device)]
        missing = self._states.missing(sequences)
        fresh = {}
        if missing:
            whole = len(missing) == len(sequences)
            part = packed if whole else pack(missing)
            below = self._below(part, course if whole else self._course(part))
            fresh = self._states.keep(sequences if whole else missing, part, below)
        return self._states.gather(sequences, packed, fresh)

    def _below(self, packed: Pack, course: Course) -> Tensor:
        hidden = self._base.embedding[packed.ids.to(self._base.device)]
        for frozen in self._base.layers[: self._first]:
            hidden = LayerPass(frozen, {}, course).forward(hidden)
        return hidden

    def _course(self, packed: Pack) -> Course:
        base = self._base
        angles = packed.positions[:, None].to(base.device) * base.frequencies
        return Course(
            base.shape,
            rectangles(
                packed.spans, packed.opening, len(packed.ids), base.dtype, base.device
            ),
            angles.cos().to(base.dtype)[:, None],
            angles.sin().to(base.dtype)[:, None],
        )

    def _answers(
        self, hidden: Tensor, targets: Tensor, *, learn: bool
    ) -> tuple[float, Tensor]:
        """Return the summed cross entropy, and its gradient if it is wanted."""
        head = self._base.head
        targets = targets.to(head.device)
        total = torch.zeros((), device=head.device)
        gradient = torch.zeros_like(hidden)
        for start in range(0, len(hidden), _HEAD_ROWS):
            rows = slice(start, start + _HEAD_ROWS)
            wanted = targets[rows, None]
            # `log_softmax` is ten times as fast as `logsumexp` (AVX2, torch 2.13).
            logs = (hidden[rows] @ head.t()).float().log_softmax(-1)
            right = logs.gather(1, wanted)
            total -= right.sum()
            if learn:
                share = logs.exp_()
                share.scatter_add_(1, wanted, torch.full_like(right, -1.0))
                gradient[rows] = share.to(head.dtype) @ head
        return float(total), gradient
