"""The seam that everything which answers implements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ftcore.data.examples import Message


class Arm(StrEnum):
    """Who answers: the tuned model or one of the baselines beside it."""

    TUNED = "tuned"
    BASE = "base"
    FEW_SHOT = "few_shot"
    NEAREST = "nearest"
    TUNED_FEW_SHOT = "tuned_few_shot"


@dataclass(frozen=True, slots=True)
class SamplingOptions:
    """How the next token is chosen.

    Attributes:
        temperature: 0 takes the likeliest token always (same answer every time).
        top_p: Share of probability that may be drawn from.
        max_tokens: Longest answer, in tokens.
        repeat_penalty: Above 1 discourages repetition.
        seed: Seed of the draw.
    """

    temperature: float = 0.0
    top_p: float = 0.95
    max_tokens: int = 256
    repeat_penalty: float = 1.05
    seed: int = 42


DEFAULT_SAMPLING = SamplingOptions()


class ChatModel(Protocol):
    """Answers a conversation piece by piece; keeps nothing between calls."""

    def reply(
        self, messages: Sequence[Message], options: SamplingOptions = DEFAULT_SAMPLING
    ) -> Iterator[str]:
        """Yield the answer in pieces; their concatenation is the answer.

        Raises:
            ChatFailedError: The engine gave no answer.
        """
        ...


class LabelModel(Protocol):
    """Gives each class a probability."""

    def probabilities(self, text: str) -> Mapping[str, float]:
        """Return class -> probability, likeliest first, summing to 1."""
        ...
