"""Cards, empty states and the one filled link that leads on."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ftcore.ui.navigation import page


def card(key: str, *, is_chosen: bool = False) -> DeltaGenerator:
    """Return a container that looks like a card; a chosen one has a strong frame.

    Cards lie in a grid of equal heights inside a container keyed ``cards-…``.
    """
    state = "chosen" if is_chosen else "plain"
    return st.container(key=f"card-{state}-{key}", border=True)


def card_html(icon: str, title: str, lines: Iterable[tuple[str, str]]) -> str:
    """Return the inside of a card, everything escaped.

    Args:
        icon: One emoji; hidden from screen readers.
        title: Heading.
        lines: Pairs of style ('lead', 'quiet', 'fact') and words.
    """
    body = "".join(
        f'<p class="ft-{style}">{escape(words)}</p>' for style, words in lines
    )
    return (
        f'<div class="ft-card"><h3><span class="ft-icon" aria-hidden="true">'
        f"{escape(icon)}</span>{escape(title)}</h3>{body}</div>"
    )


@contextmanager
def empty_state(title: str, words: str, *, key: str) -> Iterator[None]:
    """Draw what goes here while there is nothing; the body adds the way to fill it.

    Args:
        title: What is missing.
        words: What it is for, in a sentence or two (Markdown).
        key: English name of the state, part of the CSS class.
    """
    with st.container(key=f"empty-{key}", border=True):
        st.subheader(title, anchor=False)
        st.markdown(words)
        yield


def action_link(page_name: str, label: str, *, key: str) -> None:
    """Draw the page's primary action when it is to go to another page."""
    with st.container(key=f"action-{key}"):
        st.page_link(
            page(page_name),
            label=label,
            icon=":material/arrow_forward:",
            icon_position="right",
        )
