"""Shared letters, weighted by how rare they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.lexical import LexicalIndex, grams

TEXTS = ["La lámpara de mesa", "La manta de lana", "La mesa de roble"]


@given(st.text(max_size=60))
def test_scores_are_cosines(question: str) -> None:
    scores = LexicalIndex(TEXTS).scores(question)
    assert scores.shape == (3,)
    assert (scores >= 0).all()
    assert (scores <= 1 + 1e-5).all()


def test_a_text_is_most_like_itself() -> None:
    index = LexicalIndex(TEXTS)
    for row, text in enumerate(TEXTS):
        scores = index.scores(text)
        assert scores[row] == pytest.approx(1, abs=1e-5)
        assert int(np.argmax(scores)) == row


def test_case_accents_and_a_slip_do_not_matter_much() -> None:
    scores = LexicalIndex(TEXTS).scores("LAMPARA d mesaa")
    assert int(np.argmax(scores)) == 0
    assert scores[0] > 0.5


def test_common_words_weigh_less_than_rare_ones() -> None:
    index = LexicalIndex(["hola precio", "hola envío", "hola color", "saldo precio"])
    scores = index.scores("hola saldo")
    assert int(np.argmax(scores)) == 3


def test_nothing_shared_scores_nothing() -> None:
    assert LexicalIndex(TEXTS).scores("¿¡...!?").tolist() == [0, 0, 0]
    assert not grams("")
