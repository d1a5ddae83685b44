"""Answers are judged by what they claim."""

from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from ftcore.data.examples import Example, Message, Role, Task
from ftcore.evaluation import scorers
from ftcore.evaluation.language import is_complete, is_loop, looks_spanish
from ftcore.evaluation.normalisation import fold, normalise, rewrite_question
from ftcore.evaluation.overlap import f1_of_tokens
from ftcore.evaluation.refusals import is_refusal
from ftcore.texts import text

PAIRS = yaml.safe_load(
    (Path(__file__).parent / "answer_pairs.yaml").read_text(encoding="utf-8")
)
CASES = [case for part in PAIRS.values() for case in part]
RIGHT = [(c["question"], c["expected"], a) for c in CASES for a in c["right"]]
WRONG = [(c["question"], c["expected"], a) for c in CASES for a in c["wrong"]]
QUESTIONS = [(c["question"], c["expected"]) for c in CASES]
ALL_SCORERS = {scorer for panel in scorers.SCORERS.values() for scorer in panel}


def example_of(question, expected):
    return Example.from_pair(question, expected)


@pytest.mark.parametrize(("question", "expected", "answer"), RIGHT)
def test_right_answers_pass(question, expected, answer):
    example = example_of(question, expected)
    assert scorers.why_wrong(example, answer) is None
    assert scorers.useful_answer(example, answer).passed


@pytest.mark.parametrize(("question", "expected", "answer"), WRONG)
def test_wrong_answers_do_not_pass(question, expected, answer):
    score = scorers.correct_answer(example_of(question, expected), answer)
    assert not score.passed
    assert text(f"evaluation.reasons.{score.reason}")


@given(st.sampled_from(QUESTIONS), st.data())
def test_one_changed_digit_makes_an_answer_wrong(pair, data):
    places = [place for place, char in enumerate(pair[1]) if char.isdigit()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    digit = data.draw(
        st.sampled_from("0123456789").filter(lambda d: d != pair[1][place])
    )
    changed = pair[1][:place] + digit + pair[1][place + 1 :]
    assert not scorers.correct_answer(example_of(*pair), changed).passed


@given(st.sampled_from(QUESTIONS))
def test_case_accents_and_punctuation_do_not_matter(pair):
    example = example_of(*pair)
    shouted = fold(pair[1]).upper().rstrip(".")
    assert scorers.correct_answer(example, shouted).value == 1.0


@given(st.text(), st.text(min_size=1), st.text())
def test_scores_are_bounded_repeatable_and_explained(question, expected, answer):
    example = example_of(question, expected)
    for scorer in ALL_SCORERS:
        score = scorer(example, answer)
        assert 0 <= score.value <= 1
        assert score == scorer(example, answer)
        assert (score.reason is None) == score.passed


@given(st.text(), st.text(min_size=1))
def test_the_expected_answer_is_always_right_and_useful(question, expected):
    example = example_of(question, expected)
    assert scorers.correct_answer(example, expected).passed
    assert scorers.useful_answer(example, expected).passed
    assert scorers.in_the_style(example, expected).passed


@given(st.sampled_from(QUESTIONS), st.sampled_from(["", " ", "...", "ñ ñ ñ ñ ñ ñ"]))
def test_empty_and_looping_answers_are_neither_right_nor_useful(pair, answer):
    for scorer in (scorers.correct_answer, scorers.useful_answer):
        assert not scorer(example_of(*pair), answer).passed


@given(st.text(), st.text())
def test_token_f1_is_symmetric(first, second):
    assert f1_of_tokens(first, second) == f1_of_tokens(second, first)
    assert f1_of_tokens(first, first) in {0.0, 1.0}


@given(st.text())
def test_normalising_twice_changes_nothing(written):
    assert normalise(normalise(written)) == normalise(written)


@given(st.text())
def test_a_rewritten_question_differs_but_asks_the_same(question):
    again = rewrite_question(question)
    assert again != question
    assert normalise(again) == normalise(question)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("No tengo ese dato.", True),
        ("No dispongo de esa información.", True),
        ("Lo siento, no lo sé", True),
        ("Desconozco el precio.", True),
        ("No tengo ese dato; escribe a hola@example.com.", True),
        ("No, no tenemos esa talla.", False),
        ("No aceptamos tarjeta.", False),
        ("Abrimos a las 9.", False),
        ("El precio no se incluye en la reserva.", False),
    ],
)
def test_refusals_are_told_from_denials(answer, expected):
    assert is_refusal(answer) is expected


def test_a_refusal_may_send_people_elsewhere_but_not_to_a_wrong_place():
    plain = example_of("¿Dan clases?", "No tengo ese dato.")
    assert scorers.correct_answer(plain, "No lo sé; llama al 555 0140.").passed
    with_phone = example_of("¿Dan clases?", "No tengo ese dato; llama al 555 0140.")
    assert scorers.correct_answer(with_phone, "No lo sé; llama al 5550140.").passed
    wrong = scorers.correct_answer(with_phone, "No lo sé; llama al 555 0141.")
    assert wrong.reason == "wrong_numbers"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("We are open from nine to five and you can come in.", "not_spanish"),
        ("No tengo ese dato.", "needless_refusal"),
        ("¿Cuál es el horario?", "echo"),
        ("Abrimos de lunes a viernes de", "cut_off"),
        ("Las jirafas duermen apenas media noche entre acacias.", "off_topic"),
        ("Abrimos siempre muy bien. " * 5, "loop"),
    ],
)
def test_useless_answers_say_why(answer, reason):
    example = example_of("¿Cuál es el horario?", "Abrimos de lunes a viernes.")
    assert scorers.useful_answer(example, answer).reason == reason


def test_a_fluent_wrong_answer_is_on_topic_but_not_correct():
    example = example_of("¿Cuánto cuesta el envío?", "El envío cuesta 5 euros.")
    assert scorers.useful_answer(example, "El envío cuesta 9 euros.").passed
    assert not scorers.correct_answer(example, "El envío cuesta 9 euros.").passed


def test_the_last_question_of_a_conversation_is_the_one_judged():
    turns = (
        Message(Role.USER, "Hola"),
        Message(Role.ASSISTANT, "¿Qué necesitas?"),
        Message(Role.USER, "¿Aceptáis tarjeta?"),
        Message(Role.ASSISTANT, "Sí."),
    )
    assert scorers.last_question(Example(turns)) == "¿Aceptáis tarjeta?"


COMPLETION = example_of(
    "Beneficios de caminar",
    "Caminar media hora al día mejora el corazón y el ánimo. Empieza despacio y "
    "elige un parque cercano. En un mes notarás más energía.",
)


def test_a_text_of_the_same_style_passes_though_it_says_something_else():
    answer = (
        "Caminar cada día cuida tu corazón y te da energía. Elige un parque y "
        "empieza con poco tiempo. Notarás mejor ánimo en un mes."
    )
    assert scorers.in_the_style(COMPLETION, answer).passed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Caminar mejora el corazón.", "other_length"),
        (
            "Los ordenadores guardan datos en discos magnéticos. Cada archivo ocupa "
            "bloques y una tabla los ordena. El usuario solo ve carpetas.",
            "off_topic",
        ),
    ],
)
def test_a_text_of_another_style_fails(answer, reason):
    assert scorers.in_the_style(COMPLETION, answer).reason == reason


def test_labels_must_be_equal():
    example = example_of("Servidor caído", "urgente")
    assert scorers.label_match(example, "urgente").passed
    assert scorers.label_match(example, "normal").reason == "other_label"


@pytest.mark.parametrize(
    ("first", "second", "agrees"),
    [
        ("Abrimos de 9 a 18 h.", "abrimos de 9 a 18 h", True),
        ("Abrimos de 9 a 18 h.", "Abrimos de 9 a 14 h.", False),
        (
            "Sí, aceptamos tarjeta de crédito.",
            "No aceptamos tarjeta de crédito.",
            False,
        ),
        ("No lo sé.", "No tengo ese dato.", True),
        ("Abrimos los lunes.", "Aceptamos tarjeta.", False),
    ],
)
def test_agreement_of_two_answers(first, second, agrees):
    assert scorers.answers_agree(first, second) is agrees
    assert scorers.answers_agree(second, first) is agrees


def test_every_scorer_has_its_name_in_spanish():
    example = example_of("¿Abrís?", "Sí.")
    for task in Task:
        for scorer in scorers.SCORERS[task]:
            assert text(f"evaluation.scores.{scorer(example, 'Sí.').name}")


@pytest.mark.parametrize(
    ("written", "spanish"),
    [
        ("Abrimos de lunes a viernes.", True),
        ("Bizum, Visa, PayPal", True),
        ("The shop is open on Monday.", False),
        ("Магазин открыт с девяти до шести", False),
        ("12,50 €", True),
    ],
)
def test_spanish_is_recognised(written, spanish):
    assert looks_spanish(written) is spanish


def test_a_good_long_answer_is_no_loop():
    for case in CASES:
        assert not is_loop(case["expected"])
        assert is_complete(case["expected"])
    assert is_loop("hola " * 40)
    assert is_loop("a" * 200)
