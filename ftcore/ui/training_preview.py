"""Draw what the model will read while it trains, with the switches beside it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

import streamlit as st

from ftcore.data.examples import Message, Role, Task
from ftcore.texts import text
from ftcore.training.base import TrainingConfig
from ftcore.training.preview import LessonPreview, QuestionPreview, Variant

Previewer = Callable[[TrainingConfig], LessonPreview]


def lessons_form(config: TrainingConfig, preview: Previewer) -> TrainingConfig:
    """Draw the two switches over what is read, each with examples of its effect.

    Args:
        config: What is chosen so far.
        preview: Says what a configuration will read.
    """
    if config.task is Task.CLASSIFICATION:  # it reads each text as it is
        return config
    with st.expander(text("train.lessons.title"), icon=":material/menu_book:"):
        holder = st.container(key="lessons")
        with holder:
            augment = _switch("augment", config)
            varied = st.container()
            use_nearest = _switch("use_nearest", config)
            shown = st.container()
        chosen = replace(config, augment=augment, use_nearest=use_nearest)
        found = preview(chosen)
        with varied:
            _show_variants(found.questions, is_on=augment)
        with shown:
            _show_conversation(found)
    return chosen


def _switch(name: str, config: TrainingConfig) -> bool:
    on: bool = st.toggle(
        text(f"train.settings.{name}.label"),
        getattr(config, name),
        key=f"{name}-{config.preset}",
    )
    st.caption(text(f"train.settings.{name}.help"))
    return on


def _show_variants(questions: Sequence[QuestionPreview], *, is_on: bool) -> None:
    if not is_on:
        st.caption(text("train.lessons.unchanged"))
        return
    changed = [question for question in questions if question.variants]
    if not changed:
        st.caption(text("train.lessons.none"))
        return
    rows = "".join(
        f"<li><p>{escape(one.question)}</p><ul>{''.join(map(_variant, one.variants))}"
        "</ul></li>"
        for one in changed
    )
    st.html(f'<ul class="ft-lessons">{rows}</ul>')
    st.caption(text("train.lessons.real"))


def _variant(variant: Variant) -> str:
    marks = "".join(
        f"<small>{escape(text(f'train.lessons.changes.{change}'))}</small>"
        for change in variant.changes
    )
    return f"<li><span>{escape(variant.question)}</span> {marks}</li>"


def _show_conversation(found: LessonPreview) -> None:
    kind = "nearest" if found.shows_example else "plain"
    st.caption(text(f"train.lessons.conversation.{kind}"))
    last = len(found.conversation) - 1
    context = 2 if found.shows_example else 0
    opening = found.conversation[0].role is Role.SYSTEM
    turns = [
        _turn(message, _part(at, last, opening, context))
        for at, message in enumerate(found.conversation)
    ]
    st.html(f'<ol class="ft-conversation">{"".join(turns)}</ol>')


def _part(at: int, last: int, opening: bool, context: int) -> str:
    """Return which part of a conversation the message at a place is."""
    if opening and at == 0:
        return "instruction"
    if at == last:
        return "learnt"
    return "shown" if at - opening < context else "asked"


def _turn(message: Message, part: str) -> str:
    label = escape(text(f"train.lessons.parts.{part}.{message.role}"))
    return (
        f'<li class="ft-{part}"><small>{label}</small>'
        f"<p>{escape(message.content)}</p></li>"
    )
