"""Write a question as people in a hurry write it, without changing what it asks."""

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

GREETINGS_FILE = ASSETS / "training" / "greetings.yaml"
_WORD = re.compile(r"[^\W\d_]{5,}")  # letters only: figures and short words stay
_PUNCTUATION = re.compile(r"[¿?¡!.,;:]+(?!\d)")  # but not inside 3.5 or 10:30
DROPPED_SHARE = 0.35
_COMBINING_TILDE = "\u0303"  # the mark of ñ, a letter of its own and no accent

Noise = Callable[[str, random.Random], str]


@cache
def greetings() -> tuple[str, ...]:
    """Return the openings that people put before a question."""
    return tuple(read_yaml(GREETINGS_FILE))


def noised(question: str, rng: random.Random) -> str:
    """Return ``question`` with one to three kinds of noise.

    Kinds: lower case, no accents, no punctuation, a greeting, one typing slip. Words
    and figures are never added or removed.
    """
    kinds: list[Noise] = [_lower, _unaccented, _unpunctuated, _greeted, _mistyped]
    chosen = rng.sample(kinds, rng.randint(1, 3))
    for noise in kinds:  # a fixed order, so that a greeting keeps its own spelling
        if noise in chosen:
            question = noise(question, rng)
    return question


def shortened(question: str, rng: random.Random) -> str:
    """Return ``question`` without about a third of its words.

    A stand-in for a paraphrase: what is left shares fewer words with the original.
    """
    words = question.split()
    kept = [word for word in words if rng.random() >= DROPPED_SHARE]
    return " ".join(kept) or question


def _lower(question: str, rng: random.Random) -> str:  # noqa: ARG001
    return question.lower()


def _unaccented(question: str, rng: random.Random) -> str:  # noqa: ARG001
    marks = unicodedata.normalize("NFD", question)
    kept = (c for c in marks if c == _COMBINING_TILDE or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(kept))


def _unpunctuated(question: str, rng: random.Random) -> str:  # noqa: ARG001
    return _PUNCTUATION.sub("", question).strip() or question


def _greeted(question: str, rng: random.Random) -> str:
    return f"{rng.choice(greetings())} {question}"


def _mistyped(question: str, rng: random.Random) -> str:
    """Swap, drop or double one inner letter of one long word."""
    words = list(_WORD.finditer(question))
    if not words:
        return question
    word = rng.choice(words)
    place = rng.randrange(word.start() + 1, word.end() - 2)
    first, second = question[place], question[place + 1]
    slip = rng.choice((second + first, second, first + first + second))
    return question[:place] + slip + question[place + 2 :]
