"""Noise changes how a question is written, never what it asks."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.retrieval import unrelated_questions
from ftcore.training.augment import (
    greetings,
    noised,
    shortened,
)

QUESTIONS = st.text(
    alphabet="abcdefgñopqrstuáéíóú ¿?.,:0123456789€", min_size=1, max_size=80
)


@given(QUESTIONS, st.integers(0, 2**16))
def test_noise_keeps_every_figure(question: str, seed: int) -> None:
    found = re.findall(r"\d", noised(question, random.Random(seed)))
    assert found == re.findall(r"\d", question)


@given(QUESTIONS.filter(str.strip), st.integers(0, 2**16))
def test_noise_leaves_something_to_read(question: str, seed: int) -> None:
    assert noised(question, random.Random(seed)).strip()
    assert shortened(question, random.Random(seed)).strip()


@given(st.integers(0, 2**16))
def test_noise_is_a_function_of_the_seed(seed: int) -> None:
    question = "¿Cuánto cuesta el envío a domicilio?"
    first = noised(question, random.Random(seed))
    assert first == noised(question, random.Random(seed))
    assert first != question


def test_the_letter_enie_is_no_accent() -> None:
    noises = {noised("¿Cuántos años tiene?", random.Random(i)) for i in range(200)}
    assert any("Cuantos" in n or "cuantos" in n for n in noises)
    assert not any(" anos" in n for n in noises)


def test_prices_keep_their_separators() -> None:
    question = "¿Cuesta 3,50 € a las 10:30?"
    noises = [noised(question, random.Random(i)) for i in range(200)]
    assert all("3,50" in n and "10:30" in n for n in noises)


def test_shortening_keeps_the_order_of_words() -> None:
    words = ["¿Puedo", "devolver", "una", "lámpara", "que", "llegó", "rota", "ayer?"]
    kept = shortened(" ".join(words), random.Random(3)).split()
    places = [words.index(word) for word in kept]
    assert places == sorted(places)
    assert 0 < len(kept) < len(words)


def test_lists_hold_no_repeats() -> None:
    for found in (greetings(), unrelated_questions()):
        assert len(found) == len(set(found)) >= 10
