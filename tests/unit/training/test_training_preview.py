"""The preview shows what will be read, and names every change rightly."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ftcore.data.examples import Example, Role, Task
from ftcore.data.templates import load_template
from ftcore.models.retrieval import last_question
from ftcore.training import augment
from ftcore.training.base import Preset
from ftcore.training.examples import plan_lessons
from ftcore.training.presets import configure
from ftcore.training.preview import Change, changes_of, preview_lessons

SHOP = load_template("shop")
EXAMPLES = SHOP.dataset.examples
CONFIG = configure(Task.CHAT, Preset.BALANCED, len(EXAMPLES))
QUESTIONS = [last_question(example) for example in EXAMPLES]


class Questions:
    """Stands for the encoder of a real training."""

    def encode(
        self, example: Example, question: str, context: Sequence[Example] = ()
    ) -> tuple[str, str]:
        return last_question(example), question


@pytest.mark.parametrize("use_nearest", [True, False])
@pytest.mark.parametrize("seed", [1, 42])
def test_the_variants_are_those_of_the_training(use_nearest: bool, seed: int) -> None:
    config = replace(CONFIG, use_nearest=use_nearest, seed=seed)
    plan = plan_lessons(Questions(), config)
    read = {one for epoch in plan.epochs(EXAMPLES, config.epochs) for one in epoch}
    found = preview_lessons(EXAMPLES, config, "Eres la tienda.", 3)
    assert len(found.questions) == 3
    for one in found.questions:
        assert one.question in QUESTIONS
        assert one.variants
        for variant in one.variants:
            assert (one.question, variant.question) in read
            assert variant.changes


@pytest.mark.parametrize("use_nearest", [True, False])
def test_switched_off_nothing_changes(use_nearest: bool) -> None:
    config = replace(CONFIG, augment=False, use_nearest=use_nearest)
    found = preview_lessons(EXAMPLES, config, "Eres la tienda.", 3)
    assert not any(one.variants for one in found.questions)
    asked = [m.content for m in found.conversation if m.role is Role.USER]
    assert set(asked) <= set(QUESTIONS)


def test_the_conversation_is_the_one_that_the_model_sees() -> None:
    found = preview_lessons(EXAMPLES, CONFIG, "Eres la tienda.", 3)
    roles = [message.role for message in found.conversation]
    assert found.shows_example
    assert roles == [
        Role.SYSTEM,
        Role.USER,
        Role.ASSISTANT,
        Role.USER,
        Role.ASSISTANT,
    ]
    assert found.conversation[0].content == "Eres la tienda."
    assert found.conversation[2] == found.conversation[4]  # it learns to copy it
    plain = preview_lessons(EXAMPLES, replace(CONFIG, use_nearest=False), "", 3)
    assert not plain.shows_example
    assert len(plain.conversation) == 3


ALONE = {
    augment._lower: Change.CASE,
    augment._unaccented: Change.ACCENTS,
    augment._unpunctuated: Change.SIGNS,
    augment._greeted: Change.GREETING,
    augment._mistyped: Change.SLIP,
}


@given(
    st.sampled_from(QUESTIONS),
    st.sampled_from(sorted(ALONE, key=str)),
    st.integers(0, 10**6),
)
@example("¿Cuántos días tengo para devolver algo?", augment._mistyped, 154)
@example("¿Reparten los sábados?", augment._mistyped, 553)
def test_each_kind_alone_is_named(
    question: str, noise: augment.Noise, seed: int
) -> None:
    variant = noise(question, random.Random(seed))
    expected = (ALONE[noise],) if variant != question else ()
    assert changes_of(question, variant) == expected


@given(st.sampled_from(QUESTIONS), st.integers(0, 10**6))
def test_no_change_goes_unnamed(question: str, seed: int) -> None:
    rng = random.Random(seed)
    assert changes_of(question, question) == ()
    noised = augment.noised(question, rng)
    assert bool(changes_of(question, noised)) == (noised != question)
    shorter = augment.shortened(question, rng)
    if len(shorter.split()) < len(question.split()):
        assert Change.SHORTER in changes_of(question, shorter)
