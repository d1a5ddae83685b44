"""The ways to bring examples in: template, file, pasted text, table, the Hub."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ftcore.data.examples import Task
from ftcore.data.findings import CheckReport, Verdict
from ftcore.data.options import ColumnChoice
from ftcore.data.templates import Template
from ftcore.texts import number, text
from ftcore.ui.data_state import DataState, Rejected, Section
from ftcore.ui.services import get_settings
from ftcore.ui.wording import text_for
from ftcore.workshop.datasets import Datasets

SHAPES = ("chat", "completion", "classification")
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Incoming:
    """Examples that the participant has just brought, in one of five ways.

    Attributes:
        filename: Name of the file or of the pasted text.
        content: Its bytes.
        template: Name of the template.
        table: Task of a table that is filled in by hand.
        hub: Id of a dataset of the Hub.
        columns: The two columns to read, if the participant has said so.
        has_header: Whether the first row names the columns, if they said so.
        sheet: The sheet to read, if they said so.
        task: What the model learns, if they said so.
    """

    filename: str = ""
    content: bytes = b""
    template: str | None = None
    table: Task | None = None
    hub: str = ""
    columns: ColumnChoice | None = None
    has_header: bool | None = None
    sheet: str | None = None
    task: Task | None = None

    @property
    def label(self) -> str:
        """What goes on while it is being read."""
        key = "hub" if self.hub else "template" if self.template else "checking"
        return text(f"data_entry.busy.{key}")

    def bring(
        self, datasets: Datasets, me: str, progress: Progress
    ) -> CheckReport | None:
        """Make these the current examples, if they can be.

        Returns:
            What was found; ``None`` for a template or a table of one's own.
        """
        if self.template is not None:
            datasets.use_template(me, self.template)
            return None
        if self.table is not None:
            datasets.start_table(me, self.table)
            return None
        if self.hub:
            return datasets.import_hub(me, self.hub, progress=progress)
        return datasets.import_file(
            me,
            self.filename,
            self.content,
            columns=self.columns,
            has_header=self.has_header,
            sheet=self.sheet,
            task=self.task,
            progress=progress,
        )

    def settle(self, state: DataState, report: CheckReport | None) -> None:
        """Note in the tab's memory what became of them."""
        if report is not None and report.verdict is Verdict.REJECT:
            state.rejected = Rejected(report, self.content)
            return
        state.done("")
        state.as_table = self.table is not None
        state.go(Section.EXAMPLES)


def template_button(template: Template, *, primary: bool) -> Incoming | None:
    """Draw the button that takes the template's examples."""
    count = len(template.dataset)
    pressed = st.button(
        text_for("data.use_template", template.name, count=count),
        key="use-template",
        type="primary" if primary else "secondary",
    )
    return Incoming(template=template.name) if pressed else None


def own_examples(
    state: DataState, task: Task, extra: Callable[[], Incoming | None] | None = None
) -> Incoming | None:
    """Draw the ways in side by side as tabs.

    Args:
        state: The tab's memory.
        task: What the project's model learns; a new table starts for it.
        extra: Draws one more tab, with the template.
    """
    names = ["upload", "paste", "table", "hub", *(["template"] if extra else [])]
    tabs = st.tabs([text(f"data_entry.tabs.{name}") for name in names])
    ways = [lambda: _upload(state), _paste, lambda: _table(task), _hub]
    incoming = None
    for tab, draw in zip(tabs, [*ways, *([extra] if extra else [])], strict=True):
        with tab:
            incoming = draw() or incoming
    return incoming


def show_shapes(task: Task | None = None) -> None:
    """Draw what a file may look like, with three lines of each shape, folded.

    Args:
        task: What the project's template is for; its shape is shown first.
    """
    with st.expander(text("data.shapes.title"), icon=":material/help:"):
        st.markdown(text("data.shapes.body"))
        tabs = st.tabs(
            [text(f"data.shapes.{shape}.name") for shape in SHAPES],
            default=text(f"data.shapes.{task}.name") if task else None,
        )
        for tab, shape in zip(tabs, SHAPES, strict=True):
            tab.caption(text(f"data.shapes.{shape}.about"))
            sample = text(f"data.shapes.{shape}.sample").rstrip()
            tab.code(sample, language=None, wrap_lines=True)


def _upload(state: DataState) -> Incoming | None:
    limit = number(get_settings().max_upload_mb)
    file = st.file_uploader(
        text("data_entry.upload", limit=limit),
        key="upload",
        max_upload_size=get_settings().max_upload_mb,
    )
    st.caption(text("data_entry.upload_help"))
    # The widget keeps the file on every rerun.
    if file is None or file.file_id == state.seen_upload:
        return None
    state.seen_upload = file.file_id
    return Incoming(file.name, file.getvalue())


def _paste() -> Incoming | None:
    pasted = st.text_area(
        text("data_entry.paste"),
        key="pasted",
        placeholder=text("data_entry.paste_placeholder"),
        height=160,
    )
    if not st.button(text("data_entry.paste_button"), key="use-pasted"):
        return None
    if not pasted.strip():
        st.warning(text("data_entry.nothing_pasted"), icon=":material/edit:")
        return None
    return Incoming(text("data_entry.pasted_name"), pasted.encode())


def _table(task: Task) -> Incoming | None:
    st.markdown(text(f"data_entry.table.{task.value}"))
    pressed = st.button(text("data_entry.table_button"), key="use-table")
    return Incoming(table=task) if pressed else None


def _hub() -> Incoming | None:
    wanted = st.text_input(
        text("data_entry.hub"),
        key="hub-id",
        placeholder=text("data_entry.hub_placeholder"),
    )
    st.caption(text("data_entry.hub_help"))
    if not st.button(text("data_entry.hub_button"), key="use-hub"):
        return None
    if not wanted.strip():
        st.warning(text("data_entry.nothing_hub"), icon=":material/edit:")
        return None
    return Incoming(hub=wanted.strip())
