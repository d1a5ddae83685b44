"""Examples become token sequences that end in the answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Example, Message, Role
from ftcore.models.retrieval import last_question
from ftcore.training.examples import (
    ConversationEncoder,
    LessonPlan,
    with_question,
)


class LetterTokenizer:
    """One token a character, with a chat template of its own."""

    def prompt(self, messages: list[Message]) -> list[int]:
        lines = [f"<{m.role.value[0]}>{m.content}" for m in messages]
        return [ord(letter) for letter in "".join(lines) + "<a>"]

    def answer(self, text: str) -> list[int]:
        return [*(ord(letter) for letter in text), 0]


def decode(ids: tuple[int, ...]) -> str:
    return "".join(chr(i) if i else "∎" for i in ids)


def encoder(window: int = 500) -> ConversationEncoder:
    return ConversationEncoder(LetterTokenizer(), "Sé breve.", window)


EXAMPLES = tuple(
    Example.from_pair(q, a)
    for q, a in [
        ("¿El envío?", "Dos días."),
        ("¿Qué precio de envío?", "Tres euros."),
        ("¿Qué color?", "Azul."),
        ("¿Qué color y precio?", "Rojo, dos euros."),
    ]
)


def test_a_conversation_ends_in_the_answer_and_its_mark() -> None:
    sequence = encoder().encode(EXAMPLES[0], "el envio?")
    assert decode(sequence.ids) == "<s>Sé breve.<u>el envio?<a>Dos días.∎"
    assert decode(sequence.ids[sequence.prompt_tokens :]) == "Dos días.∎"


def test_the_context_comes_before_the_question() -> None:
    sequence = encoder().encode(EXAMPLES[0], "¿El envío?", [EXAMPLES[2]])
    expected = "<s>Sé breve.<u>¿Qué color?<a>Azul.<u>¿El envío?<a>Dos días.∎"
    assert decode(sequence.ids) == expected


def test_earlier_turns_are_kept_and_only_the_last_question_changes() -> None:
    turns = (
        Message(Role.USER, "Hola"),
        Message(Role.ASSISTANT, "Dime"),
        Message(Role.USER, "¿Color?"),
        Message(Role.ASSISTANT, "Azul"),
    )
    changed = with_question(Example(turns), "color")
    assert [m.content for m in changed.messages] == ["Hola", "Dime", "color", "Azul"]


@pytest.mark.parametrize("window", [40, 60, 100])
def test_nothing_is_longer_than_the_window(window: int) -> None:
    cutter = encoder(window)
    long = Example.from_pair("¿" + "a" * 300 + "?", "b" * 300)
    sequence = cutter.encode(long, long.prompt, [EXAMPLES[0]])
    assert len(sequence) <= window
    assert 0 < sequence.prompt_tokens < len(sequence)
    assert len(cutter.truncated) == 1


def test_context_goes_before_anything_is_cut() -> None:
    own = encoder().encode(EXAMPLES[0], "¿El envío?")
    tight = encoder(len(own))
    assert tight.encode(EXAMPLES[0], "¿El envío?", [EXAMPLES[2]]) == own
    assert not tight.truncated


def test_answers_are_never_noised_and_every_pass_has_every_example() -> None:
    plan = LessonPlan(encoder(), True, True, seed=7)
    epochs = plan.epochs(EXAMPLES, 20)
    assert len(epochs) == 20
    for epoch in epochs:
        answers = [decode(s.ids[s.prompt_tokens :]) for s in epoch]
        assert answers == [f"{e.target}∎" for e in EXAMPLES]


def test_every_lesson_shows_its_own_example_and_asks_otherwise() -> None:
    plan = LessonPlan(encoder(), True, True, seed=7)
    for epoch in plan.epochs(EXAMPLES, 30):
        for example, lesson in zip(EXAMPLES, epoch, strict=True):
            prompt = decode(lesson.ids[: lesson.prompt_tokens])
            assert f"<u>{last_question(example)}<a>{example.target}" in prompt
            assert prompt.count(f"<u>{last_question(example)}<a>") == 1


def test_nothing_is_reworded_once_that_is_switched_off() -> None:
    plan = LessonPlan(encoder(), False, True, seed=7)
    for example, lesson in zip(EXAMPLES, plan.epochs(EXAMPLES, 1)[0], strict=True):
        prompt = decode(lesson.ids[: lesson.prompt_tokens])
        assert prompt.count(f"<u>{last_question(example)}<a>") == 2


def test_without_an_example_only_the_question_is_shown() -> None:
    plan = LessonPlan(encoder(), False, False, seed=7)
    prompts = {decode(s.ids) for epoch in plan.epochs(EXAMPLES, 3) for s in epoch}
    assert prompts == {
        f"<s>Sé breve.<u>{last_question(e)}<a>{e.target}∎" for e in EXAMPLES
    }


@given(count=st.integers(1, 9), times=st.integers(1, 4))
def test_every_lesson_is_seen_so_often_but_no_more(count: int, times: int) -> None:
    plan = LessonPlan(encoder(), True, True, seed=7, times=times)
    epochs = [tuple(epoch) for epoch in plan.epochs(EXAMPLES, count)]
    assert len(epochs) == count
    assert len(set(epochs)) == -(-count // times)
    assert max(epochs.count(epoch) for epoch in epochs) <= times


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_a_pass_shows_no_more_than_so_many_and_each_draws_anew(
    most: int, count: int, seed: int
) -> None:
    plan = LessonPlan(encoder(), True, True, seed, most=most)
    passes = plan.epochs(EXAMPLES, count)
    shown = min(most, len(EXAMPLES))
    for lessons in passes:
        assert len(lessons) == shown
        assert len({lesson.ids for lesson in lessons}) == shown
    if most >= len(EXAMPLES):
        assert passes == LessonPlan(encoder(), True, True, seed).epochs(EXAMPLES, count)


def test_many_passes_show_every_example() -> None:
    plan = LessonPlan(encoder(), False, True, seed=7, most=1)
    answers = {
        decode(lesson.ids[lesson.prompt_tokens :])
        for [lesson] in plan.epochs(EXAMPLES, 40)
    }
    assert len(answers) == len(EXAMPLES)


def test_the_plan_is_a_function_of_the_seed() -> None:
    def lessons(seed: int) -> list[list[object]]:
        plan = LessonPlan(encoder(), True, True, seed)
        return [list(epoch) for epoch in plan.epochs(EXAMPLES, 5)]

    assert lessons(1) == lessons(1)
    assert lessons(1) != lessons(2)
