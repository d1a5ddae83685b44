"""A chat model that follows a script: for demonstrations and tests."""

from collections.abc import Generator, Sequence

from ftcore.chat.base import ReplyTrace, SamplingOptions, TracedChat
from ftcore.chat.baselines import word_pieces
from ftcore.chat.questions import user_questions
from ftcore.data.examples import Message


class ScriptedChat(TracedChat):
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

    def _pieces(
        self,
        messages: Sequence[Message],
        options: SamplingOptions,  # noqa: ARG002  (nothing is drawn)
        trace: ReplyTrace,  # noqa: ARG002
    ) -> Generator[str]:
        turn = max(1, len(user_questions(messages)))
        yield from word_pieces(self._replies[(turn - 1) % len(self._replies)])
