"""The nouns of an evaluation, and how each is written to a file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, Self

from ftcore.chat.base import Arm
from ftcore.data.examples import Example, Task

ACCURACY = "accuracy"
RELEVANCE = "relevance"
CONSISTENCY = "consistency"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Interval:
    """A share from 0 to 1 with its 95 % interval.

    Attributes:
        value: What was measured.
        low: Lower end of the interval.
        high: Upper end of the interval.
        n: Answers that it was measured on; with 0 the interval says nothing.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def passed(self) -> int:
        """Answers that passed, when the share counts answers."""
        return round(self.value * self.n)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Score:
    """What one scorer says of one answer.

    Attributes:
        name: The scorer; key of ``evaluation.scores.<name>`` in the texts.
        value: From 0 (nothing right) to 1.
        passed: Whether the answer is good enough.
        reason: Key of ``evaluation.reasons.<reason>``; ``None`` when it passed.
    """

    name: str
    value: float
    passed: bool
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        return cls(**values)


class Scorer(Protocol):
    """Judge one answer; pure and deterministic."""

    def __call__(self, example: Example, answer: str, /) -> Score:
        """Return the score of ``answer`` to the question of ``example``."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One held-out question, what was expected and what was answered.

    Attributes:
        question: Last message of the user before the answer.
        expected: The answer (or label) in the example.
        answer: What the model said.
        scores: One for each scorer.
        seconds: Time to the end of the answer.
        first_token_seconds: Time to its first piece; ``None`` if not streamed.
        probability: Probability of the label given; ``None`` for text.
        is_unsure: Whether the label was given with a doubt.
    """

    question: str
    expected: str
    answer: str
    scores: tuple[Score, ...]
    seconds: float
    first_token_seconds: float | None = None
    probability: float | None = None
    is_unsure: bool = False

    def score(self, name: str) -> Score | None:
        """Return the score of that name, if it was given."""
        return next((score for score in self.scores if score.name == name), None)

    def passed(self, name: str) -> bool:
        """Whether the answer has that score and passed it."""
        score = self.score(name)
        return score is not None and score.passed

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        scores = tuple(Score.from_json(score) for score in values["scores"])
        return cls(**{**values, "scores": scores})


@dataclass(frozen=True, slots=True)
class ArmResult:
    """All answers of one arm, and the four measures of the course.

    Attributes:
        arm: Who answered.
        records: One per question, in the order of the examples.
        accuracy: Share of correct answers ('precisión').
        relevance: Share of useful answers; for a classifier the macro-F1.
        consistency: Share of questions whose answer survives a trivial rewriting;
            ``None`` if it was not measured.
        mean_seconds: Mean time to the end of an answer ('velocidad').
        mean_first_seconds: Mean time to the first piece; ``None`` if not streamed.
        chars_per_second: Characters written per second of answering.
    """

    arm: Arm
    records: tuple[AnswerRecord, ...]
    accuracy: Interval
    relevance: Interval
    consistency: Interval | None
    mean_seconds: float
    mean_first_seconds: float | None
    chars_per_second: float

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        return {**asdict(self), "arm": self.arm.value}

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        consistency = values["consistency"]
        return cls(
            arm=Arm(values["arm"]),
            records=tuple(AnswerRecord.from_json(row) for row in values["records"]),
            accuracy=Interval.from_json(values["accuracy"]),
            relevance=Interval.from_json(values["relevance"]),
            consistency=None
            if consistency is None
            else Interval.from_json(consistency),
            mean_seconds=values["mean_seconds"],
            mean_first_seconds=values["mean_first_seconds"],
            chars_per_second=values["chars_per_second"],
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of one model: its arms beside each other.

    Attributes:
        evaluation_id: Identifier.
        model_id: The trained model that was evaluated.
        task: What the model does.
        arms: One result per arm; no arm twice.
        created_at: When, as ISO 8601 in UTC.
        seconds: How long it took.
    """

    evaluation_id: str
    model_id: str
    task: Task
    arms: tuple[ArmResult, ...]
    created_at: str
    seconds: float

    def arm(self, arm: Arm) -> ArmResult | None:
        """Return the result of that arm, if it was evaluated."""
        return next((result for result in self.arms if result.arm is arm), None)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file."""
        arms = [result.to_json() for result in self.arms]
        return {**asdict(self), "task": self.task.value, "arms": arms}

    @classmethod
    def from_json(cls, values: Json) -> Self:
        """Rebuild what :meth:`to_json` wrote."""
        arms = tuple(ArmResult.from_json(arm) for arm in values["arms"])
        return cls(**{**values, "task": Task(values["task"]), "arms": arms})
