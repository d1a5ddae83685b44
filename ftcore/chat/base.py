"""The seam that everything which answers implements."""

import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from ftcore.data.examples import Message, Task
from ftcore.models.house import HouseForm


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
        is_chosen: Whether somebody chose temperature and top_p. Where nobody did, a
            tuned model draws as suits its task: :func:`usual_sampling`.
        form: Of the texts of a house, which the answer keeps where the engine is
            driven token by token; ``None`` asks for none.
        source: What the answer is to be taken from, word for word where it can; there
            too.
    """

    temperature: float = 0.0
    top_p: float = 0.95
    max_tokens: int = 256
    repeat_penalty: float = 1.05
    seed: int = 42
    is_chosen: bool = False
    form: HouseForm | None = None
    source: str = ""


DEFAULT_SAMPLING = SamplingOptions()
# A text of which the likeliest word is always taken goes round in circles.
_WRITING = replace(DEFAULT_SAMPLING, temperature=0.6, top_p=0.9)


def usual_sampling(task: Task) -> SamplingOptions:
    """Return how a model draws where nobody chose: what a page starts with."""
    return _WRITING if task is Task.COMPLETION else DEFAULT_SAMPLING


STOP, LENGTH, CANCELLED, FAILED = "stop", "length", "cancelled", "failed"


@dataclass(slots=True)
class ReplyTrace:
    """What one answer cost; filled in while it streams.

    Attributes:
        prompt_tokens: Tokens of the prompt, template and examples included; 0
            where no model wrote the answer.
        answer_tokens: Tokens written so far; 0 where no model wrote the answer.
        first_token_seconds: From the question to the first piece, waiting and
            searching included; ``None`` before it.
        seconds: From the question to the end.
        trimmed: Older turns were left out, or a long text shortened, to fit.
        finish: ``stop`` (all was said), ``length`` (cut at the most tokens),
            ``cancelled`` (nobody wanted the rest), ``failed``; empty until the end.
    """

    prompt_tokens: int = 0
    answer_tokens: int = 0
    first_token_seconds: float | None = None
    seconds: float = 0.0
    trimmed: bool = False
    finish: str = ""


class ChatModel(Protocol):
    """Answers a conversation piece by piece; keeps nothing between calls."""

    def reply(
        self,
        messages: Sequence[Message],
        options: SamplingOptions = DEFAULT_SAMPLING,
        trace: ReplyTrace | None = None,
    ) -> Iterator[str]:
        """Yield the answer in pieces; their concatenation is the answer.

        Args:
            messages: Conversation whose last message is the user's.
            options: How the next token is chosen.
            trace: Filled in on the way, if given; whole when the iterator has
                ended or was closed.

        Raises:
            ChatFailedError: The engine gave no answer.
        """
        ...


class Doubt(StrEnum):
    """Why a classifier is not sure; a key of ``doubts.<reason>`` in the texts."""

    CLOSE = "close"  # no class is likely enough
    STRANGE = "strange"  # nothing like the text was learnt


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a classifier says of one text.

    Attributes:
        chances: Class -> probability, likeliest first, summing to 1.
        doubt: Why it is not sure; ``None`` if it is. The likeliest class is the
            answer all the same.
    """

    chances: Mapping[str, float]
    doubt: Doubt | None = None

    @property
    def label(self) -> str:
        """The likeliest class."""
        return next(iter(self.chances))

    @property
    def probability(self) -> float:
        """How likely that class is."""
        return next(iter(self.chances.values()))

    @property
    def is_unsure(self) -> bool:
        """Whether a person should look at it."""
        return self.doubt is not None


class LabelModel(Protocol):
    """Gives each class a probability."""

    def judge(self, text: str) -> Verdict:
        """Return the probabilities of the classes and whether to trust them."""
        ...


def traced(pieces: Generator[str], trace: ReplyTrace) -> Iterator[str]:
    """Yield the pieces and note in ``trace`` when they came and how they ended.

    What is wrapped may itself set ``finish``; it is then kept.
    """
    started = time.perf_counter()
    trace.prompt_tokens = trace.answer_tokens = 0
    trace.first_token_seconds = None
    trace.trimmed, trace.finish = False, ""
    ending = FAILED
    try:
        for piece in pieces:
            if trace.first_token_seconds is None:
                trace.first_token_seconds = time.perf_counter() - started
            yield piece
        ending = STOP
    except GeneratorExit:
        pieces.close()
        ending = CANCELLED
        raise
    finally:
        trace.seconds = time.perf_counter() - started
        trace.finish = trace.finish or ending


class TracedChat(ABC):
    """A `ChatModel` that only has to make the pieces of its answers."""

    def reply(
        self,
        messages: Sequence[Message],
        options: SamplingOptions = DEFAULT_SAMPLING,
        trace: ReplyTrace | None = None,
    ) -> Iterator[str]:
        """Yield the answer in pieces; see `ChatModel.reply`."""
        trace = trace or ReplyTrace()
        yield from traced(self._pieces(messages, options, trace), trace)

    @abstractmethod
    def _pieces(
        self, messages: Sequence[Message], options: SamplingOptions, trace: ReplyTrace
    ) -> Generator[str]:
        """Yield the pieces; what they cost in tokens is added to ``trace``."""
