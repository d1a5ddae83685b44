"""What may be improved: the score, every finding with its fix, rows to recover."""

import streamlit as st

from ftcore.data.examples import Example
from ftcore.data.fixes import SAFE, can_fix
from ftcore.data.personal_data import find_personal
from ftcore.texts import text
from ftcore.ui.data_desk import DataDesk
from ftcore.ui.data_diff import veiled
from ftcore.ui.data_fixes import show_preview
from ftcore.ui.data_left_out import show_left_out, show_mends
from ftcore.ui.data_state import Section
from ftcore.ui.findings_view import Action, Places, show_findings
from ftcore.ui.quality_view import show_quality
from ftcore.ui.wording import counted
from ftcore.workshop.dataset_views import CurrentDataset

PERSONAL = "personal_data"


def to_improve(desk: DataDesk) -> int:
    """Return how many kinds of things there are to look at."""
    if desk.current is None:
        return 0
    codes = {finding.code for finding in desk.current.findings}
    return len(codes) + bool(desk.current.reading.left_out)


def show_improve(desk: DataDesk) -> None:
    """Draw the section: score, findings of the examples, and of their file."""
    current = desk.current
    if current is None:
        return
    show_quality(
        desk.datasets.quality(desk.me), go=lambda name: _follow(desk, current, name)
    )
    _substance(desk, current)
    left = current.reading.left_out
    if left:
        task = current.dataset.task
        mended = show_left_out(
            left, current.reading.findings, current.reading.table, task
        )
        if mended:
            desk.add(mended.examples, mended.line)
    _file(desk, current)


def preview_dialog(desk: DataDesk) -> None:
    """Draw the dialog with a fix before and after, while one is being looked at."""
    preview = desk.state.preview
    if preview is None:
        return

    def close() -> None:
        desk.state.preview = None

    @st.dialog(text("data_fixes.title"), width="medium", on_dismiss=close)
    def draw() -> None:
        if preview.code:
            result = desk.datasets.preview_fix(desk.me, preview.code, preview.rows)
        else:
            result = desk.datasets.preview_all(desk.me)
        choice = show_preview(
            result,
            veil=veil if preview.code == PERSONAL else None,
            can_choose=bool(preview.code),
        )
        if choice is None:
            return
        if choice.apply:
            count = len(result.changes if choice.rows is None else choice.rows)
            desk.fix(preview, choice.rows, count)
            return
        close()
        st.rerun()

    draw()


def veil(words: str) -> str:
    """Return a text with the middle of its personal data covered."""
    return veiled(words, [(found.start, found.end) for found in find_personal(words)])


def _follow(desk: DataDesk, current: CurrentDataset, advice: str) -> None:
    """Lead to where an advice is followed: a fix, the first example, or a section."""
    rows = [f.line for f in current.findings if f.code == advice and f.line]
    if can_fix(advice):
        desk.look_at(advice)
    elif rows:
        desk.land(rows[0])
    else:
        desk.state.go(Section.EXAM if advice == "test" else Section.EXAMPLES)
    st.rerun()


def _substance(desk: DataDesk, current: CurrentDataset) -> None:
    st.subheader(text("data_improve.examples"), anchor=False)
    if not current.findings:
        st.markdown(text("data_improve.nothing"))
        return
    unsaved = bool(desk.state.unsaved)
    safe = {finding.code for finding in current.findings} & set(SAFE)
    if safe:
        with st.container(key="fix-all-row"):
            st.button(
                counted("data_fixes.all", len(safe)),
                key="fix-all",
                icon=":material/auto_fix_high:",
                help=text("data_fixes.all_about"),
                disabled=unsaved,
                on_click=desk.look_at,
                args=("",),
            )
    if unsaved:
        st.caption(text("data_fixes.wait"))
    show_findings(
        current.findings,
        key="current",
        places=Places("row", lambda row: row, desk.land),
        action=Action(_fix_label, desk.look_at, unsaved),
    )


def _file(desk: DataDesk, current: CurrentDataset) -> None:
    """Draw what was wrong with the file, and what was mended on the way in."""
    reading = current.reading
    left = {(row.code, row.line) for row in reading.left_out}
    findings = [f for f in reading.findings if (f.code, f.line) not in left]
    if not findings and not reading.mends:
        return
    st.subheader(text("data_improve.file"), anchor=False)
    rows = {} if current.edits else {mend.line: mend.row for mend in reading.mends}
    show_findings(findings, key="file", places=Places("line", rows.get, desk.land))
    if reading.mends:
        examples = {} if current.edits else _by_row(current)
        show_mends(reading.mends, examples, reading.table, veil)


def _by_row(current: CurrentDataset) -> dict[int, Example]:
    return dict(enumerate(current.dataset, start=1))


def _fix_label(code: str, rows: int) -> str:
    if not can_fix(code):
        return ""
    if not rows:
        return text("data_fixes.fix_whole")
    return counted(f"data_fixes.{'mask' if code == PERSONAL else 'fix'}", rows)
