"""What an example says is likelier to be said, as often as it says it."""

import numpy as np
import pytest

from ftcore.chat.base import SamplingOptions
from ftcore.chat.copying import BONUS, SourceKeeper
from ftcore.chat.guiding import Guide
from ftcore.models.house import HouseForm

ALPHABET = "abcdefghijklmnopqrstuvwxy."


class Letters:
    """One token for each letter, and one for the full stop."""

    def tokens(self, words: str) -> list[int]:
        return [ALPHABET.index(letter) for letter in words]

    def piece(self, token: int) -> bytes:
        return ALPHABET[token].encode()

    def ends(self, token: int) -> bool:
        return token < 0


def said(source: str, likely: str, count: int) -> str:
    """Return what a model says that likes a letter a little better than the rest."""
    guide = Guide(SamplingOptions(source=source), Letters())
    words = ""
    for _ in range(count):
        scores = np.zeros(26, dtype=np.float32)
        scores[Letters().tokens(likely)] = BONUS / 2
        token = guide.choose(scores, lambda s=scores: int(s.argmax()))
        words += Letters().piece(token).decode()
        if guide.is_over:
            break
    return words


def test_the_words_of_the_source_come_first_and_no_oftener() -> None:
    assert said("aab", likely="x", count=5) == "aabxx"


def test_without_a_source_nothing_changes() -> None:
    assert said("", likely="x", count=3) == "xxx"
    assert said("", likely=".", count=3) == "..."


def test_an_answer_that_has_said_all_ends_with_its_sentence() -> None:
    assert said("ab.", likely="x", count=9) == "ab."
    assert said("ab", likely=".", count=9) == "ab."


def test_inside_a_piece_of_the_source_its_next_word_comes_first() -> None:
    keeper = SourceKeeper(Letters().tokens("abxcdaby"))
    for token in Letters().tokens("abxcdab"):
        keeper.said(token)
    scores = np.zeros(26, dtype=np.float32)
    scores[Letters().tokens("x")] = 5 * BONUS  # as after the first 'ab'
    keeper.favour(scores)
    assert int(scores.argmax()) == Letters().tokens("y")[0]


@pytest.mark.parametrize(
    ("said", "most", "foreseen"),
    [
        ("", 3, ""),  # nothing tells whether it will begin as the source does
        ("a", 3, "bxc"),
        ("x", 3, ""),
        ("ab", 3, "xcd"),
        ("yxc", 3, "dab"),
        ("ab", 0, ""),
        ("abxcdaby", 3, ""),
    ],
)
def test_what_comes_next_in_the_source_is_foreseen(said, most, foreseen) -> None:
    keeper = SourceKeeper(Letters().tokens("abxcdaby"))
    for token in Letters().tokens(said):
        keeper.said(token)
    assert keeper.foresee(most) == Letters().tokens(foreseen)


def test_a_text_in_the_form_of_a_house_is_not_foreseen() -> None:
    form = HouseForm("", "x.", " ", 1, 9, repeats=False)
    guide = Guide(SamplingOptions(source="ab", form=form), Letters())
    guide.choose(np.eye(26, dtype=np.float32)[0], lambda: 0)
    assert guide.foresee(3) == []
