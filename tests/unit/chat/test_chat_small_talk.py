"""A greeting is met as a greeting, a question never is."""

import pytest

from ftcore.chat.small_talk import small_talk_reply


@pytest.mark.parametrize(
    "message", ["hola", "¡Hola!", "Buenos días", "holi, qué tal?", "hey", "Ok, vale"]
)
def test_a_greeting_gets_a_reply(message):
    assert small_talk_reply(message)


@pytest.mark.parametrize(
    ("message", "other"), [("muchas gracias!!", "hola"), ("adiós", "hola")]
)
def test_thanks_and_farewells_get_their_own(message, other):
    assert small_talk_reply(message)
    assert small_talk_reply(message) != small_talk_reply(other)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "   ",
        "¿Cuánto cuesta?",
        "hola, ¿cuánto cuesta el envío?",
        "¿cómo va?",
        "¿qué tal el envío?",
        "hola " * 20,
        "buenas, tenéis mantas",
    ],
)
def test_a_question_is_no_small_talk(message):
    assert small_talk_reply(message) is None
