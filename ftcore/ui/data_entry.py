"""The ways to bring examples in: the template, a file, pasted text."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ftcore.data.examples import Task
from ftcore.data.findings import CheckReport
from ftcore.data.templates import Template
from ftcore.texts import text
from ftcore.ui.services import get_settings
from ftcore.ui.session import current_session
from ftcore.ui.wording import text_for
from ftcore.workshop.projects import Projects

SHAPES = ("chat", "completion", "classification")
_SEEN = "data.seen_upload"


@dataclass(frozen=True, slots=True)
class Incoming:
    """Examples that the participant has just brought.

    Attributes:
        filename: Name of the file; empty for a template.
        content: Its bytes; empty for a template.
        template: Name of the template, if it is one.
    """

    filename: str = ""
    content: bytes = b""
    template: str | None = None

    def bring(self, projects: Projects, participant_id: str) -> CheckReport | None:
        """Make these the current examples if they can train.

        Returns:
            What was found in a file; ``None`` for a template, which is always good.
        """
        if self.template is not None:
            projects.use_template(participant_id, self.template)
            return None
        return projects.import_dataset(participant_id, self.filename, self.content)


def template_button(template: Template, *, primary: bool) -> Incoming | None:
    """Draw the button that takes the template's examples."""
    count = len(template.dataset)
    pressed = st.button(
        text_for("data.use_template", template.name, count=count),
        key="use-template",
        type="primary" if primary else "secondary",
    )
    return Incoming(template=template.name) if pressed else None


def own_examples(extra: Callable[[], Incoming | None] | None = None) -> Incoming | None:
    """Draw upload and paste side by side as tabs.

    Args:
        extra: Draws a third tab with the template.
    """
    names = ["tab_upload", "tab_paste", *(["tab_template"] if extra else [])]
    tabs = st.tabs([text(f"data.ways.{name}") for name in names])
    with tabs[0]:
        incoming = _upload()
    with tabs[1]:
        incoming = _paste() or incoming
    if extra:
        with tabs[2]:
            incoming = extra() or incoming
    return incoming


def show_shapes(task: Task | None = None) -> None:
    """Draw what a file must look like, with three lines of each shape.

    Args:
        task: What the project's template is for; its shape is shown first.
    """
    st.markdown(f"**{text('data.shapes.title')}**  \n{text('data.shapes.body')}")
    tabs = st.tabs(
        [text(f"data.shapes.{shape}.name") for shape in SHAPES],
        default=text(f"data.shapes.{task}.name") if task else None,
    )
    for tab, shape in zip(tabs, SHAPES, strict=True):
        tab.caption(text(f"data.shapes.{shape}.about"))
        sample = text(f"data.shapes.{shape}.sample").rstrip()
        tab.code(sample, language=None, wrap_lines=True)


def _upload() -> Incoming | None:
    file = st.file_uploader(
        text("data.ways.upload"),
        key="upload",
        help=text("data.ways.upload_help", limit=get_settings().max_upload_mb),
    )
    if file is None:
        return None
    notes = current_session().notes
    if notes.get(_SEEN) == file.file_id:  # the widget keeps the file on every rerun
        return None
    notes[_SEEN] = file.file_id
    return Incoming(file.name, file.getvalue())


def _paste() -> Incoming | None:
    pasted = st.text_area(
        text("data.ways.paste"),
        key="pasted",
        placeholder=text("data.ways.paste_placeholder"),
        height=160,
    )
    if not st.button(text("data.ways.paste_button"), key="use-pasted"):
        return None
    if not pasted.strip():
        st.warning(text("data.ways.nothing_pasted"), icon=":material/edit:")
        return None
    return Incoming(text("data.ways.pasted_name"), pasted.encode())
