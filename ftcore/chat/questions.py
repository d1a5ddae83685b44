"""Find the example that a conversation's last question is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ftcore.data.examples import Message, Role
from ftcore.models.form import names_a_thing
from ftcore.models.retrieval import ExampleIndex, Neighbour
from ftcore.models.spelling import without_opening
from ftcore.texts import text

_FEWEST_WORDS = 2  # of one of two questions; 'precio' alone says of what before it
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

    A follow-up such as '¿Y los domingos?' says too little by itself: it is searched
    with the question before it. So is a short question that finds nothing alone.
    """
    questions = user_questions(messages)
    if not questions:
        return []
    found = index.nearest(questions[-1], count)
    if len(questions) < 2 or not leans_on_context(questions[-1]):
        return found
    is_near = bool(found) and found[0].similarity >= threshold
    if is_near and not _opens_as_follow_up(questions[-1]):
        return found
    return index.nearest(questions[-1], count, before=questions[-2])


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions of a message, and the example that answers it."""

    question: str
    neighbour: Neighbour


def parts_of(
    index: ExampleIndex, messages: Sequence[Message], threshold: float
) -> list[Part]:
    """Return the two questions of a message such as '¿Precio y horario?'.

    Returns:
        Two parts if each is near enough to an example of its own; else none, and the
        message is one question.
    """
    questions = user_questions(messages)
    asked = split_in_two(questions[-1]) if questions else []
    found = [Part(part, n) for part in asked for n in index.nearest(part)]
    are_near = all(part.neighbour.similarity >= threshold for part in found)
    kinds = {part.neighbour.position for part in found}
    return found if are_near and len(kinds) == 2 else []


def split_in_two(message: str) -> list[str]:
    """Return the two questions that a message seems to hold; nothing if it is one."""
    pieces = [piece.strip(" ,.;") for piece in _joint().split(message)]
    parts = [piece for piece in pieces if names_a_thing(without_opening(piece))]
    are_whole = all(len(_words(part)) >= _FEWEST_WORDS for part in parts)
    return parts if len(parts) == 2 and are_whole else []


@cache
def _joint() -> re.Pattern[str]:
    starts = "|".join(text("chat_follow_ups.second_question").split())
    return re.compile(rf"(?<=\?)\s+|\s+y\s+(?=¿?(?:{starts})\b)", re.IGNORECASE)


def leans_on_context(question: str) -> bool:
    """Tell whether a question is too short or too linked to stand alone."""
    return 0 < len(_words(question)) <= _FEW_WORDS or _opens_as_follow_up(question)


def _opens_as_follow_up(question: str) -> bool:
    words = _words(question)
    return bool(words) and words[0] in _openers()


def _words(question: str) -> list[str]:
    return question.strip(" ¿?¡!.,").casefold().split()


@cache
def _openers() -> frozenset[str]:
    return frozenset(text("chat_follow_ups.openers").split())
