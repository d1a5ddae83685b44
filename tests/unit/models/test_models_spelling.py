"""Hasty spellings come back to the examples' words; what is unknown is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.spelling import Speller, sound, unaccented, without_opening

SPELLER = Speller(
    [
        "¿Cuánto cuesta arreglar un pinchazo?\nArreglarlo cuesta 9 €.",
        "¿Alquiláis bicicletas?\nSí, y la eléctrica Volta también.",
        "¿Hacéis mechas?\nSí.",
        "¿Qué horario tenéis los sábados?\nDe 10:00 a 14:00; el envío es gratis.",
    ]
)
HASTY = st.text(alphabet="abcehijkllmnoñqrstuvxyzáéíóú ¿?.,:0123456789€", max_size=60)


@pytest.mark.parametrize(
    ("hasty", "meant"),
    [
        ("areglar un pinchaso", "arreglar un pinchazo"),
        ("q orario teneis los savados", "que horario tenéis los sábados"),
        ("el embio x la tarde", "el envío por la tarde"),
        ("kuanto kuesta?", "cuánto cuesta?"),
        ("alkilais bisicletas", "alquiláis bicicletas"),
        ("arelgar", "arreglar"),
        ("mexas", "mechas"),
    ],
)
def test_what_sounds_like_a_known_word_is_written_as_it(hasty: str, meant: str) -> None:
    assert SPELLER.corrected(hasty) == meant


@pytest.mark.parametrize(
    "right",
    [
        "¿Vendéis patinetes?",
        "vivo en Texas",
        "que si no como",
        "la puesta a punto",
        "un trozo de tela",
        "LA VOLTA",
    ],
)
def test_other_words_are_left_alone(right: str) -> None:
    assert SPELLER.corrected(right) == right


@given(HASTY)
def test_figures_never_change(question: str) -> None:
    corrected = SPELLER.corrected(question)
    assert re.findall(r"\d+", corrected) == re.findall(r"\d+", question)


@given(HASTY)
def test_correcting_twice_changes_nothing_more(question: str) -> None:
    once = SPELLER.corrected(question)
    assert SPELLER.corrected(once) == once


@given(
    st.sampled_from(["¿Cuánto cuesta arreglar un pinchazo?", "¿Qué horario tenéis?"])
)
def test_a_known_question_is_left_as_it_is(question: str) -> None:
    assert SPELLER.corrected(question) == question


@given(HASTY)
def test_a_sound_does_not_hear_case_or_accents(word: str) -> None:
    assert sound(word) == sound(word.upper()) == sound(unaccented(word))


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("Hola, buenas tardes, ¿hay sitio?", "hay sitio?"),
        ("buenos días! una duda: hay sitio", "hay sitio"),
        ("oye, quería saber si hay sitio", "hay sitio"),
        ("hay sitio? hola", "hay sitio? hola"),
        ("Hola", "Hola"),
        ("buenas noches", "buenas noches"),
        ("holanda queda lejos", "holanda queda lejos"),
    ],
)
def test_a_greeting_before_a_question_is_not_searched(
    asked: str, searched: str
) -> None:
    assert without_opening(asked) == searched


@given(st.text(max_size=80))
def test_what_is_left_is_the_end_of_what_was_asked(question: str) -> None:
    rest = without_opening(question)
    assert question.endswith(rest)
    assert bool(rest.strip()) == bool(question.strip())
