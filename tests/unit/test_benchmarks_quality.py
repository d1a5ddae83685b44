"""The quality sets are sound, and their judge tells right from wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.figures import share
from benchmarks.quality.form import form_checks
from benchmarks.quality.judging import Verdict, contains, judge
from benchmarks.quality.sets import IN_SCOPE, OUT_OF_SCOPE, load_set, set_names
from ftcore.data.templates import list_templates

NAMES = set_names()
BIKES = load_set("bikes")
REFUSAL = "No tengo ese dato. ¿Puedo ayudarte con otra cosa?"
PUNCTURE = next(q for q in BIKES.questions if "pinchado" in q.question)
SCOOTER = next(q for q in BIKES.questions if "patinetes" in q.question)


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_stands_in_the_examples_that_answer(name: str) -> None:
    data = load_set(name)
    for question in data.questions:
        assert all(contains(data.answers(question), fact) for fact in question.facts)
        assert bool(question.rows) == (question.kind in IN_SCOPE)


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_themselves_are_judged_right(name: str) -> None:
    data = load_set(name)
    for question in data.questions:
        if question.kind in IN_SCOPE:
            answer = data.answers(question)
            assert judge(data, question, answer) is Verdict.RIGHT
        elif question.kind in OUT_OF_SCOPE:
            assert judge(data, question, REFUSAL) is Verdict.RIGHT


def test_no_answer_is_a_template_s_and_no_question_an_example_s() -> None:
    known = {e.target for t in list_templates() for e in t.dataset.examples}
    for name in NAMES:
        data = load_set(name)
        own = {example.prompt for example in data.dataset.examples}
        assert not known & {example.target for example in data.dataset.examples}
        assert not own & {question.question for question in data.questions}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Arreglar un pinchazo cuesta 9 €.", Verdict.RIGHT),
        ("Arreglar un pinchazo cuesta 9,50 €.", Verdict.ALTERED),
        ("La revisión básica cuesta 35 €.", Verdict.WRONG),
        ("Cuesta 9 € y la revisión, 35 €.", Verdict.WRONG),
        (REFUSAL, Verdict.REFUSED),
    ],
)
def test_an_answer_in_scope_needs_its_fact_and_no_other(
    answer: str, verdict: Verdict
) -> None:
    assert judge(BIKES, PUNCTURE, answer) is verdict


def test_out_of_scope_anything_but_a_refusal_is_wrong() -> None:
    assert judge(BIKES, SCOOTER, "Sí, desde 300 €.") is Verdict.UNREFUSED


def test_a_fact_is_no_part_of_a_longer_figure() -> None:
    assert contains("Cuesta 15 €.", "15")
    assert not contains("Cuesta 150 €.", "15")
    assert not contains("Cuesta 15,50 €.", "15")
    assert not contains("Cuesta 1.150 €.", "150")


def test_the_examples_of_the_blog_keep_its_form() -> None:
    data = load_set("blog")
    checks = form_checks(data)
    for example in data.dataset.examples:
        failed = [name for name, holds in checks.items() if not holds(example.target)]
        assert failed == []
    assert not checks["opens_with_a_question"]("Regar es fácil. ¿No?")
    assert not checks["closes_as_the_house"]("¿Regar? Regar es fácil.")


@given(
    st.dictionaries(
        st.text(max_size=3), st.lists(st.booleans(), min_size=1, max_size=3)
    )
)
def test_a_share_lies_in_its_interval(found: dict[str, list[bool]]) -> None:
    measured = share(found)
    assert 0 <= measured.low <= measured.value <= measured.high <= 1
    assert measured.questions == len(found)
