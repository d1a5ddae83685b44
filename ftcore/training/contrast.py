"""Teach an encoder to put the texts of a class together, and classes apart."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from ftcore.errors import TrainingFailedError
from ftcore.models.encoder import EncoderBase, Layer, Matrix
from ftcore.training.encoder_checkpoint import RunningTraining
from ftcore.training.encoder_layers import UpperLayers

TEMPERATURE = 0.1
WEIGHT_DECAY = 0.01
MAX_GRADIENT_NORM = 1.0
WARM_UP = 0.1  # of the steps

OnStep = Callable[[float, int], None]
"""Takes the loss of a step and the tokens of its texts; may raise to stop."""


@dataclass(frozen=True, slots=True)
class ContrastPlan:
    """How long and how hard an encoder learns.

    Attributes:
        steps: Optimiser steps.
        batch_size: Texts of a step, at least 2.
        learning_rate: Peak step size.
        layers: Layers, from the top, that learn.
        seed: Of the order of the texts and of what is dropped.
    """

    steps: int
    batch_size: int
    learning_rate: float
    layers: int
    seed: int


def train_layers(
    base: EncoderBase,
    states: Sequence[Matrix],
    targets: Sequence[int],
    plan: ContrastPlan,
    on_step: OnStep,
    running: RunningTraining | None = None,
) -> dict[int, Layer]:
    """Return the trained layers, by their number.

    Args:
        base: Where they start from.
        states: What enters the lowest of them, one for each text.
        targets: Class of each text.
        plan: How long and how hard.
        on_step: Told after each step.
        running: Where the training was, if it was interrupted; told after each step.

    Raises:
        TrainingFailedError: The loss is no number.
        TrainingPausedError: The participant paused it.
    """
    torch.manual_seed(plan.seed)
    layers = UpperLayers(base, base.shape.layers - plan.layers)
    optimiser = torch.optim.AdamW(
        [
            {"params": layers.parameters(decayed=True), "weight_decay": WEIGHT_DECAY},
            {"params": layers.parameters(decayed=False), "weight_decay": 0.0},
        ],
        lr=plan.learning_rate,
        fused=True,
    )
    weights = [*layers.parameters(decayed=True), *layers.parameters(decayed=False)]
    begin = running.begin(weights, optimiser) if running else 0
    batches = balanced_batches(targets, plan.batch_size, plan.seed)
    for step, batch in enumerate(islice(batches, begin, plan.steps), begin):
        for group in optimiser.param_groups:
            group["lr"] = plan.learning_rate * _share_of_rate(step, plan.steps)
        optimiser.zero_grad()
        vectors = layers.vectors([states[row] for row in batch], learning=True)
        loss = contrastive_loss(vectors, torch.tensor([targets[row] for row in batch]))
        if not torch.isfinite(loss):
            raise TrainingFailedError(reason="loss_not_finite")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, MAX_GRADIENT_NORM)
        optimiser.step()
        on_step(float(loss.detach()), sum(len(states[row]) for row in batch))
        if running:
            running.heed(step + 1, weights, optimiser)
    return layers.arrays()


def _share_of_rate(step: int, steps: int) -> float:
    """Return the share of the learning rate: up to the peak, and down to nothing."""
    rise = max(1, round(WARM_UP * steps))
    return min((step + 1) / rise, (steps - step) / max(1, steps - rise + 1))


def contrastive_loss(vectors: Tensor, targets: Tensor) -> Tensor:
    """Return the supervised contrastive loss of a batch, in nats.

    Each text should find those of its own class among all others (Khosla et al. 2020,
    'Supervised contrastive learning', the loss with the sum outside). Texts without
    a companion in the batch say nothing.

    Args:
        vectors: Unit rows, shape ``(texts, width)``.
        targets: Class of each.
    """
    targets = targets.to(vectors.device)
    itself = torch.eye(len(targets), dtype=torch.bool, device=vectors.device)
    scores = (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -torch.inf)
    surprises = torch.logsumexp(scores, dim=1, keepdim=True) - scores
    companions = (targets[:, None] == targets[None, :]) & ~itself
    count = companions.sum(dim=1)
    means = surprises.masked_fill(~companions, 0.0).sum(dim=1) / count.clamp(min=1)
    return means[count > 0].mean() if (count > 0).any() else vectors.sum() * 0.0


def balanced_batches(
    targets: Sequence[int], size: int, seed: int
) -> Iterator[list[int]]:
    """Yield rows (from 0) without end, each class as often as another.

    The texts of a class come in turn, so that a rare class is repeated and none is
    forgotten. A class comes into a batch with two texts at least, if it has them.

    Args:
        targets: Class of each text.
        size: Texts of a batch, at least 2.
        seed: Of the order.
    """
    rng = random.Random(seed)  # noqa: S311 - an order, not a secret
    by_class = {
        one: [row for row, target in enumerate(targets) if target == one]
        for one in sorted(set(targets))
    }
    texts = {one: _in_turn(rows, rng) for one, rows in by_class.items()}
    classes = _in_turn(list(by_class), rng)
    while True:
        chosen = list(islice(classes, max(1, min(len(by_class), size // 2))))
        places = [chosen[at % len(chosen)] for at in range(size)]
        yield list(dict.fromkeys(next(texts[one]) for one in places))


def _in_turn(values: Sequence[int], rng: random.Random) -> Iterator[int]:
    while True:
        yield from rng.sample(values, len(values))
