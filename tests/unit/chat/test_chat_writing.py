"""A text keeps the form of its house whatever the model would rather write."""

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.writing import MOST_SAID, FormKeeper
from ftcore.models.house import HouseForm
from ftcore.models.spelling import words_of

FORM = HouseForm("", "Consejo:", " ", fewest_words=6, most_words=12, repeats=False)
WORDS = ["", " uno", " dos", " tres", " cuatro", " cinco", ".", " Con", "sejo", ":"]
END, UNO, DOT, CON = 0, 1, 6, 7


class Pieces:
    """A vocabulary of ten tokens; the first ends the answer."""

    def tokens(self, words: str) -> list[int]:
        assert words == " Consejo:"
        return [7, 8, 9]

    def piece(self, token: int) -> bytes:
        return WORDS[token].encode()

    def ends(self, token: int) -> bool:
        return token == END


def written(rng: random.Random, most: int = 60, form: HouseForm = FORM) -> str:
    """Write as a model that scores at random, until the form is complete."""
    keeper = FormKeeper(form, Pieces())
    for _ in range(most):
        scores = np.array([rng.random() for _ in WORDS], dtype=np.float32)
        token = keeper.choose(scores, lambda s=scores: int(s.argmax()))
        if token == END or keeper.is_over:
            break
    return keeper.text


@given(st.integers(0, 10_000))
def test_the_closing_comes_once_and_in_its_time(seed: int) -> None:
    text = written(random.Random(seed))
    sentences = [part.strip() for part in text.split(".")]
    closing = [n for n, one in enumerate(sentences) if one.startswith("Consejo:")]
    assert len(closing) <= 1
    for number in closing:
        assert len(words_of(". ".join(sentences[:number]))) >= FORM.fewest_words
        assert number >= len(sentences) - 2  # nothing follows but the last full stop


def test_a_model_that_wants_to_close_at_once_has_to_wait() -> None:
    keeper = FormKeeper(FORM, Pieces(), text="Uno.")
    scores = np.zeros(len(WORDS), dtype=np.float32)
    scores[[CON, END]] = 9, 8
    scores[UNO] = 1
    assert keeper.choose(scores, lambda: int(scores.argmax())) == UNO


@pytest.mark.parametrize("wish", [END, UNO])
def test_a_text_that_has_said_enough_is_closed(wish: int) -> None:
    said = "Uno dos tres cuatro cinco uno dos. Uno dos tres cuatro cinco tres."
    keeper = FormKeeper(FORM, Pieces(), text=said)
    scores = np.zeros(len(WORDS), dtype=np.float32)
    scores[wish] = 9
    tokens = [keeper.choose(scores, lambda: int(scores.argmax())) for _ in range(3)]
    assert tokens == [7, 8, 9]
    assert keeper.text == f"{said} Consejo:"


@given(st.integers(0, 1_000))
def test_no_piece_that_ends_with_a_whole_word_is_said_too_often(seed: int) -> None:
    form = HouseForm("", "", " ", fewest_words=5, most_words=9, repeats=False)
    text = written(random.Random(seed), form=form)
    tokens = [WORDS.index(piece) for piece in _cut(text)]
    for size, most in MOST_SAID:
        pieces = [tuple(tokens[n : n + size]) for n in range(len(tokens) - size + 1)]
        said = Counter(p for p in pieces if WORDS[p[-1]].startswith(" "))
        assert max(said.values(), default=0) <= most


def test_a_house_that_opens_with_a_question_gets_one() -> None:
    form = HouseForm("?", "", " ", fewest_words=0, most_words=9, repeats=True)
    keeper = FormKeeper(form, Pieces(), text="¿Uno dos")
    scores = np.zeros(len(WORDS), dtype=np.float32)
    scores[DOT] = 9
    scores[UNO] = 1
    assert keeper.choose(scores, lambda: int(scores.argmax())) == UNO


def test_half_a_letter_gets_its_other_half() -> None:
    halves = Pieces()
    halves.piece = lambda token: "ñ".encode()[token % 2 :][:1]  # type: ignore[method-assign]
    keeper = FormKeeper(FORM, halves)
    scores = np.ones(len(WORDS), dtype=np.float32)
    assert keeper.choose(scores, lambda: 2) == 2
    assert keeper.choose(scores, lambda: 7) == 7
    assert keeper.text == "ñ"
    assert scores.all()


def test_a_house_that_repeats_itself_may() -> None:
    form = HouseForm("", "", " ", fewest_words=0, most_words=9, repeats=True)
    keeper = FormKeeper(form, Pieces())
    scores = np.zeros(len(WORDS), dtype=np.float32)
    scores[UNO] = 9
    assert [keeper.choose(scores, lambda: UNO) for _ in range(20)] == [UNO] * 20


def _cut(text: str) -> list[str]:
    found, rest = [], text
    while rest:
        piece = max((w for w in WORDS[1:] if rest.startswith(w)), key=len)
        found.append(piece)
        rest = rest[len(piece) :]
    return found
