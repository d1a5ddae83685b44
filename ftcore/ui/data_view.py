"""The head of step 2: how the examples stand, and a file that was not taken."""

import streamlit as st

from ftcore.data.findings import Severity
from ftcore.texts import text
from ftcore.ui.cards import action_link
from ftcore.ui.data_actions import downloads, redo_button, undo_button
from ftcore.ui.data_desk import DataDesk
from ftcore.ui.data_entry import Incoming
from ftcore.ui.data_glance import show_glance
from ftcore.ui.data_left_out import MOST_TO_MEND, left_out_download
from ftcore.ui.data_mapping import Mapping, can_map, needs_eyes, show_mapping
from ftcore.ui.data_rows import left_out_text, with_header
from ftcore.ui.data_state import Rejected, Section
from ftcore.ui.findings_view import show_findings
from ftcore.ui.quality_view import show_quality_badge
from ftcore.ui.wording import counted, plain
from ftcore.workshop.dataset_views import CurrentDataset


def show_head(desk: DataDesk, current: CurrentDataset) -> None:
    """Draw the verdict, the score, what can always be done, and the way on."""
    left, right = st.columns([3, 1], gap="medium", vertical_alignment="center")
    with left:
        ready_banner(current)
    with right, st.container(key="head-quality"):
        if len(current.dataset):
            show_quality_badge(desk.datasets.quality(desk.me))
    with st.container(key="head-do", horizontal=True, vertical_alignment="center"):
        if can_train(current):
            unit = counted("data.unit", len(current.dataset))
            action_link("tool", text("data.next", unit=unit), key="tool")
        if undo_button(can_undo=desk.datasets.before(desk.me) is not None):
            desk.undo()
        if redo_button(can_redo=desk.datasets.after(desk.me) is not None):
            desk.redo()
        if len(current.dataset):
            downloads(
                current.dataset.name, lambda kind: desk.datasets.file(desk.me, kind)[1]
            )
    if len(current.dataset):
        show_glance(desk, current)
    _unsaved(desk)


def can_train(current: CurrentDataset) -> bool:
    """Whether nothing about the whole stands in the way of training."""
    blocked = any(
        f.severity is Severity.ERROR and f.line is None for f in current.findings
    )
    return len(current.dataset) > 0 and not blocked


def ready_banner(current: CurrentDataset) -> None:
    """Say whether the examples can train, where they come from, what was noticed."""
    if not len(current.dataset):
        st.info(text("data.banner.table"), icon=":material/table:")
        return
    unit = counted("data.unit", len(current.dataset))
    if not can_train(current):
        worst = next(f for f in current.findings if f.severity is Severity.ERROR)
        title = text("data.banner.not_yet", unit=unit)
        st.warning(
            f"**{title}**  \n{plain(worst.message)} {plain(worst.fix)}",
            icon=":material/error:",
        )
        return
    sentences = [_origin(current), *_noticed(current)]
    title = text("data.banner.ready", unit=unit)
    st.success(
        f"**{title}**  \n{' '.join(filter(None, sentences))}",
        icon=":material/check_circle:",
    )


def say_notice(desk: DataDesk) -> None:
    """Say once what has just been done."""
    if desk.state.notice:
        st.toast(desk.state.notice, icon=":material/check:", duration="long")
        desk.state.notice = ""


def mapping_of(desk: DataDesk, current: CurrentDataset) -> None:
    """Draw how the file was read; a change reads it again at once."""
    table = current.reading.table
    if table is None or not can_map(table):
        return
    state, task = desk.state, current.dataset.task
    source = current.row.import_id or ""
    is_open = needs_eyes(table) and state.confirmed != source and not current.edits

    def confirm() -> None:
        state.confirmed = source

    mapping = show_mapping(
        table,
        task,
        key=current.row.id,
        lost=current.edits,
        is_open=is_open,
        confirm=confirm if is_open else None,
    )
    if mapping:
        desk.reread(mapping)


def show_rejected(desk: DataDesk, rejected: Rejected, *, has_template: bool) -> None:
    """Say what is wrong with a file that was not taken, and how to go on with it."""
    report, current = rejected.report, desk.current
    if current is not None:
        unit = counted("data.unit", len(current.dataset))
        kept = text("data.banner.kept", unit=unit)
    else:
        kept = text(f"data.banner.nothing_kept{'' if has_template else '_own'}")
    with st.container(key="rejected"):
        if _asks_columns(rejected):
            title = text("data.banner.which_columns", name=plain(report.filename))
            kept = kept if current else text("data.banner.no_need_again")
            st.info(f"**{title}**  \n{kept}", icon=":material/view_column:")
            mapping, incoming = _mapping_of_rejected(desk, rejected), None
        else:
            title = text("data.banner.rejected", name=plain(report.filename))
            st.error(f"**{title}**  \n{kept}", icon=":material/error:")
            show_findings(report.findings, key="rejected")
            incoming = _again(rejected)
            mapping = _mapping_of_rejected(desk, rejected)
        if st.button(
            text("data.banner.dismiss"),
            key="dismiss-rejected",
            icon=":material/close:",
            type="tertiary",
        ):
            desk.state.rejected = None
            st.rerun()
    if mapping and rejected.content is None:
        desk.reread(mapping)
    elif mapping:
        desk.bring(
            Incoming(
                report.filename,
                rejected.content or b"",
                columns=mapping.columns,
                has_header=mapping.has_header,
                sheet=mapping.sheet,
                task=mapping.task,
            )
        )
    if incoming:
        desk.bring(incoming)


def _mapping_of_rejected(desk: DataDesk, rejected: Rejected) -> Mapping | None:
    table = rejected.report.table
    if table is None or not can_map(table):
        return None
    return show_mapping(
        table,
        desk.task,
        key=f"rejected-{desk.state.jumps}",
        is_open=_asks_columns(rejected),
    )


def _asks_columns(rejected: Rejected) -> bool:
    """Whether nothing is missing but to say which columns to read."""
    table = rejected.report.table
    return (
        table is not None
        and can_map(table)
        and not table.source
        and any(f.code == "unknown_columns" for f in rejected.report.findings)
    )


def _again(rejected: Rejected) -> Incoming | None:
    """Draw the rows of a rejected file in a box, to be mended and read again."""
    rows = rejected.report.left_out
    raw = left_out_text(rows)
    if not rows:
        return None
    left_out_download(rows)
    if len(raw) > MOST_TO_MEND:
        return None
    table = rejected.report.table
    if table is not None and table.names and not raw.lstrip().startswith(("{", "[")):
        raw = with_header(raw, table.names)
    mended = st.text_area(
        text("data_left_out.again"),
        raw,
        key="mend-rejected",
        height=220,
        help=text("data_left_out.again_about"),
    )
    if not st.button(text("data_left_out.again_button"), key="read-again"):
        return None
    return Incoming(rejected.report.filename, (mended or "").encode())


def _unsaved(desk: DataDesk) -> None:
    count = desk.state.unsaved
    if count and desk.state.section is not Section.EXAMPLES:
        st.caption(f":material/edit: {counted('data.banner.unsaved', count)}")


def _origin(current: CurrentDataset) -> str:
    origin = current.row.origin
    if origin == "upload":
        name = current.reading.filename or current.row.filename
        return text("data.banner.upload", name=plain(name))
    if origin == "hub":
        return text("data.banner.hub", name=plain(current.row.filename))
    return text(f"data.banner.{'own_table' if origin == 'table' else 'template'}")


def _noticed(current: CurrentDataset) -> list[str]:
    reading = current.reading
    sentences = [plain(f.message) for f in reading.findings if f.code == "sampled"]
    if reading.left_out:
        sentences.append(counted("data.banner.left_out", len(reading.left_out)))
    if any(f.severity is Severity.REPAIR for f in reading.findings):
        sentences.append(text("data.banner.repaired"))
    return sentences
