"""A conversation is cut to the context without losing what matters."""

from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.trimming import trim
from ftcore.data.examples import Message, Role

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
