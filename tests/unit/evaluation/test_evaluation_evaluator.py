"""Arms are asked, timed, scored and added up."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import DEFAULT_SAMPLING, Arm, Doubt, Verdict
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.errors import ChatFailedError, NothingToEvaluateError
from ftcore.evaluation.base import ACCURACY, Evaluation
from ftcore.evaluation.evaluator import (
    build_evaluation,
    evaluate_chat,
    evaluate_labels,
    merge,
    summary,
)
from ftcore.evaluation.normalisation import fold, normalise
from ftcore.evaluation.report_lines import describe_arm
from ftcore.evaluation.statistics import accuracy_when_sure, compare_arms

SHOP = [
    ("¿Cuál es el horario?", "Abrimos de 9 a 18 horas."),
    ("¿Cuánto cuesta el envío?", "El envío cuesta 4,90 euros."),
    ("¿Puedo devolver?", "Sí, tienes 30 días con el ticket."),
    ("¿Hay talla 42?", "Sí, quedan 3 unidades."),
    ("¿Dónde estáis?", "Estamos en la calle Alcalá 45 de Madrid."),
]
EXAMPLES = [Example.from_pair(*pair) for pair in SHOP]
some_examples = st.lists(st.sampled_from(EXAMPLES), min_size=1, max_size=5)


class ScriptedChat:
    """Answers from a script by question, word by word; forgives the spelling."""

    def __init__(self, script, *, otherwise="", exact=False):
        self.exact = exact
        self.script = {self.key(q): a for q, a in script.items()}
        self.otherwise = otherwise
        self.asked = []

    def key(self, question):
        return question if self.exact else normalise(question)

    def reply(self, messages, options=DEFAULT_SAMPLING, trace=None) -> Iterator[str]:
        self.asked.append(tuple(messages))
        answer = self.script.get(self.key(messages[-1].content), self.otherwise)
        for word in answer.split(" "):
            yield f"{word} "


class KeywordLabels:
    """Calls a text urgent when it holds a word, as spelt."""

    def __init__(self, word):
        self.word = word

    def judge(self, text):
        if self.word in text:
            return Verdict({"urgente": 0.9, "normal": 0.1})
        doubt = Doubt.STRANGE if "?" in text else None
        return Verdict({"normal": 0.8, "urgente": 0.2}, doubt)


def parrot():
    return ScriptedChat(dict(SHOP))


def wrong_numbers():
    def change(answer):
        return answer.translate(str.maketrans("0123456789", "1234567890"))

    return ScriptedChat({question: change(answer) for question, answer in SHOP})


def ticking():
    ticks = count()
    return lambda: float(next(ticks))


@given(some_examples)
def test_a_parrot_of_the_expected_answers_is_perfect(examples):
    result = evaluate_chat(parrot(), examples, arm=Arm.TUNED)
    assert result.accuracy.value == result.relevance.value == 1.0
    assert result.consistency is not None
    assert result.consistency.value == 1.0
    assert result.accuracy.n == len(examples)


@given(some_examples, st.sampled_from(["blablá", "", "la la la la la la la"]))
def test_constant_nonsense_scores_nothing(examples, nonsense):
    model = ScriptedChat({}, otherwise=nonsense)
    result = evaluate_chat(model, examples, arm=Arm.BASE)
    assert result.accuracy.value == result.relevance.value == 0.0


@given(some_examples)
def test_wrong_numbers_are_never_correct(examples):
    result = evaluate_chat(wrong_numbers(), examples, arm=Arm.TUNED)
    assert result.accuracy.value == 0.0


def test_an_answer_that_depends_on_the_spelling_is_inconsistent():
    model = ScriptedChat(dict(SHOP), otherwise="No lo sé.", exact=True)
    result = evaluate_chat(model, EXAMPLES, arm=Arm.TUNED)
    assert result.accuracy.value == 1.0
    assert result.consistency is not None
    assert result.consistency.value == 0.0


def test_the_instruction_opens_only_conversations_without_their_own():
    own = Message(Role.SYSTEM, "Sé breve.")
    with_own = Example((own, *EXAMPLES[0].messages))
    model = parrot()
    evaluate_chat(
        model,
        [EXAMPLES[0], with_own],
        arm=Arm.TUNED,
        system_prompt="Eres la tienda.",
        consistency=False,
    )
    openings = [messages[0].content for messages in model.asked]
    assert openings == ["Eres la tienda.", "Sé breve."]
    assert all(m.role is not Role.ASSISTANT for asked in model.asked for m in asked)


def test_the_question_is_asked_again_in_another_spelling():
    model = parrot()
    evaluate_chat(model, EXAMPLES[:1], arm=Arm.TUNED)
    first, second = (messages[-1].content for messages in model.asked)
    assert (first, second) == ("¿Cuál es el horario?", "cual es el horario?")


@pytest.mark.parametrize("at_once", [1, 4])
def test_several_at_once_are_answered_in_order(at_once):
    gate = threading.Barrier(at_once)

    class Together(ScriptedChat):
        def reply(self, messages, options=DEFAULT_SAMPLING, trace=None):
            gate.wait(20)  # passes only if that many are asked at the same time
            yield from super().reply(messages, options, trace)

    examples, seen = list(EXAMPLES[:4]), []
    model = Together(dict(SHOP))
    result = evaluate_chat(
        model,
        examples,
        arm=Arm.TUNED,
        on_progress=lambda *done: seen.append(done),
        consistency=False,
        at_once=at_once,
    )
    assert [r.answer for r in result.records] == [e.target for e in examples]
    assert seen == [(n, len(examples)) for n in range(1, len(examples) + 1)]


def test_a_failure_among_several_is_told():
    class Broken(ScriptedChat):
        def reply(self, messages, options=DEFAULT_SAMPLING, trace=None):
            raise ChatFailedError(reason="broken")
            yield

    with pytest.raises(ChatFailedError):
        evaluate_chat(Broken({}), EXAMPLES, arm=Arm.TUNED, at_once=3)


def test_an_answer_may_be_some_twice_as_long_as_expected():
    asked = []

    class Noting(ScriptedChat):
        def reply(self, messages, options=DEFAULT_SAMPLING, trace=None):
            asked.append(options.max_tokens)
            yield "no"

    for letters in (5, 150, 5000):
        example = Example.from_pair("¿Qué?", "a" * letters)
        evaluate_chat(Noting({}), [example], arm=Arm.TUNED, consistency=False)
    assert asked == [64, 150, 256]


def test_without_consistency_each_question_is_asked_once():
    model = parrot()
    result = evaluate_chat(model, EXAMPLES, arm=Arm.TUNED, consistency=False)
    assert len(model.asked) == len(EXAMPLES)
    assert result.consistency is None


def test_times_are_taken_to_the_first_piece_and_to_the_end():
    result = evaluate_chat(parrot(), EXAMPLES, arm=Arm.TUNED, clock=ticking())
    record = result.records[0]
    assert (record.first_token_seconds, record.seconds) == (1.0, 2.0)
    assert (result.mean_first_seconds, result.mean_seconds) == (1.0, 2.0)
    written = sum(len(answer) for _, answer in SHOP)
    assert result.chars_per_second == pytest.approx(written / (2 * len(SHOP)))


def test_progress_is_told_and_a_stop_keeps_what_was_answered():
    told = []
    result = evaluate_chat(
        parrot(),
        EXAMPLES,
        arm=Arm.TUNED,
        on_progress=lambda done, total: told.append((done, total)),
        should_stop=lambda: len(told) == 2,
    )
    assert told == [(1, 5), (2, 5)]
    assert result.accuracy.n == 2


def test_a_stop_before_the_first_answer_leaves_an_empty_result():
    result = evaluate_chat(parrot(), EXAMPLES, arm=Arm.TUNED, should_stop=lambda: True)
    assert (result.records, result.accuracy.n, result.mean_seconds) == ((), 0, 0.0)
    assert "sin datos" in describe_arm(result)


def test_nothing_held_out_is_said():
    with pytest.raises(NothingToEvaluateError):
        evaluate_chat(parrot(), [], arm=Arm.TUNED)
    with pytest.raises(NothingToEvaluateError):
        evaluate_labels(KeywordLabels("x"), [], arm=Arm.TUNED)


LABELLED = [
    Example.from_pair("Servidor caído", "urgente"),
    Example.from_pair("Nómina sin pagar", "urgente"),
    Example.from_pair("Consulta de vacaciones", "normal"),
    Example.from_pair("Servidor nuevo en junio", "normal"),
]


def test_labels_are_counted_with_their_probability():
    result = evaluate_labels(KeywordLabels("Servidor"), LABELLED, arm=Arm.TUNED)
    answers = [record.answer for record in result.records]
    assert answers == ["urgente", "normal", "normal", "urgente"]
    assert [r.probability for r in result.records] == [0.9, 0.8, 0.8, 0.9]
    assert result.accuracy.value == 0.5
    assert result.relevance.value == pytest.approx(0.5)


def test_labels_that_depend_on_capitals_are_inconsistent():
    result = evaluate_labels(KeywordLabels("Servidor"), LABELLED, arm=Arm.TUNED)
    assert result.consistency is not None
    assert result.consistency.value == 0.5
    steady = evaluate_labels(
        KeywordLabels(fold("SERVIDOR")), LABELLED, arm=Arm.TUNED, consistency=False
    )
    assert steady.consistency is None


def test_a_completion_is_judged_by_its_style():
    article = (
        "Caminar media hora mejora el ánimo y el corazón. Empieza despacio y elige "
        "un parque. En un mes notarás más energía."
    )
    example = Example.from_pair("Beneficios de caminar", article)
    model = ScriptedChat({example.prompt: article})
    result = evaluate_chat(model, [example], arm=Arm.TUNED, task=Task.COMPLETION)
    assert result.accuracy.value == 1.0
    assert result.records[0].score("numbers") is None


def results():
    return (
        evaluate_chat(parrot(), EXAMPLES, arm=Arm.TUNED, clock=ticking()),
        evaluate_chat(wrong_numbers(), EXAMPLES, arm=Arm.BASE, clock=ticking()),
    )


def build(arms, model_id="m1", **options):
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return build_evaluation(
        model_id, Task.CHAT, arms, clock=lambda: moment, make_id=lambda: "e1", **options
    )


def test_arms_are_compared_question_by_question():
    tuned, base = results()
    found = compare_arms(tuned, base)
    assert (found.wins, found.losses, found.ties) == (5, 0, 0)


def test_an_evaluation_is_built_from_its_arms():
    evaluation = build(results())
    assert evaluation.evaluation_id == "e1"
    assert evaluation.created_at == "2026-01-02T00:00:00+00:00"
    assert evaluation.seconds == 20.0
    assert evaluation.arm(Arm.NEAREST) is None
    figures = summary(evaluation)
    assert figures["tuned"]["accuracy"]["value"] == 1.0
    assert figures["base"]["accuracy"]["n"] == 5


def test_merging_keeps_the_newest_result_of_each_arm():
    tuned, base = results()
    empty = evaluate_chat(parrot(), EXAMPLES, arm=Arm.TUNED, should_stop=lambda: True)
    merged = merge(build([empty], seconds=1.0), build([tuned, base], seconds=2.0))
    assert merged.seconds == 3.0
    kept = merged.arm(Arm.TUNED)
    assert kept is not None
    assert kept.records[0].passed(ACCURACY)
    assert len(merged.arms) == 2


def test_different_models_are_not_merged():
    with pytest.raises(ValueError, match="one model"):
        merge(build([]), build([], model_id="m2"))


def test_an_arm_is_described_in_one_line():
    tuned, _ = results()
    line = describe_arm(tuned)
    assert line.startswith("Modelo entrenado: precisión 5 de 5 (100 %, entre 57 y 100)")
    assert "2,0 s por respuesta" in line


def test_doubts_are_counted_and_told_apart_from_what_is_sure():
    examples = [*LABELLED, Example.from_pair("¿Cómo se hace un flan?", "urgente")]
    result = evaluate_labels(KeywordLabels("Servidor"), examples, arm=Arm.TUNED)
    assert [record.is_unsure for record in result.records] == [False] * 4 + [True]
    assert result.accuracy.n == 5  # the likeliest label is still its answer
    assert result.records[-1].answer == "normal"
    sure = accuracy_when_sure(result)
    assert (sure.passed, sure.n) == (2, 4)
    assert "seguro en 4 de 5" in describe_arm(result)
    assert "2 de 4" in describe_arm(result)
    evaluation = build_evaluation("m", Task.CLASSIFICATION, [result])
    assert summary(evaluation)["tuned"]["when_sure"]["n"] == 4
    assert Evaluation.from_json(evaluation.to_json()) == evaluation


def test_a_model_that_never_doubts_says_nothing_of_doubts():
    result = evaluate_labels(KeywordLabels("Servidor"), LABELLED, arm=Arm.TUNED)
    assert "seguro" not in describe_arm(result)
    evaluation = build_evaluation("m", Task.CLASSIFICATION, [result])
    assert "when_sure" not in summary(evaluation)["tuned"]


def test_a_model_that_always_doubts_says_so():
    examples = [Example.from_pair("¿Cómo?", "urgente")]
    result = evaluate_labels(KeywordLabels("Servidor"), examples, arm=Arm.TUNED)
    assert "ninguna" in describe_arm(result)
