"""Whether two texts say the same in practically the same words."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from ftcore.data.checking import style_words
from ftcore.data.cleaning import without_accents

# 'horario' and 'orario' have 0.92, 'piso' and 'pisos' 0.89; 'junio' and 'julio' 0.80,
# 'compra' and 'compro' 0.83.
TYPO_RATIO = 0.86
TYPO_LETTERS = 4  # shorter words differ by a letter on purpose
LOOSE_SHARE = 0.10  # of the words of a long text that may differ
MOST_COMPARED = 12  # words that differ; texts with more are no copies

_WORD = re.compile(r"[^\W_]+(?:[.,:/@'’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as its words, without what does not change the meaning.

    Attributes:
        words: Content words without case, accents or punctuation, counted.
        figures: Those with a digit: they must be the same.
    """

    words: Counter[str]
    figures: Counter[str]


@cache
def _light() -> frozenset[str]:
    return style_words("light_words")


def wording(text: str) -> Wording:
    """Return the words that count; of a text with none, all its characters."""
    plain = without_accents(unicodedata.normalize("NFKC", text))
    found = _WORD.findall(plain)
    words = [word for word in found if word not in _light()] or found or [plain]
    figures = [word for word in words if any(map(str.isdigit, word))]
    return Wording(Counter(words), Counter(figures))


def same_wording(one: Wording, other: Wording) -> bool:
    """Whether the texts differ at most in spelling, filler words and order.

    Figures must be equal, and each other word must be in both texts, although
    perhaps misspelt. Of a long text one word in ten may differ, unless it denies.
    """
    if one.figures != other.figures:
        return False
    left, right = _unmatched(one.words - other.words, other.words - one.words)
    if not left and not right:
        return True
    allowed = LOOSE_SHARE * min(one.words.total(), other.words.total())
    denies = style_words("denials")
    return max(len(left), len(right)) <= allowed and denies.isdisjoint(left + right)


def _unmatched(left: Counter[str], right: Counter[str]) -> tuple[list[str], list[str]]:
    """Return the words of each side that are no misspelling of the other's."""
    rest = list(right.elements())
    if max(left.total(), len(rest)) > MOST_COMPARED:
        return list(left.elements()), rest
    missing: list[str] = []
    for word in left.elements():
        twin = next((w for w in rest if _is_misspelling(word, w)), None)
        if twin is None:
            missing.append(word)
        else:
            rest.remove(twin)
    return missing, rest


def _is_misspelling(one: str, other: str) -> bool:
    if min(len(one), len(other)) < TYPO_LETTERS:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= TYPO_RATIO
