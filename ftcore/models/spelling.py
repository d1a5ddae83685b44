"""Bring a hasty spelling back to words that the examples use.

A vector of meaning knows little of 'areglar un pinchaso'; it knows 'arreglar un
pinchazo' well. Words that sound like one of the examples' words, or like an everyday
word of ``assets/chat/spelling.yaml``, are written as that one. No general dictionary:
what neither list knows is left as it is, and so is every figure.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

SPELLING_FILE = ASSETS / "chat" / "spelling.yaml"
SHORTEST_SOUND = 4  # letters of a word that may be read by its sound
SHORTEST_SLIP = 5  # letters of a sound in which a lost or swapped one is forgiven
SHORTEST_CHANGE = 8  # and in which a wrong one is: 'puesta' is no slip of 'puerta'
SHORTEST_ACCENTED = 5  # letters: 'que' and 'si' are words with and without
_KEPT_WORDS = 20_000  # a language's words come again and again, in every dataset
_COMBINING_TILDE = "\u0303"  # of the ñ, a letter of its own
_WORD = re.compile(r"[^\W_]+")

# Letters that Spanish speakers on either side of the Atlantic write for each other.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ch", "C"),
        ("[vw]", "b"),
        ("qu(?=[ei])|q", "k"),
        ("c(?=[ei])|z|x", "s"),
        ("c", "k"),
        ("ll", "y"),
        ("gu(?=[ei])", "g"),
        ("g(?=[ei])", "j"),
        ("h", ""),
        ("y(?![aeiou])", "i"),
        ("m(?=[bp])", "n"),
        (r"(.)\1", r"\1"),
    )
)


def words_of(text: str) -> list[str]:
    """Return the words and figures of a text, in lower case."""
    return _WORD.findall(text.lower())


def unaccented(word: str) -> str:
    """Return ``word`` in lower case without accents; ñ stays."""
    marks = unicodedata.normalize("NFD", word.lower())
    kept = (c for c in marks if c == _COMBINING_TILDE or not unicodedata.combining(c))
    return unicodedata.normalize("NFC", "".join(kept))


@lru_cache(_KEPT_WORDS)
def sound(word: str) -> str:
    """Return a key that words of one sound share: 'embio' and 'envío'."""
    # A silent h between c and another letter must not be lost, so 'ch' goes first; the
    # nasal before a lip sound last, when v is b already.
    key = unaccented(word)
    for pattern, letters in _SOUNDS:
        key = pattern.sub(letters, key)
    return key


@cache
def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = read_yaml(SPELLING_FILE)
    return rules


@cache
def _opening() -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:{'|'.join(_rules()['openings'])})\b\W*")


def without_opening(question: str) -> str:
    """Return a question without the greeting before it; a bare greeting stays."""
    rest = question
    while found := _opening().match(unaccented(rest)):
        if not found.end():
            break
        rest = rest[found.end() :]
    return rest if rest.strip() else question


@dataclass(slots=True)
class Speller:
    """Knows the words of some texts.

    Attributes:
        texts: The participant's examples.
    """

    texts: Sequence[str]
    _spelt: dict[str, str] = field(init=False, repr=False)
    _sounding: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = (word for text in self.texts for word in words_of(text))
        known = [word for word, _ in Counter(found).most_common()]
        self._spelt, self._sounding = {}, {}
        for word in (*known, *_rules()["everyday"].split()):
            self._spelt.setdefault(unaccented(word), word)
            self._sounding.setdefault(sound(word), word)

    def corrected(self, question: str) -> str:
        """Return ``question`` with hasty words as the examples spell them."""
        return _WORD.sub(lambda found: self._word(found[0]), question)

    def _word(self, word: str) -> str:
        bare = unaccented(word)
        if any(char.isdigit() for char in word):
            return word
        if bare in self._spelt:
            return self._accented(word, self._spelt[bare])
        if bare in _rules()["shortened"]:
            return str(_rules()["shortened"][bare])
        if len(bare) < SHORTEST_SOUND:
            return word
        key = sound(word)
        hasty = sound(bare.replace("x", "ch"))  # 'muxo' for 'mucho'
        for read in (key, hasty):
            if read in self._sounding:
                return self._sounding[read]
        is_name = word[0].isupper()  # of something that the examples may not know
        return word if is_name else self._slip(key, word)

    @staticmethod
    def _accented(word: str, spelt: str) -> str:
        """Put the accents on; a capital stays, and so does what has some already."""
        is_short = len(word) < SHORTEST_ACCENTED
        if is_short or word.lower() == spelt or unaccented(word) != word.lower():
            return word
        return spelt.capitalize() if word[0].isupper() else spelt

    def _slip(self, key: str, word: str) -> str:
        """Forgive one letter too many, too few, wrong or swapped, but not the first."""
        if len(key) < SHORTEST_SLIP:
            return word
        near = [
            known
            for other, known in self._sounding.items()
            if len(other) >= SHORTEST_SLIP and key[0] == other[0]
            if _one_slip(key, other)
        ]
        return near[0] if near else word


def _one_slip(first: str, second: str) -> bool:
    """Whether one inner letter is added, dropped, changed or swapped.

    Another last letter is another form of the word, no slip.
    """
    if abs(len(first) - len(second)) > 1:
        return False
    short, long = sorted((first, second), key=len)
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    if len(short) < len(long):
        return start < len(short) and short[start:] == long[start + 1 :]
    if start >= len(short) - 1:
        return False
    swapped = short[:start] + short[start + 1] + short[start] + short[start + 2 :]
    is_changed = short[start + 1 :] == long[start + 1 :]
    return swapped == long or (is_changed and len(short) >= SHORTEST_CHANGE)
