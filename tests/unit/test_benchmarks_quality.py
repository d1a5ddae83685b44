"""The quality sets are sound, and their judge tells right from wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.asking import Run, answers_of, train
from benchmarks.quality.figures import share
from benchmarks.quality.form import form_checks
from benchmarks.quality.judging import Verdict, contains, judge
from benchmarks.quality.records import (
    About,
    Record,
    append_record,
    load_records,
    record_of,
    write_records,
)
from benchmarks.quality.sets import (
    IN_SCOPE,
    OUT_OF_SCOPE,
    load_set,
    set_names,
)
from benchmarks.quality.tables import current, groups, tables
from ftcore.chat.base import Arm
from ftcore.data.templates import list_templates
from ftcore.training.base import Preset

NAMES = set_names()
BIKES = load_set("bikes")
SOME = Record(
    set_name="bikes",
    digest=BIKES.digest,
    preset="balanced",
    seed=42,
    arm="tuned",
    change="",
    config="as the preset says",
    passed={"right": "10" * 30},
    verdicts="ru" * 30,
    training_seconds=46.0,
    answer_seconds=0.4,
    date="2026-11-29",
)
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


@pytest.mark.parametrize("name", ["blog", "walks"])
def test_the_examples_of_a_house_keep_its_style(name: str) -> None:
    data = load_set(name)
    checks = form_checks(data)
    for example in data.dataset.examples:
        failed = {n for n, holds in checks.items() if not holds(example.target)}
        assert failed == {"not_copied"}


def test_a_text_that_breaks_a_rule_is_told() -> None:
    blog, walks = form_checks(load_set("blog")), form_checks(load_set("walks"))
    assert not blog["opening"]("Regar es fácil. ¿No?")
    assert not blog["closing"]("¿Regar? Regar es fácil.")
    assert not walks["opening"]("¿Por qué no salimos?")
    assert not walks["nothing_forbidden"]("Kilómetro cero: un valle Mágico.")
    assert walks["tone"]("Subimos despacio.")
    assert not walks["tone"]("Sube despacio.")
    assert walks["not_copied"]("Kilómetro cero: el puerto. Allí comimos sardinas.")


@given(
    st.dictionaries(
        st.text(max_size=3), st.lists(st.booleans(), min_size=1, max_size=3)
    )
)
def test_a_share_lies_in_its_interval(found: dict[str, list[bool]]) -> None:
    measured = share(found)
    assert 0 <= measured.low <= measured.value <= measured.high <= 1
    assert measured.questions == len(found)


def test_records_are_kept_and_the_newest_counts(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    new = replace(SOME, passed={"right": "1" * 60}, verdicts="r" * 60)
    other = replace(SOME, seed=43)
    for record in (SOME, other, new):
        append_record(record, path)
    found = load_records(path)
    assert sorted(found.values(), key=lambda record: record.seed) == [new, other]
    write_records(found.values(), path)
    assert load_records(path) == found
    assert [g.share("right").value for g in groups(found.values())] == [0.75]
    assert "| bikes | balanced | tuned | 2 | 75 (" in tables(found.values())


def test_figures_of_a_set_that_changed_are_not_shown() -> None:
    assert current([]) == []
    gone = replace(SOME, digest="of other files")
    assert current([gone, SOME]) == [SOME]


@pytest.mark.parametrize("name", ["complaints_small", "clinic_open"])
def test_a_classifier_s_answers_are_judged_one_by_one(
    name: str, tmp_path: Path
) -> None:
    data = load_set(name)
    run = Run(name, Preset.BALANCED, 42)
    train(data, run, tmp_path)
    answers = list(answers_of(data, tmp_path, Arm.TUNED))
    record = record_of(
        data, run, "tuned", answers, About(1.0, "2026-11-29", {"kept_pass": 1})
    )
    assert record.figures["kept_pass"] == 1
    assert len(record.passed["right"]) == len(data.questions)
    assert record.figures["macro_f1"] > 0.5
