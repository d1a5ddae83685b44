"""A conversation is cut to the context without losing what matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.trimming import trim
from ftcore.data.examples import Message, Role
from ftcore.models.chat_template import ChatTemplate
from tests.contract.tiny_models import TINY

words = st.text(min_size=0, max_size=400)


def size(messages):
    return sum(len(m.content.encode("utf-8", "replace")) for m in messages)


def talk(*contents):
    roles = [Role.SYSTEM, *([Role.USER, Role.ASSISTANT] * len(contents))]
    return [Message(role, words) for role, words in zip(roles, contents, strict=False)]


def test_a_conversation_that_fits_comes_back_as_it_was():
    messages = talk("sistema", "hola", "buenas", "¿precio?")
    assert trim(messages, tokens=100, budget=100) == (messages, False)


def test_the_oldest_turns_go_first():
    messages = talk("sistema", "a" * 300, "b" * 300, "c" * 300, "d" * 300, "pregunta")
    kept, trimmed = trim(messages, tokens=1200, budget=800)
    assert trimmed
    assert kept == [messages[0], messages[3], messages[4], messages[5]]


def test_an_answer_goes_with_its_question():
    messages = talk("sistema", "a" * 300, "b" * 30, "c" * 300, "d" * 30, "pregunta")
    kept, _ = trim(messages, tokens=675, budget=560)  # without «a» alone it would fit
    assert kept == [messages[0], *messages[3:]]


@pytest.mark.parametrize("architecture", TINY)
@given(
    turns=st.lists(st.text("ab ñ", min_size=1, max_size=90), min_size=1, max_size=4),
    shown=st.integers(0, 2),
    share=st.floats(0.05, 1),
)
def test_every_template_takes_a_trimmed_conversation(architecture, turns, shown, share):
    asked = [text for turn in turns for text in (turn, f"respuesta {turn}")]
    examples = ["ejemplo", "su respuesta"] * shown
    messages = talk("sistema", *examples, *asked, "¿la última?")
    template = ChatTemplate(TINY[architecture].template, "<s>", "</s>")
    budget = max(1, int(1000 * share))
    kept, _ = trim(messages, tokens=1000, budget=budget, pinned=1 + 2 * shown)
    text = template.render(kept, add_generation_prompt=True)
    assert text.count("respuesta") == sum(m.role is Role.ASSISTANT for m in kept)
    assert [m.role for m in kept[1:]] == [m.role for m in messages[1 : len(kept)]]


def test_pinned_examples_stay_before_the_turns():
    messages = talk("sistema", "ejemplo", "respuesta", "x" * 900, "y" * 900, "pregunta")
    kept, _ = trim(messages, tokens=1000, budget=100, pinned=3)
    assert kept == [*messages[:3], messages[5]]


def test_a_question_that_is_too_long_by_itself_keeps_both_ends():
    question = "principio " + "relleno " * 500 + "final"
    kept, _ = trim(talk("sistema", question), tokens=4000, budget=400)
    assert kept[0].content == "sistema"
    assert kept[1].content.startswith("principio")
    assert kept[1].content.endswith("final")
    assert size(kept) <= size(talk("sistema", question)) * 400 / 4000


@given(
    st.lists(words, min_size=2, max_size=9),
    st.integers(1, 3),
    st.integers(2, 60),
)
def test_trimming_ends_and_keeps_instruction_and_question(contents, pinned, excess):
    messages = talk(*contents)
    pinned = min(pinned, len(messages) - 1)
    kept, trimmed = trim(messages, tokens=100 * excess, budget=100, pinned=pinned)
    assert trimmed
    assert [m.role for m in kept[:pinned]] == [m.role for m in messages[:pinned]]
    assert kept[-1].role is messages[-1].role
    limit = size(messages) / excess
    shortest = all(len(m.content.encode()) <= 16 for m in kept)
    assert size(kept) <= limit or shortest
