"""The examples as a table that can be written in, and one example as a form."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from ftcore.data.examples import Dataset, Example, Role, Task
from ftcore.texts import number, text
from ftcore.ui.data_draft import (
    NUMBER,
    SOURCE,
    TARGET,
    Row,
    TableDraft,
    is_editable,
    with_turns,
)
from ftcore.ui.data_state import DataState
from ftcore.ui.examples_view import choose_page, search_box
from ftcore.ui.wording import counted

ROWS_A_PAGE = 100
_ROW_PX = 54  # two lines of text
_HEAD_PX = 38
_MOST_PX = 620
_LEAST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Edited:
    """All examples after an edit, ready to be kept.

    Attributes:
        examples: Every example of the new version.
    """

    examples: list[Example]


def show_table(state: DataState, dataset: Dataset, version: str) -> Edited | None:
    """Draw the table to add, change and delete examples, with search and pages.

    Args:
        state: The tab's memory, which keeps what is not saved yet.
        dataset: The examples that are kept.
        version: Id of their version.

    Returns:
        What to keep, once the person saves.
    """
    if state.draft is None or state.draft.version != version:
        state.draft = TableDraft(version, dataset)
    draft = state.draft
    st.caption(text("data_table.about"))
    found, query = search_box(dataset, state.jumps)
    fitting = [(at, example) for at, example in found if is_editable(example)]
    holder = st.container(key="examples-table")
    page = choose_page(fitting, ROWS_A_PAGE, landing=state.row, jumps=state.jumps)
    last = not fitting or (bool(page) and page[-1] == fitting[-1])
    numbers = [at for at, _ in page]
    # Whatever changes the widget must start it from the edits made so far.
    view = f"{version}-{state.jumps}-{len(draft.labels)}-{query}-{numbers[:1]}"
    with holder:
        _editor(draft, view, numbers, is_last=last and not query)
    if dataset.task is Task.CLASSIFICATION:
        _new_label(draft)
    unfit = sum(not is_editable(example) for _, example in found)
    if unfit:
        st.caption(counted("data_table.several_turns", unfit))
    return save_bar(state)


def save_bar(state: DataState) -> Edited | None:
    """Draw what is not saved yet, and the buttons to keep it or throw it away."""
    draft = state.draft
    if draft is None or not draft.changes:
        return None
    with st.container(key="save-bar", horizontal=True, vertical_alignment="center"):
        wanted = st.button(
            counted("data_table.save", draft.changes), key="save-table", type="primary"
        )
        if st.button(text("data_table.discard"), key="discard-table", type="tertiary"):
            state.draft = None
            state.jumps += 1
            st.rerun()
        st.caption(text("data_table.unsaved"))
    if not wanted:
        return None
    lacking = draft.incomplete()
    if lacking:
        sample = next((words for words in lacking[0] if words), "")
        words = counted("data_table.incomplete", len(lacking))
        st.warning(f"{words} {sample[:80]}", icon=":material/edit:")
        return None
    return Edited(draft.result())


def show_form(dataset: Dataset, at: int) -> Edited | None:
    """Draw one example as a form, turn by turn.

    Args:
        dataset: All examples.
        at: Position of the example, from 1; 0 for a new one.

    Returns:
        All examples with the change, once the person saves or deletes.
    """
    blank = Example.from_pair("", "")
    example = dataset.examples[at - 1] if at else blank
    contents = [
        _turn(dataset, at, place, example) for place in range(len(example.messages))
    ]
    with st.container(key="example-do", horizontal=True):
        save = st.button(
            text(f"data_table.form.{'save' if at else 'add'}"),
            key="save-example",
            type="primary",
        )
        drop = bool(at) and st.button(
            text("data_table.form.delete"),
            key="delete-example",
            icon=":material/delete:",
            type="tertiary",
        )
    kept = list(dataset.examples)
    if drop:
        return Edited([*kept[: at - 1], *kept[at:]])
    if not save:
        return None
    if not all(words.strip() for words in contents):
        st.warning(text("data_table.form.empty"), icon=":material/edit:")
        return None
    edited = with_turns(example, [words.strip() for words in contents])
    return Edited([*kept[: at - 1], edited, *kept[at:]] if at else [*kept, edited])


def _editor(
    draft: TableDraft, view: str, numbers: Sequence[int], *, is_last: bool
) -> None:
    blank: list[Row] = [{NUMBER: None, SOURCE: "", TARGET: ""}]
    rows = draft.open(view, numbers, is_last=is_last) or blank
    task = draft.dataset.task
    shown = max(len(rows) + 1, _LEAST_ROWS)  # one more to write in
    now = st.data_editor(
        rows,
        key=f"table-{view}",
        num_rows="dynamic",
        placeholder="",
        hide_index=True,
        column_order=(NUMBER, SOURCE, TARGET),
        column_config=_columns(task, draft),
        row_height=_ROW_PX,
        height=min(_MOST_PX, _HEAD_PX + _ROW_PX * shown),
    )
    draft.take(now)


def _columns(task: Task, draft: TableDraft) -> dict[str, ColumnConfig]:
    config = st.column_config
    heads = {
        part: text(f"data_table.columns.{task.value}.{part}")
        for part in (SOURCE, TARGET)
    }
    target: ColumnConfig = config.TextColumn(heads[TARGET], width="large")
    if task is Task.CLASSIFICATION:
        labels = sorted({*draft.dataset.labels, *draft.labels})
        target = config.SelectboxColumn(heads[TARGET], width="small", options=labels)
    return {
        NUMBER: config.NumberColumn(
            text("data.examples.columns.number"),
            disabled=True,
            width=56,
            pinned=True,
            format="%d",
        ),
        SOURCE: config.TextColumn(heads[SOURCE], width="large"),
        TARGET: target,
    }


def _new_label(draft: TableDraft) -> None:
    """Draw the way to a label that no example carries yet."""
    with st.container(
        key="new-label-row", horizontal=True, vertical_alignment="bottom"
    ):
        words = st.text_input(
            text("data_table.new_label"), key="new-label", max_chars=60
        )
        if st.button(text("data_table.add_label"), key="add-label") and words:
            draft.labels.append(words.strip())
            st.rerun()


def _turn(dataset: Dataset, at: int, place: int, example: Example) -> str:
    turn = example.messages[place]
    label = text(f"data_table.who.{dataset.task.value}.{turn.role.value}")
    key = f"turn-{at}-{place}"
    is_label = dataset.task is Task.CLASSIFICATION and turn.role is Role.ASSISTANT
    if is_label:
        labels = dataset.labels
        chosen = st.selectbox(
            label,
            labels,
            index=labels.index(turn.content) if turn.content in labels else None,
            key=key,
            accept_new_options=True,
            help=text("data_table.label_help"),
        )
        return chosen or ""
    words = st.text_area(label, turn.content, key=key, height=110)
    return words or ""


def form_title(at: int) -> str:
    """Return the title of the form's dialog."""
    if not at:
        return text("data_table.form.new")
    return text("data.examples.number", number=number(at))
