"""The facts that a report and a model card are written from."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.data.examples import Task


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What the participant set out to do.

    Attributes:
        title: Name of the project.
        objective: What the model is for, in the participant's words.
        author: Nickname; may be empty.
    """

    title: str
    objective: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """What the model learnt from.

    Attributes:
        name: Name of the dataset.
        task: What is learnt.
        examples: Examples in all.
        train_examples: Examples that trained.
        test_examples: Examples kept for the evaluation.
        labels: The classes; empty unless it is a classification.
        version: Number of the version of the examples; 0 if it was not counted.
        one_by_one: Whether each example was asked of a model trained without it, so
            that the same examples train and test.
    """

    name: str
    task: Task
    examples: int
    train_examples: int
    test_examples: int
    labels: Sequence[str] = ()
    version: int = 0
    one_by_one: bool = False


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """How the model was trained.

    Attributes:
        base_model: Title of the base model.
        base_licence: Its licence.
        epochs: Passes over the examples.
        steps: Optimiser steps; 0 for a head that is fitted at once.
        seconds: Wall time.
        train_loss: Final loss in nats per token; ``None`` if there is none.
    """

    base_model: str
    base_licence: str
    epochs: int
    steps: int
    seconds: float
    train_loss: float | None = None
