"""Reports say what is known, and what it cannot tell."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import Arm
from ftcore.data.examples import Example, Task
from ftcore.evaluation.base import AnswerRecord, ArmResult, Evaluation
from ftcore.evaluation.scorers import correct_answer
from ftcore.evaluation.statistics import share_of
from ftcore.grading.rubric import load_rubric
from ftcore.reports.facts import DatasetFacts, ProjectFacts, TrainingFacts
from ftcore.reports.markdown import LONGEST_QUOTE, inline, quote
from ftcore.reports.model_card import model_card
from ftcore.reports.report import build_report
from ftcore.texts import catalog

PROJECT = ProjectFacts("Tienda La Huerta", "Responder a clientes.", "Ana")
DATA = DatasetFacts("huerta", Task.CHAT, 45, 36, 9)
TRAINING = TrainingFacts("SmolLM2 135M", "Apache-2.0", 4, 36, 65.0, 0.4)
EXPECTED = "Abrimos de 9 a 18 horas."


def arm(arm, answers):
    example = Example.from_pair("¿Cuál es el horario?", EXPECTED)
    records = tuple(
        AnswerRecord(
            example.prompt, EXPECTED, answer, (correct_answer(example, answer),), 1.5
        )
        for answer in answers
    )
    passes = share_of([record.scores[0].passed for record in records])
    return ArmResult(arm, records, passes, passes, passes, 1.5, None, 20.0)


def evaluation(right=7, wrong=2):
    tuned = [EXPECTED] * right + ["Abrimos de 8 a 14 horas."] * wrong
    arms = (arm(Arm.TUNED, tuned), arm(Arm.BASE, ["No lo sé."] * (right + wrong)))
    return Evaluation("e1", "m1", Task.CHAT, arms, "2026-01-01T00:00:00+00:00", 20.0)


def grade(**scores):
    return load_rubric().grade(scores)


def report(evaluated=None, graded=None, project=PROJECT):
    return build_report(project, DATA, TRAINING, evaluated, graded)


def test_the_report_follows_the_five_minutes_of_the_presentation():
    written = report(evaluation(), grade(functionality=80, relevance=70)).to_markdown()
    places = [
        written.index(part)
        for part in ("(1 min)", "(2 min)", "(1,5 min)", "(0,5 min)", "Nota:")
    ]
    assert places == sorted(places)
    assert "7 de 9 (78 %, entre 45 y 94)" in written
    assert "36 entrenan y 9 se reservan" in written
    assert "solo acertó el modelo entrenado: 7. Solo el modelo base: 0." in written


def test_few_answers_are_called_few():
    written = report(evaluation()).to_markdown()
    assert "9 ejemplos: un acierto más o menos cambia 11 puntos." in written
    assert "Solo 1 ejemplo" in report(evaluation(1, 0)).to_markdown()
    assert "un acierto más o menos" not in report(evaluation(30, 5)).to_markdown()


def test_wrong_answers_are_shown_with_the_reason_and_what_was_expected():
    written = report(evaluation()).to_markdown()
    worst = written[written.index("Lo que peor respondió") :]
    assert "Abrimos de 8 a 14 horas." in worst
    assert f"Se esperaba: {EXPECTED}" in worst
    assert "no es el esperado" in worst


def test_a_perfect_model_has_no_worst_answers():
    assert "Lo que peor" not in report(evaluation(9, 0)).to_markdown()


def test_without_an_evaluation_the_report_says_so():
    written = report().to_markdown()
    assert "Aún no hay evaluación" in written
    assert "no se ha evaluado" in written
    assert "Nota" not in written


def test_an_incomplete_grade_is_called_provisional():
    partial = report(None, grade(functionality=80)).to_markdown()
    assert "Nota provisional" in partial
    assert "Relevancia, Creatividad, Presentación" in partial
    whole = grade(functionality=90, relevance=90, creativity=90, presentation=90)
    complete = report(None, whole).to_markdown()
    assert "90,0 de 100** (Excelente)" in complete
    assert "provisional" not in complete


def test_a_classifier_is_described_by_its_labels():
    data = DatasetFacts("rrhh", Task.CLASSIFICATION, 40, 30, 10, ("normal", "urgente"))
    fitted = replace(TRAINING, steps=0)
    written = build_report(PROJECT, data, fitted, None, None).to_markdown()
    assert "Etiquetas: normal, urgente." in written
    assert "clasificador ajustado" in written


def test_the_report_and_the_card_name_the_version_that_trained():
    counted = build_report(PROJECT, replace(DATA, version=3), TRAINING, None, None)
    for written in (counted.to_markdown(), model_card(counted)):
        assert "Se entrenó con la versión 3 de los datos." in written
    for written in (report().to_markdown(), model_card(report())):
        assert "versión" not in written
    assert counted.to_json()["dataset"]["version"] == 3


def test_examples_asked_one_by_one_are_not_called_set_apart():
    few = replace(DATA, examples=9, train_examples=9, test_examples=8, one_by_one=True)
    built = build_report(PROJECT, few, TRAINING, None, None)
    assert "8 se preguntan de uno en uno" in built.to_markdown()
    assert "se reservan" not in built.to_markdown()
    assert "8 se evaluaron de uno en uno" in model_card(built)


def test_an_evaluation_of_another_task_is_a_bug():
    with pytest.raises(ValueError, match="data for"):
        build_report(
            PROJECT, DATA, TRAINING, replace(evaluation(), task=Task.COMPLETION), None
        )


def test_the_json_holds_figures_and_limits():
    values = json.loads(json.dumps(report(evaluation(), grade(relevance=50)).to_json()))
    assert values["evaluation"]["tuned"]["accuracy"]["n"] == 9
    assert values["dataset"]["task"] == "chat"
    assert values["grade"]["level"] == "insufficient"
    assert values["limits"][0].startswith("9 ejemplos")


def test_the_model_card_names_base_licence_data_figures_and_limits():
    card = model_card(report(evaluation()))
    for part in ("SmolLM2 135M", "Apache-2.0", "36 ejemplos", "7 de 9", "Límites"):
        assert part in card
    assert "Aún no hay evaluación" in model_card(report())


@given(st.text(), st.text())
def test_what_people_write_never_becomes_markup(title, objective):
    written = report(project=ProjectFacts(title, objective)).to_markdown()
    headings = [line for line in written.split("\n") if line.startswith("#")]
    assert len(headings) == 5
    assert "<" not in written.replace("\\<", "")


@given(st.text())
def test_inline_text_is_one_line(text):
    assert "\n" not in inline(text)
    assert len(quote(text)) <= 2 * LONGEST_QUOTE


def test_every_sentence_of_the_report_is_short():
    for key, value in catalog().items():
        if key.startswith(("report.", "model_card.", "evaluation.")):
            sentences = value.replace(":", ".").replace(";", ".").split(".")
            assert max(len(one.split()) for one in sentences) <= 20, key
