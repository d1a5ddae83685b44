"""What every destination answers: may this train there, and with which file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ftcore.data.examples import Dataset, Example
from ftcore.errors import Param
from ftcore.texts import text

# Tokens of each example, as the destination itself would count them.
TokenCounter = Callable[[Sequence[Example]], list[int]]


class Level(StrEnum):
    """How a destination would take a dataset, worst first."""

    BLOCKED = "blocked"
    WARNING = "warning"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a destination refuses or warns; its Spanish is looked up by ``code``.

    Attributes:
        code: Key of ``destinations.reasons.<code>``.
        level: ``BLOCKED`` or ``WARNING``.
        rows: Positions of the examples it is about, from 1; empty: the whole.
        params: Values for the placeholders of the text.
    """

    code: str
    level: Level
    rows: tuple[int, ...] = ()
    params: dict[str, Param] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is in the way and what to do, in Spanish."""
        return text(f"destinations.reasons.{self.code}", **self.params)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one destination says of one dataset.

    Attributes:
        destination: Name of the destination.
        level: The worst of the reasons, or ``READY``.
        reasons: Blocking ones first.
        tokens: Tokens of all examples, once; with ``exact`` false, an estimate.
        exact: Whether the tokens were counted by the destination's own tokenizer.
        longest: Tokens of the longest example.
    """

    destination: str
    level: Level
    reasons: tuple[Reason, ...]
    tokens: int
    exact: bool
    longest: int


class Destination(Protocol):
    """One place to train, with its rules and its file.

    Attributes:
        name: Name in the registry and in ``destinations.names`` of the texts.
        provider: Name of the trainer that it belongs to (``local``, ``openai``…).
        tokenizer: Name of its tokenizer in the registry of counters.
        filename: Name of the file that it wants.
    """

    name: str
    provider: str
    tokenizer: str
    filename: str

    def judge(self, dataset: Dataset, tokens: Sequence[int]) -> tuple[Reason, ...]:
        """Return what is in the way.

        Args:
            dataset: The examples.
            tokens: Tokens of each example, in the same order.
        """
        ...

    def write(self, dataset: Dataset) -> str:
        """Return the whole content of the file that it wants."""
        ...
