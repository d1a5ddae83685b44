"""A column's title may hold the usual name inside a few words."""

import pytest

from ftcore.data.columns import Kind, map_columns
from ftcore.data.vocabulary import word_inside


@pytest.mark.parametrize(
    ("names", "source", "target", "kind"),
    [
        (
            ["Nº", "Pregunta del cliente", "Respuesta que damos"],
            "Pregunta del cliente",
            "Respuesta que damos",
            Kind.QUESTION,
        ),
        (
            ["Texto del correo", "Nivel de urgencia"],
            "Texto del correo",
            "Nivel de urgencia",
            Kind.LABEL,
        ),
        (
            ["texto_original", "categoria_final"],
            "texto_original",
            "categoria_final",
            Kind.LABEL,
        ),
    ],
)
def test_titles_of_several_words_are_understood(names, source, target, kind):
    mapping = map_columns(names)
    assert mapping is not None
    assert (mapping.source, mapping.target, mapping.kind) == (source, target, kind)
    assert not mapping.guessed
    assert mapping.meant == ()


@pytest.mark.parametrize(
    "title",
    [
        "¿Cuál es la respuesta?",
        "Tengo una pregunta sobre mi pedido de ayer por la tarde",
        "pregunta",
        "Madrid centro",
        "Respuesta 2024",
    ],
)
def test_sentences_and_other_words_are_no_titles(title):
    assert word_inside(title) is None


def test_two_columns_that_hold_the_same_word_are_not_told_apart():
    mapping = map_columns(["pregunta antigua", "pregunta nueva"])
    assert mapping is None or mapping.guessed
