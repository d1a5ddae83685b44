"""Show examples as chat bubbles, or as a table when they carry labels."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from ftcore.data.cleaning import without_accents
from ftcore.data.examples import Dataset, Example, Message, Task
from ftcore.texts import number, text
from ftcore.ui.tables import html_table
from ftcore.ui.wording import plain

BUBBLES_A_PAGE = 5
ROWS_A_PAGE = 10
MOST_SHOWN = 1500  # characters of one message
_SCROLL = Path(__file__).with_name("scroll_to_example.js")
Numbered = tuple[int, Example]


def show_examples(
    dataset: Dataset,
    *,
    landing: int | None = None,
    jumps: int = 0,
    edit: Callable[[int], None] | None = None,
) -> None:
    """Draw a search box, one page of examples and the way to the others.

    Args:
        dataset: The examples.
        landing: Position of the example to show and mark, from 1.
        jumps: Changes whenever ``landing`` is to be obeyed anew.
        edit: Called with the position of an example whose pencil was pressed.
    """
    found, query = search_box(dataset, jumps)
    if not found:
        st.caption(text("data.examples.none", query=plain(query)))
        return
    is_label = dataset.task is Task.CLASSIFICATION
    size = ROWS_A_PAGE if is_label else BUBBLES_A_PAGE
    holder = st.container(key="examples")
    page = choose_page(found, size, landing=landing, jumps=jumps)
    with holder:
        if is_label:
            st.html(_table(page, landing))
            _edit_row(page, landing, edit)
        else:
            _conversations(page, dataset.task, landing, edit)
    if landing in [at for at, _ in page]:
        script = _SCROLL.read_text(encoding="utf-8")
        # The number makes each landing a script of its own, which runs once.
        st.html(
            f"<script>/* {jumps} */ {script}</script>", unsafe_allow_javascript=True
        )


def search_box(dataset: Dataset, jumps: int = 0) -> tuple[list[Numbered], str]:
    """Draw the search box; returns the examples found, numbered, and the query."""
    query = (
        st.text_input(
            text("data.examples.search"),
            key=f"examples-search-{jumps}" if jumps else "examples-search",
            type="search",
            placeholder=text("data.examples.search_placeholder"),
            max_chars=80,
            label_visibility="collapsed",
        )
        or ""
    )
    found = search_examples(dataset, query)
    if found:
        total = number(len(dataset))
        st.caption(text("data.examples.found", found=number(len(found)), total=total))
    return found, query


def choose_page(
    found: Sequence[Numbered], size: int, *, landing: int | None = None, jumps: int = 0
) -> Sequence[Numbered]:
    """Draw the numbers of the pages, if there are several; returns one page."""
    pages = -(-len(found) // size)
    numbers = [at for at, _ in found]
    first = numbers.index(landing) // size + 1 if landing in numbers else 1
    if pages < 2:
        return found
    # The number of pages is part of the key: a search must not land beyond the last.
    shown = st.pagination(pages, default=first, key=f"examples-page-{pages}-{jumps}")
    return found[(shown - 1) * size : shown * size]


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


def bubbles(
    examples: Sequence[Numbered], task: Task, landing: int | None = None
) -> str:
    """Return examples as a conversation in HTML, everything escaped."""
    return "".join(
        _conversation(at, example, task, is_here=at == landing)
        for at, example in examples
    )


def _conversations(
    page: Sequence[Numbered],
    task: Task,
    landing: int | None,
    edit: Callable[[int], None] | None,
) -> None:
    for at, example in page:
        with st.container(key=f"example-{at}", gap=None):
            st.html(bubbles([(at, example)], task, landing))
            if edit:
                _pencil(at, edit)


def _edit_row(
    page: Sequence[Numbered], landing: int | None, edit: Callable[[int], None] | None
) -> None:
    if edit and landing in [at for at, _ in page] and landing is not None:
        _pencil(landing, edit)


def _pencil(at: int, edit: Callable[[int], None]) -> None:
    st.button(
        text("data.examples.edit"),
        key=f"edit-{at}",
        icon=":material/edit:",
        type="tertiary",
        help=text("data.examples.edit_help", number=number(at)),
        on_click=edit,
        args=(at,),
    )


def _holds(example: Example, words: Sequence[str]) -> bool:
    whole = without_accents(" ".join(m.content for m in example.messages))
    return all(word in whole for word in words)


def _conversation(at: int, example: Example, task: Task, *, is_here: bool) -> str:
    title = escape(text("data.examples.number", number=number(at)))
    turns = "".join(_turn(message, task) for message in example.messages)
    here = " ft-here" if is_here else ""
    return f'<article class="ft-example{here}"><h4>{title}</h4>{turns}</article>'


def _turn(message: Message, task: Task) -> str:
    who = escape(text(f"data.examples.who.{task.value}.{message.role.value}"))
    return (
        f'<div class="ft-turn ft-{message.role.value}"><span>{who}</span>'
        f"<p>{escape(_shortened(message.content))}</p></div>"
    )


def _table(examples: Sequence[Numbered], landing: int | None) -> str:
    table = html_table(
        [text(f"data.examples.columns.{name}") for name in ("number", "text", "label")],
        [[number(at), _shortened(e.prompt), e.target] for at, e in examples],
        caption=text("data.examples.caption"),
        numeric=[0],
    )
    numbers = [at for at, _ in examples]
    if landing not in numbers:
        return table
    at = numbers.index(landing) + 1
    body, mark = "<tbody>", '<tr class="ft-here">'
    head, rows = table.split(body, 1)
    parts = rows.split("<tr>")
    marked = "<tr>".join(parts[:at]) + mark + "<tr>".join(parts[at:])
    return f"{head}{body}{marked}"


def _shortened(words: str) -> str:
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN]}…"
