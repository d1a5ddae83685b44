"""Two ways to choose with one press: options as cards, and marks from 1 to 5."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from ftcore.texts import text

MARKS = 5


def option_cards(
    label: str, options: Mapping[str, tuple[str, str]], *, key: str, index: int
) -> str:
    """Draw a radio group as cards side by side; below each other on a phone.

    Args:
        label: The question.
        options: By value, the title and the line below it.
        key: Streamlit key of the radio.
        index: Which one is chosen at first.
    """
    with st.container(key=f"options-{key}"):
        chosen: str = st.radio(
            label,
            list(options),
            index=index,
            format_func=lambda value: options[value][0],
            captions=[caption for _title, caption in options.values()],
            key=key,
            width="stretch",
        )
    return chosen


def mark_words() -> Sequence[str]:
    """Return what the marks 1 to 5 mean, lowest first."""
    return [text(f"vote.words.s{mark}") for mark in range(1, MARKS + 1)]


def mark_scale(
    label: str, value: int | None, *, key: str, on_change: Callable[[], None]
) -> None:
    """Draw a judgement from 1 to 5 as a row of large keys with a word each.

    Args:
        label: The question.
        value: What was given before; ``None`` leaves all keys up.
        key: Streamlit key of the radio; the new mark is under it in the state.
        on_change: Called when a key was pressed.
    """
    with st.container(key=f"scale-{key}"):
        st.radio(
            label,
            list(range(1, MARKS + 1)),
            index=None if value is None else value - 1,
            captions=list(mark_words()),
            horizontal=True,
            key=key,
            on_change=on_change,
            width="stretch",
        )
