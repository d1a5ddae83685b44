"""Which column is the question and which the answer: shown, and changeable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from ftcore.data.examples import Task
from ftcore.data.options import ColumnChoice
from ftcore.data.origins import TableShape
from ftcore.texts import text
from ftcore.ui.wording import counted, plain


@dataclass(frozen=True, slots=True)
class Mapping:
    """How the participant wants the file to be read; ``None`` leaves it to the reader.

    What they have not touched stays as the file was read, as far as it still fits.

    Attributes:
        columns: What is asked and what is answered.
        has_header: Whether the first row names the columns.
        sheet: The sheet to read.
        task: What the model learns.
    """

    columns: ColumnChoice | None = None
    has_header: bool | None = None
    sheet: str | None = None
    task: Task | None = None


def can_map(table: TableShape | None) -> bool:
    """Whether there is anything to choose in the way that the file is read."""
    return table is not None and (len(table.names) > 1 or len(table.sheets) > 1)


def needs_eyes(table: TableShape) -> bool:
    """Whether the participant should confirm how the file was read."""
    return table.guessed or len(table.sheets) > 1


def show_mapping(
    table: TableShape,
    task: Task,
    *,
    key: str,
    lost: int = 0,
    is_open: bool,
    confirm: Callable[[], None] | None = None,
) -> Mapping | None:
    """Draw how the file was understood, with a control for each part.

    Args:
        table: How it was read.
        task: What it was read for.
        key: English name that changes whenever the file is read again.
        lost: Changes made since, which reading again leaves behind.
        is_open: Show the controls at once; they are folded otherwise.
        confirm: Told that the columns are right; without it there is no such button.

    Returns:
        What the participant has just changed, or nothing.
    """
    if is_open:
        with st.container(key=f"mapping-{key}", border=True):
            name = "confirm" if table.source else "choose"
            st.markdown(f"**{text(f'data_mapping.{name}')}**")
            return _controls(table, task, key, lost, confirm)
    with st.expander(mapping_words(table, task), icon=":material/view_column:"):
        return _controls(table, task, key, lost)


def mapping_words(table: TableShape, task: Task) -> str:
    """Return in one sentence how the file was read."""
    if not table.source:
        return text("data_mapping.change")
    source, target = plain(table.source), plain(table.target)
    return text(f"data_mapping.is.{task.value}", source=source, target=target)


def _controls(
    table: TableShape,
    task: Task,
    key: str,
    lost: int,
    confirm: Callable[[], None] | None = None,
) -> Mapping | None:
    if lost:
        st.caption(counted("data_mapping.lost", lost))
    mapping = None
    if len(table.names) > 1:
        mapping = _columns(table, task, key)
    left, right = st.columns(2)
    with left:
        if table.source:
            mapping = _task(table, task, key) or mapping
        else:
            mapping = _sheet(table, key) or mapping
    if table.source:
        with right:
            mapping = _sheet(table, key) or mapping
    with st.container(
        key=f"map-end-{key}", horizontal=True, vertical_alignment="center"
    ):
        if confirm:
            _right_button(confirm)
        if table.has_header is not None:
            mapping = _header(table, task, key) or mapping
    return mapping


def _right_button(confirm: Callable[[], None]) -> None:
    label, icon = text("data_mapping.right"), ":material/check:"
    if st.button(label, key="columns-right", icon=icon):
        confirm()
        st.rerun()


def _columns(table: TableShape, task: Task, key: str) -> Mapping | None:
    left, right = st.columns(2)
    source = _column("source", table.source, table.names, task, left, key)
    target = _column("target", table.target, table.names, task, right, key)
    if source is None or target is None:
        return None
    if (source, target) == (table.source, table.target):
        return None
    if source == target:  # choosing the other one's column swaps them
        is_source = source != table.source
        other = table.source if is_source else table.target
        source, target = (source, other) if is_source else (other, target)
    if not source or not target or source == target:
        return None
    kept_task = task if table.source else None
    columns = ColumnChoice(source, target)
    return Mapping(columns, table.has_header, _sheet_of(table), kept_task)


def _column(
    part: str,
    chosen: str,
    names: Sequence[str],
    task: Task,
    where: "st.delta_generator.DeltaGenerator",
    key: str,
) -> str | None:
    return where.selectbox(
        text(f"data_mapping.{part}.{task.value}"),
        names,
        index=names.index(chosen) if chosen in names else None,
        key=f"map-{part}-{key}",
    )


def _header(table: TableShape, task: Task, key: str) -> Mapping | None:
    is_on = bool(table.has_header)
    wanted = st.toggle(
        text("data_mapping.header"), value=is_on, key=f"map-header-{key}"
    )
    if wanted == is_on:
        return None
    kept_task = task if table.source else None
    return Mapping(has_header=wanted, sheet=_sheet_of(table), task=kept_task)


def _sheet(table: TableShape, key: str) -> Mapping | None:
    if len(table.sheets) < 2:
        return None
    at = table.sheets.index(table.sheet) if table.sheet in table.sheets else None
    wanted = st.selectbox(
        text("data_mapping.sheet"), table.sheets, index=at, key=f"map-sheet-{key}"
    )
    return None if wanted in (None, table.sheet) else Mapping(sheet=wanted)


def _task(table: TableShape, task: Task, key: str) -> Mapping | None:
    names = [each.value for each in Task]
    wanted = st.selectbox(
        text("data_mapping.task"),
        names,
        index=names.index(task.value),
        format_func=lambda each: text(f"data_mapping.tasks.{each}"),
        key=f"map-task-{key}",
    )
    if wanted == task.value:
        return None
    columns = ColumnChoice(table.source, table.target) if table.target else None
    return Mapping(columns, table.has_header, _sheet_of(table), Task(wanted))


def _sheet_of(table: TableShape) -> str | None:
    return table.sheet or None
