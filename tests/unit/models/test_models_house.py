"""What a house's texts share is read from them, and nothing where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.house import HouseForm, cut_last, is_finished

BODY = "Una frase aquí. Otra frase {n} más larga allí."


def texts(closing: str, count: int = 8) -> list[str]:
    return [f"{BODY.format(n=n)} {closing.format(n=n)}" for n in range(count)]


@pytest.mark.parametrize(
    ("closing", "found"),
    [
        ("Consejo: prueba {n} veces.", "Consejo: prueba"),
        ("Hasta el viernes.", "Hasta el viernes."),
        ("{n} cosas distintas.", ""),
        ("El {n} no es fórmula.", ""),
    ],
)
def test_the_closing_is_what_the_last_sentences_share(closing: str, found: str) -> None:
    form = HouseForm.of(texts(closing))
    assert form is not None
    assert form.closing == found


def test_lengths_are_those_before_the_closing() -> None:
    form = HouseForm.of([*texts("Consejo: lee."), "Corto y ya. Consejo: lee."])
    assert form is not None
    assert (form.fewest_words, form.most_words) == (3, 9)
    assert not form.repeats


def test_the_white_space_before_the_closing_is_kept() -> None:
    form = HouseForm.of([f"Un texto {n}.\n\nConsejo: lee." for n in range(8)])
    assert form is not None
    assert form.gap == "\n\n"


def test_one_text_that_closes_otherwise_does_not_hide_the_habit() -> None:
    form = HouseForm.of([*texts("Consejo: lee {n}."), "Nada que ver. Adiós."])
    assert form is not None
    assert form.closing == "Consejo: lee"


def test_few_texts_tell_nothing() -> None:
    assert HouseForm.of(texts("Consejo: lee.", 3)) is None


@given(st.text(alphabet='ab .!?\n"»', max_size=40))
def test_a_text_is_cut_without_loss(text: str) -> None:
    assert "".join(cut_last(text)) == text


def test_a_sentence_may_end_inside_quotes() -> None:
    assert is_finished("Dijo: «hola.»")
    assert not is_finished("Dijo que")
