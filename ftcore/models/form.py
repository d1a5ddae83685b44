"""Tell a question about another thing, asked in the words of a known one.

'¿Cuánto cuesta el curso de conducir?' means nearly the same as '¿Cuánto cuesta el curso
de inglés?' to a vector of meaning. What gives it away is the form: its words are those
of the known question but for the thing that it asks about. A paraphrase shares few
words, and then a new word says nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ftcore.models.spelling import sound, unaccented, words_of
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

SMALL_WORDS_FILE = ASSETS / "chat" / "small_words.yaml"
STEM_LETTERS = 5  # of a word's sound; enough to tell things apart, not their forms


@cache
def _small_words() -> frozenset[str]:
    words: str = read_yaml(SMALL_WORDS_FILE)["words"]
    return frozenset(words.split())


def _stems(text: str) -> list[str]:
    return [sound(word)[:STEM_LETTERS] for word in words_of(text)]


def _things(text: str) -> list[str]:
    """Return the stems of the words that say what a text is about."""
    said = (word for word in words_of(text) if unaccented(word) not in _small_words())
    return [sound(word)[:STEM_LETTERS] for word in said if len(word) > 1]


def names_a_thing(question: str) -> bool:
    """Whether a question says what it is about: '¿y eso?' does not."""
    return bool(_things(question))


@dataclass(frozen=True, slots=True)
class Forms:
    """The words of each example: of its question, and of all it says."""

    asked: tuple[frozenset[str], ...]
    said: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, questions: Sequence[str], texts: Sequence[str]) -> "Forms":
        """Read the words of examples.

        Args:
            questions: What each example asks.
            texts: All that each example says, question and answer.
        """
        return cls(
            tuple(frozenset(_stems(question)) for question in questions),
            tuple(frozenset(_stems(text)) for text in texts),
        )

    def doubt(self, question: str, row: int) -> float:
        """Return how much ``question`` looks like another thing in the same form.

        Args:
            question: What is asked, its spelling corrected.
            row: Of the example that may answer it.

        Returns:
            0 if the example has all things asked about, else the share of the
            question's words that the example's question has, up to 1.
        """
        known = self.said[row]
        if all(thing in known for thing in _things(question)):
            return 0.0
        stems = _stems(question)
        return sum(stem in self.asked[row] for stem in stems) / len(stems)
