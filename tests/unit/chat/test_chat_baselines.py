"""Baselines, the script, the classifiers and the search for the nearest example."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import Doubt
from ftcore.chat.baselines import NearestExampleChat, word_pieces
from ftcore.chat.labels import HeadLabelModel, LabelChat, NearestLabelModel
from ftcore.chat.questions import (
    leans_on_context,
    nearest_to_last,
    split_in_two,
)
from ftcore.chat.scripted import ScriptedChat
from ftcore.data.examples import Example, Message, Role
from ftcore.errors import NotATrainedModelError
from ftcore.models.label_head import (
    Caution,
    LabelHead,
    LabelHeads,
    LinearHead,
    load_head,
    load_left_out,
)
from ftcore.models.retrieval import ExampleIndex
from tests.unit.chat.chat_doubles import WordEmbedder

EMBEDDER = WordEmbedder("paella precio horario domingo perro urgente tranquilo")
PAELLA = Example.from_pair("precio paella", "La paella cuesta 12 euros.")
HOURS = Example.from_pair("horario domingo", "Los domingos abrimos a las 13:00.")
INDEX = ExampleIndex.build([PAELLA, HOURS], EMBEDDER)


def asks(*questions):
    return [Message(Role.USER, question) for question in questions]


def answer(model, *questions):
    return "".join(model.reply(asks(*questions)))


def test_the_nearest_example_answers_to_the_letter():
    assert answer(NearestExampleChat(INDEX), "horario") == HOURS.target


def test_nothing_near_enough_is_refused():
    model = NearestExampleChat(INDEX, threshold=0.5, refusal="No tengo ese dato.")
    assert answer(model, "perro") == "No tengo ese dato."
    assert answer(model, "paella") == PAELLA.target


def test_without_words_of_refusal_the_nearest_answers_all_the_same():
    assert answer(NearestExampleChat(INDEX, threshold=0.9), "perro paella")


@pytest.mark.parametrize("question", ["", "   "])
def test_an_empty_question_finds_nothing(question):
    assert answer(NearestExampleChat(INDEX, refusal="¿Cómo?"), question) == "¿Cómo?"


def test_a_short_follow_up_is_searched_with_the_question_before_it():
    found = nearest_to_last(INDEX, asks("precio paella", "¿y eso?"), threshold=0.5)
    assert found[0].example == PAELLA


def test_a_short_question_that_stands_alone_is_searched_alone():
    found = nearest_to_last(INDEX, asks("precio paella", "horario"), threshold=0.5)
    assert found[0].example == HOURS


def test_a_long_question_is_never_mixed_with_the_one_before():
    question = "quiero saber si puedo ir con mi perro grande"
    found = nearest_to_last(INDEX, asks("precio paella", question), threshold=0.9)
    assert found[0].similarity < 0.9


@pytest.mark.parametrize(
    ("question", "leans"),
    [
        ("¿Y para llevar?", True),
        ("¿Cuánto?", True),
        ("Entonces qué precio tiene la paella para seis personas", True),
        ("¿Qué precio tiene la paella para seis?", False),
        ("", False),
    ],
)
def test_follow_ups_are_told_by_length_and_first_word(question, leans):
    assert leans_on_context(question) is leans


@given(st.text())
def test_the_pieces_of_an_answer_are_the_answer(words):
    assert "".join(word_pieces(words)) == words


def test_the_script_follows_the_turns_and_starts_over():
    model = ScriptedChat(["uno", "dos tres"])
    assert answer(model, "a") == "uno"
    assert answer(model, "a", "b") == "dos tres"
    assert answer(model, "a", "b", "c") == "uno"


def test_a_script_needs_words():
    with pytest.raises(ValueError, match="at least one"):
        ScriptedChat([])


NEVER_DOUBTS = Caution()


def head(caution=NEVER_DOUBTS):
    coef = np.zeros((2, 8))
    coef[0, 5], coef[1, 6] = 4.0, 4.0  # the columns of 'urgente' and 'tranquilo'
    linear = LinearHead(coef, np.array([0.0, 1.0]))
    return HeadLabelModel(
        ["alta", "baja"], LabelHead(linear, caution, ("query",)), EMBEDDER
    )


def test_the_head_is_a_softmax_of_linear_scores():
    found = head().judge("urgente").chances
    assert list(found) == ["alta", "baja"]
    # scores 4 and 1: e^3 to 1
    assert found["alta"] == pytest.approx(np.exp(3) / (1 + np.exp(3)), abs=1e-4)


@given(st.text())
def test_probabilities_are_ranked_and_sum_to_one(words):
    labelled = [
        Example.from_pair("urgente", "alta"),
        Example.from_pair("paella", "baja"),
    ]
    nearest = NearestLabelModel(
        ["alta", "baja", "media"], ExampleIndex.build(labelled, EMBEDDER)
    )
    for model in (head(), nearest):
        shares = list(model.judge(words).chances.values())
        assert sum(shares) == pytest.approx(1.0)
        assert shares == sorted(shares, reverse=True)


def test_the_nearer_examples_outvote_the_farther_ones():
    examples = [
        Example.from_pair("urgente urgente precio", "alta"),
        Example.from_pair("tranquilo urgente", "baja"),
        Example.from_pair("tranquilo domingo", "baja"),
    ]
    model = NearestLabelModel(["alta", "baja"], ExampleIndex.build(examples, EMBEDDER))
    assert model.judge("urgente precio").label == "alta"
    assert model.judge("tranquilo").label == "baja"


def test_without_a_text_every_class_is_as_likely():
    model = NearestLabelModel(["alta", "baja"], INDEX)
    assert model.judge(" ").chances == {"alta": 0.5, "baja": 0.5}


def test_a_classifier_can_answer_a_chat():
    assert answer(LabelChat(head()), "tranquilo", "urgente") == "alta"


def test_a_verdict_below_the_learnt_probability_is_given_with_a_doubt():
    # 'urgente' is e^3 to 1, about 0.953
    sure = head(Caution(least_probability=0.95)).judge("urgente")
    assert (sure.label, sure.doubt, sure.is_unsure) == ("alta", None, False)
    unsure = head(Caution(least_probability=0.96)).judge("urgente")
    assert (unsure.label, unsure.doubt, unsure.is_unsure) == ("alta", Doubt.CLOSE, True)
    assert unsure.probability == sure.probability


def test_a_text_like_nothing_learnt_is_given_with_a_doubt():
    known = EMBEDDER.query(["urgente", "tranquilo"])
    model = head(Caution(0.0, 0.5, known))
    assert model.judge("urgente").doubt is None
    assert model.judge("paella").doubt is Doubt.STRANGE


@given(st.floats(0, 1), st.floats(0, 1), st.sampled_from(["urgente", "paella", ""]))
def test_a_higher_threshold_never_takes_a_doubt_away(one, other, words):
    low, high = sorted((one, other))
    if head(Caution(low)).judge(words).is_unsure:
        assert head(Caution(high)).judge(words).is_unsure


def test_heads_survive_their_folder(tmp_path):
    rng = np.random.default_rng(0)

    def some_head():
        linear = LinearHead(
            rng.normal(size=(2, 16)).astype(np.float32),
            rng.normal(size=2).astype(np.float32),
        )
        known = np.eye(8, dtype=np.float32)[: rng.integers(1, 8)]
        return LabelHead(linear, Caution(0.25, 0.5, known))

    heads = LabelHeads(some_head(), some_head(), tuple(some_head() for _ in range(12)))
    heads.save(tmp_path)
    found = LabelHeads(
        load_head(tmp_path),
        load_head(tmp_path, evaluation=True),
        tuple(load_left_out(tmp_path)),
    )
    for mine, theirs in zip(
        (heads.final, heads.evaluation, *heads.left_out),
        (found.final, found.evaluation, *found.left_out),
        strict=True,
    ):
        assert (mine.linear.coef == theirs.linear.coef).all()
        assert (mine.linear.intercept == theirs.linear.intercept).all()
        assert (mine.caution.known == theirs.caution.known).all()
        assert mine.caution.least_likeness == theirs.caution.least_likeness
        assert mine.views == theirs.views


def test_a_folder_of_before_doubts_were_learnt_still_answers(tmp_path):
    coef, intercept = np.ones((2, 8)), np.array([0.0, 1.0])
    np.savez(
        tmp_path / "classifier.npz",
        coef=coef,
        intercept=intercept,
        eval_coef=coef,
        eval_intercept=intercept,
        left_out_coef=np.stack([coef, coef]),
        left_out_intercept=np.stack([intercept, intercept]),
    )
    served = load_head(tmp_path)
    assert (served.views, served.caution.least_probability) == (("query",), 0)
    model = HeadLabelModel(["alta", "baja"], served, EMBEDDER)
    verdict = model.judge("paella")
    assert (verdict.label, verdict.is_unsure) == ("baja", False)
    assert load_head(tmp_path, evaluation=True).linear.intercept[1] == 1
    assert len(load_left_out(tmp_path)) == 2


def test_a_folder_without_a_head_is_not_a_trained_model(tmp_path):
    with pytest.raises(NotATrainedModelError):
        load_head(tmp_path)
    np.savez(tmp_path / "classifier.npz", coef=np.ones((2, 8)))
    with pytest.raises(NotATrainedModelError):
        load_head(tmp_path)
    with pytest.raises(NotATrainedModelError):
        load_left_out(tmp_path)


def test_a_follow_up_may_leave_the_subject_before_it():
    found = nearest_to_last(INDEX, asks("precio paella", "y el horario"), 0.1)
    assert found[0].example == HOURS


def test_a_follow_up_is_no_surer_for_the_question_before_it():
    alone = nearest_to_last(INDEX, asks("y el perro"), 0.9)
    after = nearest_to_last(INDEX, asks("precio paella", "y el perro"), 0.9)
    assert after[0].similarity <= max(n.similarity for n in alone)


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        (
            "¿Cuánto cuesta la paella y qué horario tienen?",
            ["¿Cuánto cuesta la paella", "qué horario tienen?"],
        ),
        (
            "¿Precio de la paella? ¿Admiten perros?",
            ["¿Precio de la paella?", "¿Admiten perros?"],
        ),
        (
            "precio del vestido rojo y de los jeans",
            ["precio del vestido rojo", "de los jeans"],
        ),
        ("¿Tienen arroz y marisco?", []),
        ("Hola, ¿qué tal? ¿Cuánto cuesta la paella?", []),
        ("una paella? precio", []),
        ("", []),
    ],
)
def test_two_questions_in_one_are_told_apart(message, parts):
    assert split_in_two(message) == parts


def test_two_questions_get_both_answers():
    model = NearestExampleChat(INDEX, threshold=0.5, refusal="No lo sé.")
    both = answer(model, "¿la paella qué precio tiene? ¿qué horario hay el domingo?")
    assert both == f"{PAELLA.target} {HOURS.target}"


@given(st.text(max_size=80))
def test_a_message_holds_two_questions_or_one(message):
    assert len(split_in_two(message)) in {0, 2}
