"""A greeting is met as a greeting, a question never is."""

import pytest

from ftcore.chat.small_talk import small_talk_reply
from ftcore.chat.tuned import TunedChat
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import load_trained
from tests.unit.chat.test_chat_arms import make_folder


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


class EchoEngine:
    """Answers with the last question, so that a test sees that it was asked."""

    def prepare(self, _adapter, conversations):
        self.ahead = conversations()

    def stream(
        self, messages, options, adapter=None, stop_event=None, pinned=1, trace=None
    ):
        yield f"eco: {messages[-1].content}"


def tuned_chat(folder, *questions):
    index = ExampleIndex.build(
        [Example.from_pair(question, "respuesta") for question in questions],
        SpellingEmbedder(),
    )
    manifest = load_trained(make_folder(folder, Task.CHAT))
    return TunedChat(EchoEngine(), folder / "adapter.gguf", index, manifest)


def reply(model, question):
    return "".join(model.reply([Message(Role.USER, question)]))


def test_a_chat_model_greets_and_still_answers_questions(tmp_path):
    model = tuned_chat(tmp_path, "¿Cuánto cuesta el envío?")
    assert reply(model, "¡Hola!") == small_talk_reply("hola")
    assert reply(model, "hola, ¿cuánto cuesta?") == "eco: hola, ¿cuánto cuesta?"


def test_a_greeting_that_was_taught_is_left_to_the_model(tmp_path):
    model = tuned_chat(tmp_path, "Hola", "¿Cuánto cuesta el envío?")
    assert reply(model, "hola") == "eco: hola"


class TurnsEngine:
    """Answers with all that was said before the question."""

    def prepare(self, _adapter, conversations):
        self.ahead = conversations()

    def stream(
        self, messages, options, adapter=None, stop_event=None, pinned=1, trace=None
    ):
        yield " | ".join(m.content for m in messages[:-1] if m.content)


def test_only_who_was_taught_conversations_reads_earlier_turns(tmp_path):
    long = Example(
        (
            Message(Role.USER, "¿Hay envío?"),
            Message(Role.ASSISTANT, "Sí."),
            Message(Role.USER, "¿Cuánto cuesta el envío?"),
            Message(Role.ASSISTANT, "Cuesta 4 €."),
        )
    )
    short = Example.from_pair("¿Cuánto cuesta el envío?", "Cuesta 4 €.")
    asked = [
        Message(Role.USER, "hola"),
        Message(Role.ASSISTANT, "Buenas."),
        Message(Role.USER, "¿Cuánto cuesta el envío?"),
    ]
    manifest = load_trained(make_folder(tmp_path, Task.CHAT))
    for examples, reads in (([short], False), ([short, long], True)):
        index = ExampleIndex.build(examples, SpellingEmbedder())
        model = TunedChat(TurnsEngine(), tmp_path / "adapter.gguf", index, manifest)
        assert ("Buenas." in "".join(model.reply(asked))) is reads


def test_what_is_read_ahead_is_what_stands_before_any_question(tmp_path):
    model = tuned_chat(tmp_path, "¿Cuánto cuesta el envío?", "¿Dónde están?")
    model.prepare()
    ahead = [[m.content for m in messages] for messages in model._engine.ahead]
    opening = load_trained(tmp_path).system_prompt
    assert ahead == [
        [opening, question, "respuesta", "?"]
        for question in ("¿Cuánto cuesta el envío?", "¿Dónde están?")
    ]
