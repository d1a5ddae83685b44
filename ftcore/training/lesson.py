"""What a training of any task works with, and what it leaves."""

from dataclasses import dataclass
from pathlib import Path

from ftcore.data.examples import Example
from ftcore.models.retrieval import ExampleIndex
from ftcore.training.base import ShouldStop, TrainingRequest
from ftcore.training.progress import ProgressMeter


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything that a training needs.

    Attributes:
        request: The job, its system prompt settled.
        train: Examples that train the weights.
        held_out: Examples that never do.
        index: All examples of the dataset with their vectors.
        folder: Model folder to write the weights into.
        models_dir: Where the base models lie.
        threads: Threads to compute with, at least 1.
        meter: Told of progress.
        should_stop: Asked before every step.
        one_by_one: Whether ``held_out`` are examples of ``train``, each asked of
            weights that never saw its question.
    """

    request: TrainingRequest
    train: tuple[Example, ...]
    held_out: tuple[Example, ...]
    index: ExampleIndex
    folder: Path
    models_dir: Path
    threads: int
    meter: ProgressMeter
    should_stop: ShouldStop
    one_by_one: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """How the training of the weights ended.

    Attributes:
        steps: Optimiser steps done; for a linear head, fits.
        train_loss: Mean loss of the last pass, in nats per token (or per example).
        eval_loss: Loss on the held-out examples, if there are any.
        truncated: Examples that were cut to fit the window.
    """

    steps: int
    train_loss: float
    eval_loss: float | None
    truncated: int = 0
