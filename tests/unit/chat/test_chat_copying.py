"""What an example says is likelier to be said, as often as it says it."""

import numpy as np

from ftcore.chat.base import SamplingOptions
from ftcore.chat.copying import BONUS
from ftcore.chat.guiding import Guide


class Letters:
    """One token for each letter."""

    def tokens(self, words: str) -> list[int]:
        return [ord(letter) - ord("a") for letter in words]

    def piece(self, token: int) -> bytes:
        return chr(token + ord("a")).encode()

    def ends(self, token: int) -> bool:
        return token == 25


def said(source: str, likely: str, count: int) -> str:
    """Return what a model says that likes a letter a little better than the rest."""
    guide = Guide(SamplingOptions(source=source), Letters())
    words = ""
    for _ in range(count):
        scores = np.zeros(26, dtype=np.float32)
        scores[Letters().tokens(likely)] = BONUS / 2
        token = guide.choose(scores, lambda s=scores: int(s.argmax()))
        words += Letters().piece(token).decode()
    assert not guide.is_over
    return words


def test_the_words_of_the_source_come_first_and_no_oftener() -> None:
    assert said("aab", likely="x", count=5) == "aabxx"


def test_without_a_source_nothing_changes() -> None:
    assert said("", likely="x", count=3) == "xxx"
