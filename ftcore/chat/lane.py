"""The seam of the engines: a lane answers one conversation at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ftcore.chat.adapters import Adapter
from ftcore.chat.base import ReplyTrace, SamplingOptions
from ftcore.data.examples import Message


@dataclass(frozen=True, slots=True)
class Question:
    """What a lane is asked, and whom it tells.

    Attributes:
        options: How the next token is chosen.
        adapter: Who answers; ``None`` for the base model.
        trace: Filled in on the way.
        emit: Takes each piece of the answer.
        is_stopped: Looked at after each piece; true ends the answer.
    """

    options: SamplingOptions
    adapter: Adapter | None
    trace: ReplyTrace
    emit: Callable[[str], None]
    is_stopped: Callable[[], bool]


class Lane(Protocol):
    """One context of llama.cpp; the caller sees to it that one thread uses it."""

    @property
    def is_started(self) -> bool:
        """Whether its memory is taken."""
        ...

    def start(self) -> None:
        """Take its memory before it is asked, if that is worth it.

        Raises:
            ChatFailedError: There is none.
        """
        ...

    def holds(self, adapter: Adapter | None) -> bool:
        """Whether it can answer with ``adapter`` at once."""
        ...

    def ask(
        self, messages: Sequence[Message], budget: int, question: Question
    ) -> int | None:
        """Answer a conversation; it starts by itself when needed.

        Args:
            messages: Conversation whose last message is the user's.
            budget: Most tokens of it that leave room for an answer.
            question: How to answer, and whom to tell.

        Returns:
            ``None`` after an answer; the tokens of a conversation beyond
            ``budget``, which is left unanswered.

        Raises:
            ChatFailedError: The engine gave no answer; the lane can be used again.
        """
        ...

    def close(self) -> None:
        """Give its memory back; it may be asked again, and then starts anew."""
        ...


class LaneSet(Protocol):
    """The lanes of one base model and what they share."""

    @property
    def lanes(self) -> Sequence[Lane]:
        """All of them, as many as conversations are answered at once."""
        ...

    def prepare(
        self,
        messages: Sequence[Message],
        adapter: Adapter,
        is_stopped: Callable[[], bool],
    ) -> bool:
        """Read what stands before the last message, for whoever asks after it.

        Args:
            messages: A conversation; its last message may be any question.
            adapter: Who will be asked.
            is_stopped: Looked at on the way; true leaves off.

        Returns:
            Whether it did not leave off.

        Raises:
            ChatFailedError: The engine could not.
        """
        ...

    def make_way(self) -> None:
        """Have whoever reads ahead leave off at once: somebody asks."""
        ...

    def drop_idle(self) -> None:
        """Free adapters that were not used for a while."""
        ...

    def rest(self) -> None:
        """Give back what was read ahead; nobody has asked for a while."""
        ...

    def close(self) -> None:
        """End; no lane is in use any more."""
        ...
