"""Train a LoRA adapter on a frozen base model, on a CPU.

What makes it fast is the learner's (`llama_learner`): this is the loop over it.
"""

import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch

from ftcore.errors import (
    TrainingCancelledError,
    TrainingFailedError,
    TrainingPausedError,
)
from ftcore.training.base import ShouldStop, never
from ftcore.training.checkpoint import Checkpoints, LoopState
from ftcore.training.learner import Learner
from ftcore.training.packing import PACK_TOKENS, TokenSequence, packed_length
from ftcore.training.stopping import StopReason, best_of, why_stop

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
        effort: What they cost, in tokens of conversations that are seen for the first
            time; one that is seen again may cost less.
        effort_left: The same of the steps to come.
        examples_seen: Conversations learnt from so far, repetitions included.
        eval_loss: Loss on the held-out answers, when an epoch ended.
        best_epoch: The pass with the least held-out loss so far, if measured.
        pause: Seconds since the last step that were not training: measuring,
            writing a checkpoint.
    """

    step: int
    total_steps: int
    epoch: float
    loss: float
    tokens: int
    effort: float
    effort_left: float
    examples_seen: int = 0
    eval_loss: float | None = None
    best_epoch: int | None = None
    pause: float = 0.0


OnStep = Callable[[StepReport], None]


@dataclass(frozen=True, slots=True)
class LoraOutcome:
    """How a training ended.

    Attributes:
        steps: Optimiser steps done.
        train_loss: Mean loss of the epoch that was kept, in nats per token.
        eval_loss: Loss on the held-out answers after it, if there are any.
        kept_epoch: The pass whose adapter was kept, from 1.
        stopped: Why it ended before its last epoch, if it did.
    """

    steps: int
    train_loss: float
    eval_loss: float | None
    kept_epoch: int
    stopped: StopReason | None = None


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


@dataclass(frozen=True, slots=True)
class _Batch:
    epoch: int  # from 0
    sequences: Sequence[TokenSequence]
    ends_epoch: bool
    tokens: int
    effort: float


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
        should_pause: Asked before every step.
        checkpoints: Where to keep the state and to go on from; nowhere if ``None``.
        patience: Epochs without a better held-out loss before it stops; 0 never does.
        keep_best: Whether the adapter with the least held-out loss is kept, or else
            the last one.
        on_resume: Told of the state that it goes on from.
        again: What a conversation costs that was seen before, as a share of the first
            time.
    """

    learner: Learner
    learning_rate: float
    batch_size: int
    seed: int
    on_step: OnStep
    should_stop: ShouldStop
    should_pause: ShouldStop = never
    checkpoints: Checkpoints | None = None
    patience: int = 0
    keep_best: bool = True
    on_resume: Callable[[LoopState], None] = lambda _: None
    again: float = 1.0

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
            TrainingPausedError: ``should_pause`` said so; the state is kept.
            TrainingFailedError: The loss is no longer a number.
        """
        optimiser = torch.optim.AdamW(
            [self.learner.master], lr=self.learning_rate, weight_decay=0.0, fused=True
        )
        batches = self._batches(epochs)
        state = self._begin(optimiser)
        stopped = why_stop(state.scores, self.patience)
        pause = 0.0
        for batch in batches[state.step :]:
            if stopped is not None:
                break
            self._heed(state, optimiser)
            rate = rate_at(state.step, len(batches), self.learning_rate)
            optimiser.param_groups[0]["lr"] = rate
            state.losses.append(self._step(batch.sequences, optimiser))
            state.step += 1
            loss, before = state.losses[-1], time.perf_counter()
            if batch.ends_epoch:
                state.end_epoch(self._measure(held_out), self.learner.master)
                stopped = why_stop(state.scores, self.patience)
            pause += time.perf_counter() - before
            self.on_step(_report(state, batches, len(epochs), loss, pause))
            pause = self._keep(state, optimiser, ends_epoch=batch.ends_epoch)
        return self._settle(state, stopped)

    def effort(self, epochs: Sequence[Sequence[TokenSequence]]) -> float:
        """Return what all passes cost; see `StepReport.effort`."""
        return sum(batch.effort for batch in self._batches(epochs))

    def _begin(self, optimiser: torch.optim.Optimizer) -> LoopState:
        if self.checkpoints is None:
            return LoopState()
        state = self.checkpoints.load(self.learner.master, optimiser)
        if state is None:
            return LoopState()
        self.learner.publish()
        self.on_resume(state)
        return state

    def _heed(self, state: LoopState, optimiser: torch.optim.Optimizer) -> None:
        if self.should_stop():
            raise TrainingCancelledError(step=state.step)
        if self.should_pause():
            if self.checkpoints is not None:
                self.checkpoints.save(state, self.learner.master, optimiser)
            raise TrainingPausedError(step=state.step)

    def _keep(
        self, state: LoopState, optimiser: torch.optim.Optimizer, *, ends_epoch: bool
    ) -> float:
        """Write a checkpoint if it is time; return the seconds that it took."""
        kept = self.checkpoints
        if kept is None or not kept.pace.is_due(ends_epoch=ends_epoch):
            return 0.0
        before = kept.pace.seconds_writing
        kept.save(state, self.learner.master, optimiser)
        return kept.pace.seconds_writing - before

    def _measure(self, held_out: Sequence[TokenSequence]) -> float | None:
        return mean_loss(self.learner, held_out) if held_out else None

    def _settle(self, state: LoopState, stopped: StopReason | None) -> LoraOutcome:
        """Leave the adapter that is kept in the learner."""
        kept = best_of(state.scores) if self.keep_best else state.scores[-1]
        if kept is not state.scores[-1] and state.best is not None:
            with torch.no_grad():
                self.learner.master.copy_(state.best)
            self.learner.publish()
        return LoraOutcome(
            state.step, kept.train_loss, kept.eval_loss, kept.epoch, stopped
        )

    def _batches(self, epochs: Sequence[Sequence[TokenSequence]]) -> list[_Batch]:
        rng = random.Random(self.seed)  # noqa: S311 - an order, not a secret
        found = []
        seen: set[tuple[int, ...]] = set()
        for number, sequences in enumerate(epochs):
            order = rng.sample(sequences, len(sequences))
            batches = list(_batched(order, self.batch_size))
            for batch in batches:
                known = sum(len(each) for each in batch if each.ids in seen)
                tokens = sum(map(len, batch))
                effort = tokens - known * (1 - self.again)
                is_last = batch is batches[-1]
                found.append(_Batch(number, batch, is_last, tokens, effort))
                seen.update(each.ids for each in batch)
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


def _report(
    state: LoopState,
    batches: Sequence[_Batch],
    epochs: int,
    loss: float,
    pause: float,
) -> StepReport:
    """Return what is known after the newest step of ``state``."""
    newest = state.scores[-1] if state.scores and not state.losses else None
    is_measured = bool(state.scores) and state.scores[-1].eval_loss is not None
    return StepReport(
        step=state.step,
        total_steps=len(batches),
        epoch=state.step / len(batches) * epochs,
        loss=loss,
        tokens=batches[state.step - 1].tokens,
        effort=batches[state.step - 1].effort,
        effort_left=sum(batch.effort for batch in batches[state.step :]),
        examples_seen=sum(len(batch.sequences) for batch in batches[: state.step]),
        eval_loss=newest.eval_loss if newest else None,
        best_epoch=best_of(state.scores).epoch if is_measured else None,
        pause=pause,
    )
