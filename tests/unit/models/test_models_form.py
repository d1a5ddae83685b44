"""Another thing asked in the words of a known question is doubted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.form import Forms

QUESTIONS = ("¿Cuánto cuesta el curso de inglés?", "¿Tenéis clases para niños?")
ANSWERS = ("Cuesta 78 € al mes.", "Sí, inglés desde los 4 años, los martes.")
FORMS = Forms.of(
    QUESTIONS, [f"{q}\n{a}" for q, a in zip(QUESTIONS, ANSWERS, strict=True)]
)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("¿Cuánto cuesta el curso de conducir?", 0),
        ("¿Cuánto cuesta el curso de costura?", 0),
        ("¿Tenéis clases para perros?", 1),
    ],
)
def test_another_thing_in_the_same_form_is_doubted(question: str, row: int) -> None:
    assert FORMS.doubt(question, row) > 0.5


@pytest.mark.parametrize("row", [0, 1])
def test_the_known_question_is_not_doubted(row: int) -> None:
    assert FORMS.doubt(QUESTIONS[row], row) == 0


def test_what_the_answer_tells_is_not_another_thing() -> None:
    assert FORMS.doubt("¿Tenéis clases los martes?", 1) == 0


def test_a_paraphrase_is_doubted_less_than_a_copy_of_the_form() -> None:
    paraphrase = FORMS.doubt("por qué precio puedo aprender idiomas aquí", 0)
    assert paraphrase < FORMS.doubt("¿Cuánto cuesta el curso de conducir?", 0)


@given(st.text(max_size=60), st.sampled_from([0, 1]))
def test_a_doubt_is_a_share(question: str, row: int) -> None:
    assert 0 <= FORMS.doubt(question, row) <= 1
