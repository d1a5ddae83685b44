"""What every destination answers: may this train there, and with which file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from ftcore.data.destinations.bounds import Bounds
from ftcore.data.examples import Dataset, Example, Task
from ftcore.errors import Param
from ftcore.texts import text


class TokenCounter(Protocol):
    """Counts tokens as one tokenizer does.

    Attributes:
        exact: Whether it is the tokenizer itself; otherwise it estimates.
    """

    @property
    def exact(self) -> bool:
        """Whether it is the tokenizer itself; otherwise it estimates."""
        ...

    def count(self, examples: Sequence[Example]) -> list[int]:
        """Return the tokens of each example, marks of the roles included."""
        ...


# Finds a counter by the name of its tokenizer.
Counters = Callable[[str], TokenCounter]


class Level(StrEnum):
    """How a destination would take a dataset, worst first."""

    BLOCKED = "blocked"
    WARNING = "warning"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a destination refuses or warns; its Spanish is looked up by ``code``.

    Attributes:
        code: Key of ``destinations.reasons.<code>.message`` and ``.fix``.
        level: ``BLOCKED`` or ``WARNING``.
        rows: Positions of the examples it is about, from 1; empty: the whole.
        params: Values for the placeholders of the texts.
    """

    code: str
    level: Level
    rows: tuple[int, ...] = ()
    params: dict[str, Param] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What was expected and what was found, in Spanish."""
        return text(f"destinations.reasons.{self.code}.message", **self.params)

    @property
    def fix(self) -> str:
        """What to do about it, in Spanish."""
        return text(f"destinations.reasons.{self.code}.fix", **self.params)

    def to_json(self) -> dict[str, object]:
        """Return the reason as the command line prints it."""
        return {
            "code": self.code,
            "level": self.level.value,
            "rows": list(self.rows),
            "message": self.message,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one destination says of one dataset.

    Attributes:
        destination: Name of the destination.
        provider: Name of the trainer that it belongs to.
        filename: Name of the file that it wants.
        level: The worst of the reasons, or ``READY``.
        reasons: Blocking ones first.
        tokens: Tokens of all examples, once; with ``exact`` false, an estimate.
        exact: Whether the tokens were counted by the destination's own tokenizer.
        longest: Tokens of the longest example.
        kept_tokens: Tokens that it would read: what is over its limit is cut.
        rows: How many examples it judged.
    """

    destination: str
    provider: str
    filename: str
    level: Level
    reasons: tuple[Reason, ...]
    tokens: int
    exact: bool
    longest: int
    kept_tokens: int
    rows: int

    @property
    def name(self) -> str:
        """The destination's name for people."""
        return text(f"destinations.names.{self.destination}")

    def to_json(self) -> dict[str, object]:
        """Return the judgement as the command line prints it."""
        return {
            "destination": self.destination,
            "name": self.name,
            "provider": self.provider,
            "file": self.filename,
            "level": self.level.value,
            "reasons": [reason.to_json() for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules look at.

    Attributes:
        dataset: The examples in the form in which they would be sent.
        tokens: Tokens of each example, in the same order.
        bounds: What the destination publishes.
        today: Day of the judgement.
        rows: All examples; more than ``dataset`` holds if that is a sample.
        megabytes: Size of the file that would be sent, in millions of bytes; 0 if
            the destination sets no limit.
    """

    dataset: Dataset
    tokens: Sequence[int]
    bounds: Bounds
    today: date
    rows: int
    megabytes: float


Rule = Callable[[Subject], Iterable[Reason]]
LineWriter = Callable[[Example, Task], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Destination:
    """One place to train: its rules, its bounds and its file.

    Attributes:
        name: Name in the registry and in ``destinations.names`` of the texts.
        provider: Name of the trainer that it belongs to (``local``, ``openai``…).
        tokenizers: Name of the tokenizer that counts for each task.
        rules: What it demands, beyond the form of its lines.
        line: Returns the object that one line of its file holds.
        adapt: Returns the examples in the form in which they are sent.
        bounds: What it publishes, with dates and sources.
    """

    name: str
    provider: str
    tokenizers: Mapping[Task, str]
    rules: tuple[Rule, ...]
    line: LineWriter
    adapt: Callable[[Dataset], Dataset]
    bounds: Bounds

    @property
    def filename(self) -> str:
        """Name of the file that it wants; Amazon allows letters, digits and ``_-.``."""
        return f"{self.name}_train.jsonl"
