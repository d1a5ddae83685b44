"""What a training of any task works with, and what it leaves."""

from dataclasses import dataclass
from pathlib import Path

from ftcore.data.examples import Example
from ftcore.data.splitting import SplitMethod
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import StoredExample
from ftcore.training.base import ShouldStop, TrainingRequest, never
from ftcore.training.progress import ProgressMeter


@dataclass(frozen=True, slots=True)
class Division:
    """Which examples train, which are kept from it, which came from outside.

    Attributes:
        stored: All examples of the dataset, in order.
        extra: Held-out examples that are not of the dataset.
        train: Examples that train the weights.
        held_out: Examples that never do.
        method: How they were told apart.
    """

    stored: tuple[StoredExample, ...]
    extra: tuple[Example, ...]
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    method: SplitMethod


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything that a training needs.

    Attributes:
        request: The job, its system prompt settled.
        division: Which examples train and which are held out.
        index: All examples of the dataset with their vectors.
        folder: Model folder to write the weights into.
        models_dir: Where the base models lie.
        threads: Threads to compute with, at least 1.
        meter: Told of progress.
        should_stop: Asked before every step.
        should_pause: Asked before every step, where there are steps to go on from.
        checkpoint_dir: Where the state is kept meanwhile, if anywhere.
        fingerprint: Of the request; only its own checkpoint is gone on from.
        keeps_speed: Whether it has the threads of the room's trainings: then its speed
            is remembered for their forecasts.
    """

    request: TrainingRequest
    division: Division
    index: ExampleIndex
    folder: Path
    models_dir: Path
    threads: int
    meter: ProgressMeter
    should_stop: ShouldStop
    should_pause: ShouldStop = never
    checkpoint_dir: Path | None = None
    fingerprint: str = ""
    keeps_speed: bool = True

    @property
    def train(self) -> tuple[Example, ...]:
        """Examples that train the weights."""
        return self.division.train

    @property
    def held_out(self) -> tuple[Example, ...]:
        """Examples that never train them."""
        return self.division.held_out

    @property
    def one_by_one(self) -> bool:
        """Whether the held-out ones are training examples of other weights.

        Each is then asked of weights that never saw its question.
        """
        return self.division.method is SplitMethod.LEAVE_ONE_OUT


@dataclass(frozen=True, slots=True)
class Weights:
    """How the training of the weights ended.

    Attributes:
        steps: Optimiser steps done; for a linear head, fits.
        train_loss: Mean loss of the pass that was kept, in nats per token (or per
            example).
        eval_loss: Loss on the held-out examples after it, if there are any.
        truncated: Examples that were cut to fit the window.
        kept_epoch: The pass whose weights were kept, from 1; 0 without passes.
        stopped: A ``StopReason`` if it ended before its last pass, else empty.
    """

    steps: int
    train_loss: float
    eval_loss: float | None
    truncated: int = 0
    kept_epoch: int = 0
    stopped: str = ""
