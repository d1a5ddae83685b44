"""Find the example that a conversation's last question is about."""

from collections.abc import Sequence
from functools import cache

from ftcore.data.examples import Message, Role
from ftcore.models.retrieval import ExampleIndex, Neighbour
from ftcore.texts import text

_FEW_WORDS = 4  # a question this short may lean on the one before


def user_questions(messages: Sequence[Message]) -> list[str]:
    """Return what the user said, oldest first."""
    return [encodable(m.content) for m in messages if m.role is Role.USER]


def encodable(words: str) -> str:
    """Replace lone surrogates, which no UTF-8 can carry and no engine takes."""
    return words.encode("utf-8", "replace").decode("utf-8")


def nearest_to_last(
    index: ExampleIndex,
    messages: Sequence[Message],
    threshold: float,
    count: int = 1,
) -> list[Neighbour]:
    """Return the examples nearest to the last question, nearest first.

    A follow-up such as '¿Y los domingos?' says too little by itself: if nothing
    reaches ``threshold``, it is searched together with the question before it.
    """
    questions = user_questions(messages)
    if not questions:
        return []
    found = index.nearest(questions[-1], count)
    is_near = bool(found) and found[0].similarity >= threshold
    if is_near or len(questions) < 2 or not leans_on_context(questions[-1]):
        return found
    return index.nearest(f"{questions[-2]} {questions[-1]}", count)


def leans_on_context(question: str) -> bool:
    """Tell whether a question is too short or too linked to stand alone."""
    words = question.strip(" ¿?¡!.,").casefold().split()
    return 0 < len(words) <= _FEW_WORDS or (bool(words) and words[0] in _openers())


@cache
def _openers() -> frozenset[str]:
    return frozenset(text("chat_follow_ups.openers").split())
