"""Train a LoRA adapter on a frozen base model, on a CPU.

What makes it fast is the learner's (`llama_learner`): this is the loop over it.
"""

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from ftcore.errors import TrainingCancelledError, TrainingFailedError
from ftcore.training.base import ShouldStop
from ftcore.training.learner import Learner
from ftcore.training.packing import PACK_TOKENS, TokenSequence, packed_length

WARMUP_SHARE = 0.1
FINAL_RATE_SHARE = 0.05
MAX_GRADIENT_NORM = 1.0
EVAL_BATCH = 8


@dataclass(frozen=True, slots=True)
class StepReport:
    """What is known after an optimiser step.

    Attributes:
        step: Steps done, from 1.
        total_steps: Steps in all.
        epoch: Passes done, fractional.
        loss: Mean loss of the step's answers, in nats per token.
        tokens: Tokens of the step's conversations.
        tokens_left: Tokens of the steps to come.
        eval_loss: Loss on the held-out answers, when an epoch ended.
        eval_seconds: Time that measuring it took.
    """

    step: int
    total_steps: int
    epoch: float
    loss: float
    tokens: int
    tokens_left: int
    eval_loss: float | None = None
    eval_seconds: float = 0.0


OnStep = Callable[[StepReport], None]


@dataclass(frozen=True, slots=True)
class LoraOutcome:
    """How a training ended: steps, mean loss of the last epoch, held-out loss."""

    steps: int
    train_loss: float
    eval_loss: float | None


def rate_at(step: int, total: int, peak: float) -> float:
    """Return the learning rate of ``step`` (from 0): linear up, then linear down."""
    warmup = max(1, math.ceil(WARMUP_SHARE * total))
    if step < warmup:
        return peak * (step + 1) / warmup
    left = (total - step) / max(1, total - warmup)
    return peak * max(FINAL_RATE_SHARE, left)


def chunks_of(batch: Sequence[TokenSequence]) -> list[list[TokenSequence]]:
    """Cut a batch into packs of at most ``PACK_TOKENS`` tokens (or one sequence)."""
    chunks: list[list[TokenSequence]] = []
    for sequence in sorted(batch, key=len):
        if chunks and packed_length([*chunks[-1], sequence]) <= PACK_TOKENS:
            chunks[-1].append(sequence)
        else:
            chunks.append([sequence])
    return chunks


def _batched(
    sequences: Sequence[TokenSequence], size: int
) -> Iterator[Sequence[TokenSequence]]:
    for start in range(0, len(sequences), size):
        yield sequences[start : start + size]


def answer_tokens(sequences: Sequence[TokenSequence]) -> int:
    """Return how many tokens of ``sequences`` are learnt."""
    return sum(len(sequence) - sequence.prompt_tokens for sequence in sequences)


def mean_loss(learner: Learner, sequences: Sequence[TokenSequence]) -> float:
    """Return the loss on answers without learning from them, in nats per token."""
    chunks = [c for b in _batched(sequences, EVAL_BATCH) for c in chunks_of(b)]
    return sum(map(learner.loss, chunks)) / answer_tokens(sequences)


@dataclass(slots=True)
class LoraLoop:
    """The loop over epochs, batches and chunks.

    Attributes:
        learner: The base model and its adapter.
        learning_rate: Peak rate.
        batch_size: Conversations per optimiser step.
        seed: Seed of the order of the conversations.
        on_step: Told of every step.
        should_stop: Asked before every step.
    """

    learner: Learner
    learning_rate: float
    batch_size: int
    seed: int
    on_step: OnStep
    should_stop: ShouldStop

    def run(
        self,
        epochs: Sequence[Sequence[TokenSequence]],
        held_out: Sequence[TokenSequence] = (),
    ) -> LoraOutcome:
        """Train; the adapter is then in the learner, ready to be saved.

        Args:
            epochs: The conversations of each pass.
            held_out: Conversations to measure after each pass.

        Raises:
            TrainingCancelledError: ``should_stop`` said so.
            TrainingFailedError: The loss is no longer a number.
        """
        optimiser = torch.optim.AdamW(
            [self.learner.master], lr=self.learning_rate, weight_decay=0.0, fused=True
        )
        batches = self._batches(epochs)
        sizes = [sum(map(len, batch)) for _, batch in batches]
        eval_loss, last_losses = None, []
        for step, (epoch, batch) in enumerate(batches):
            if self.should_stop():
                raise TrainingCancelledError(step=step)
            rate = rate_at(step, len(batches), self.learning_rate)
            optimiser.param_groups[0]["lr"] = rate
            loss = self._step(batch, optimiser)
            if epoch == len(epochs) - 1:
                last_losses.append(loss)
            ends_epoch = step + 1 == len(batches) or batches[step + 1][0] != epoch
            before = time.perf_counter()
            if ends_epoch and held_out:
                eval_loss = mean_loss(self.learner, held_out)
            self.on_step(
                StepReport(
                    step=step + 1,
                    total_steps=len(batches),
                    epoch=(step + 1) / len(batches) * len(epochs),
                    loss=loss,
                    tokens=sizes[step],
                    tokens_left=sum(sizes[step + 1 :]),
                    eval_loss=eval_loss if ends_epoch else None,
                    eval_seconds=time.perf_counter() - before,
                )
            )
        train_loss = sum(last_losses) / len(last_losses)
        return LoraOutcome(len(batches), train_loss, eval_loss)

    def _batches(
        self, epochs: Sequence[Sequence[TokenSequence]]
    ) -> list[tuple[int, Sequence[TokenSequence]]]:
        rng = random.Random(self.seed)  # noqa: S311 - an order, not a secret
        found = []
        for number, sequences in enumerate(epochs):
            order = rng.sample(sequences, len(sequences))
            found += [(number, batch) for batch in _batched(order, self.batch_size)]
        return found

    def _step(
        self, batch: Sequence[TokenSequence], optimiser: torch.optim.Optimizer
    ) -> float:
        learner, answers = self.learner, answer_tokens(batch)
        total = sum(learner.learn(chunk, answers) for chunk in chunks_of(batch))
        if not math.isfinite(total):
            raise TrainingFailedError(reason="loss_not_finite")
        learner.settle_gradient()
        torch.nn.utils.clip_grad_norm_([learner.master], MAX_GRADIENT_NORM)
        optimiser.step()
        learner.publish()
        return total
