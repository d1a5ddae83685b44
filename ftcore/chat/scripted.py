"""A chat model that follows a script: for demonstrations and tests."""

from collections.abc import Iterator, Sequence

from ftcore.chat.base import DEFAULT_SAMPLING, ReplyTrace, SamplingOptions, traced
from ftcore.chat.baselines import word_pieces
from ftcore.chat.questions import user_questions
from ftcore.data.examples import Message


class ScriptedChat:
    """Gives its replies in order, one for each turn of the user, then starts over.

    The turn is counted in the conversation itself, so that nothing is remembered
    between calls.
    """

    def __init__(self, replies: Sequence[str]) -> None:
        """Take the script.

        Raises:
            ValueError: There are no replies.
        """
        if not replies:
            raise ValueError("A script needs at least one reply.")
        self._replies = tuple(replies)

    def reply(
        self,
        messages: Sequence[Message],
        options: SamplingOptions = DEFAULT_SAMPLING,  # noqa: ARG002  (nothing is drawn)
        trace: ReplyTrace | None = None,
    ) -> Iterator[str]:
        """Yield the reply of this turn word by word."""
        turn = max(1, len(user_questions(messages)))
        pieces = word_pieces(self._replies[(turn - 1) % len(self._replies)])
        yield from traced(pieces, trace or ReplyTrace())
