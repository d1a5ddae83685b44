"""Show examples as chat bubbles, or as a table when they carry labels."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ftcore.data.cleaning import without_accents
from ftcore.data.examples import Dataset, Example, Message, Task
from ftcore.texts import number, text
from ftcore.ui.tables import html_table
from ftcore.ui.wording import plain

BUBBLES_A_PAGE = 5
ROWS_A_PAGE = 10
MOST_SHOWN = 1500  # characters of one message
Numbered = tuple[int, Example]


@st.fragment
def show_examples(dataset: Dataset) -> None:
    """Draw a search box, one page of examples and the way to the others."""
    query = st.text_input(
        text("data.examples.search"),
        key="examples-search",
        type="search",
        placeholder=text("data.examples.search_placeholder"),
        max_chars=80,
    )
    found = search_examples(dataset, query or "")
    if not found:
        st.caption(text("data.examples.none", query=plain(query or "")))
        return
    is_label = dataset.task is Task.CLASSIFICATION
    size = ROWS_A_PAGE if is_label else BUBBLES_A_PAGE
    pages = -(-len(found) // size)
    total = number(len(dataset))
    st.caption(text("data.examples.found", found=number(len(found)), total=total))
    holder = st.container(key="examples")
    # The number of pages is part of the key: a search must not land beyond the last.
    shown = st.pagination(pages, key=f"examples-page-{pages}") if pages > 1 else 1
    page = found[(shown - 1) * size : shown * size]
    holder.html(_table(page) if is_label else bubbles(page, dataset.task))


def search_examples(dataset: Dataset, query: str) -> list[Numbered]:
    """Return the examples that hold every word of the query, with their numbers.

    Case and accents do not matter: people type 'envio' and mean 'envío'.
    """
    words = without_accents(query).split()
    return [
        (at, example)
        for at, example in enumerate(dataset, start=1)
        if not words or _holds(example, words)
    ]


def bubbles(examples: Sequence[Numbered], task: Task) -> str:
    """Return examples as a conversation in HTML, everything escaped."""
    return "".join(_conversation(at, example, task) for at, example in examples)


def _holds(example: Example, words: Sequence[str]) -> bool:
    whole = without_accents(" ".join(m.content for m in example.messages))
    return all(word in whole for word in words)


def _conversation(at: int, example: Example, task: Task) -> str:
    title = escape(text("data.examples.number", number=number(at)))
    turns = "".join(_turn(message, task) for message in example.messages)
    return f'<article class="ft-example"><h4>{title}</h4>{turns}</article>'


def _turn(message: Message, task: Task) -> str:
    who = escape(text(f"data.examples.who.{task.value}.{message.role.value}"))
    return (
        f'<div class="ft-turn ft-{message.role.value}"><span>{who}</span>'
        f"<p>{escape(_shortened(message.content))}</p></div>"
    )


def _table(examples: Sequence[Numbered]) -> str:
    return html_table(
        [text(f"data.examples.columns.{name}") for name in ("number", "text", "label")],
        [[number(at), _shortened(e.prompt), e.target] for at, e in examples],
        caption=text("data.examples.caption"),
        numeric=[0],
    )


def _shortened(words: str) -> str:
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN]}…"
