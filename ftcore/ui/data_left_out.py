"""Rows that were left out, each with a box to mend it, and rows that were mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from ftcore.data.examples import Example, Role, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.origins import LeftOut, Mend, TableShape
from ftcore.texts import number, text
from ftcore.ui.data_diff import marked_row
from ftcore.ui.data_fixes import Veil
from ftcore.ui.data_rows import left_out_text, parts_of, read_row, row_of
from ftcore.ui.wording import counted

ROWS_A_PAGE = 5
MOST_TO_MEND = 20_000  # characters that a box on screen still bears


@dataclass(frozen=True, slots=True)
class Mended:
    """A row that was left out and now reads well.

    Attributes:
        line: Its line in the file.
        examples: What it became.
    """

    line: int
    examples: tuple[Example, ...]


def show_left_out(
    rows: Sequence[LeftOut],
    findings: Sequence[Finding],
    table: TableShape | None,
    task: Task,
) -> Mended | None:
    """Draw the rows left out with their text, why, and a box to mend each.

    Args:
        rows: What was left out and has not been mended yet.
        findings: What was found in the file; says why.
        table: How the file was read; a mended row is read the same way.
        task: What the rows must serve for.

    Returns:
        A row that the participant has just mended.
    """
    st.subheader(counted("data_left_out.title", len(rows)), anchor=False)
    st.caption(text("data_left_out.about"))
    why = {(f.code, f.line): f for f in findings}
    pages = -(-len(rows) // ROWS_A_PAGE)
    holder = st.container(key="left-out")
    shown = st.pagination(pages, key=f"left-out-page-{pages}") if pages > 1 else 1
    mended = None
    with holder:
        for row in rows[(shown - 1) * ROWS_A_PAGE : shown * ROWS_A_PAGE]:
            finding = why.get((row.code, row.line)) or Finding(
                row.code, Severity.ERROR, row.line
            )
            mended = _show_row(row, finding, table, task) or mended
    left_out_download(rows)
    return mended


def left_out_download(rows: Sequence[LeftOut]) -> None:
    """Draw the button that takes away every row left out, as it was."""
    st.download_button(
        text("data_left_out.download"),
        lambda: left_out_text(rows).encode(),
        file_name=text("data_left_out.file_name"),
        mime="text/plain",
        key="download-left-out",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )


def show_mends(
    mends: Sequence[Mend],
    examples: Mapping[int, Example],
    table: TableShape | None,
    veil: Veil,
) -> None:
    """Draw the rows mended while reading: as they were, slips marked, and now.

    Args:
        mends: What was mended.
        examples: What each became, by position from 1, as far as still known.
        table: How the file was read.
        veil: Covers what must not be read whole.
    """
    with st.expander(counted("data_left_out.mends", len(mends))):
        pages = -(-len(mends) // ROWS_A_PAGE)
        holder = st.container(key="mends")
        shown = st.pagination(pages, key=f"mends-page-{pages}") if pages > 1 else 1
        page = mends[(shown - 1) * ROWS_A_PAGE : shown * ROWS_A_PAGE]
        columns = (table.source, table.target) if table else ()
        html = "".join(mend_html(m, examples.get(m.row), columns, veil) for m in page)
        holder.html(html)


def mend_html(
    mend: Mend, example: Example | None, columns: Sequence[str], veil: Veil
) -> str:
    """Return one mended row as HTML: the raw line with its slips, and the example."""
    before = veil(mend.before)
    line = escape(text("data.findings.go_line", at=number(mend.line)))
    if example is None:
        raw, after = escape(before), ""
    else:
        raw = marked_row(before, _veiled(example, veil), columns)
        now = f"{veil(example.prompt)} → {veil(example.target)}"
        label = escape(text("data_fixes.after"))
        after = f'<p class="ft-now"><em>{label}</em> {escape(now)}</p>'
    row = f'<pre class="ft-raw">{raw}</pre>'
    return f'<div class="ft-mend"><h4>{line}</h4>{row}{after}</div>'


def _veiled(example: Example, veil: Veil) -> Example:
    return Example.from_pair(veil(example.prompt), veil(example.target))


def _show_row(
    row: LeftOut, finding: Finding, table: TableShape | None, task: Task
) -> Mended | None:
    with st.container(key=f"left-out-{row.line}", border=True, gap="xsmall"):
        where = text("data.findings.go_line", at=number(row.line))
        st.html(
            f'<div class="ft-finding"><span class="ft-where">{escape(where)}</span>'
            f"<div><strong>{escape(finding.message)}</strong>"
            f"<p>{escape(finding.fix)}</p></div></div>"
        )
        if len(row.raw) > MOST_TO_MEND:
            st.caption(text("data_left_out.too_long"))
            return None
        parts = parts_of(row.raw, table)
        if parts is None:
            raw = st.text_area(
                text("data_left_out.mend"), row.raw, key=f"mend-{row.line}", height=90
            )
        else:
            raw = _cells(row, parts, table, task)
        if not st.button(text("data_left_out.add"), key=f"add-{row.line}"):
            return None
        dataset, found = read_row(raw or "", table, task, row.raw)
        if dataset is not None:
            return Mended(row.line, dataset.examples)
        worst = next((f for f in found if f.severity is Severity.ERROR), None)
        words = f"{worst.message} {worst.fix}" if worst else ""
        st.warning(f"{text('data_left_out.still')} {words}", icon=":material/edit:")
        return None


def _cells(
    row: LeftOut, parts: tuple[str, str], table: TableShape | None, task: Task
) -> str:
    names = (Role.USER, Role.ASSISTANT)
    cells = [
        where.text_area(
            text(f"data_table.who.{task.value}.{role.value}"),
            words,
            key=f"mend-{row.line}-{role.value}",
            height=90,
        )
        for where, role, words in zip(st.columns(2), names, parts, strict=True)
    ]
    return row_of((cells[0] or "", cells[1] or ""), table)
