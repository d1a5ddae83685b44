"""Step 2: bring the examples, see them, see what is wrong with them."""

import streamlit as st

from ftcore.data.findings import CheckReport, Verdict
from ftcore.data.templates import load_template
from ftcore.errors import FtcoreError
from ftcore.texts import number, text
from ftcore.ui.cards import action_link, empty_state
from ftcore.ui.data_charts import show_charts
from ftcore.ui.data_entry import own_examples, show_shapes, template_button
from ftcore.ui.data_view import (
    accepted_findings,
    ready_banner,
    rejected_report,
    take_back,
    test_note,
)
from ftcore.ui.examples_view import show_examples
from ftcore.ui.feedback import show_error
from ftcore.ui.frame import page_header
from ftcore.ui.guards import require_open
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.services import get_workshop
from ftcore.ui.session import current_session, participant_id
from ftcore.ui.wording import counted
from ftcore.workshop.steps import Step

page_header("data")
overview = require_open(Step.DATA)
who, projects = participant_id(), get_workshop().projects
project = overview.project
notes, REPORT = current_session().notes, f"data.report.{project.id if project else ''}"
template = load_template(project.template) if project and project.template else None
current = projects.dataset(who)
incoming = None

report = notes.get(REPORT)
if isinstance(report, CheckReport) and report.verdict is Verdict.REJECT:
    rejected_report(report, current, has_template=template is not None)

if current is None:
    key = "with_template" if template else "own"
    counts = {
        "count": number(len(template.dataset)) if template else "",
        "test": number(len(template.test)) if template else "",
    }
    with empty_state(
        text("data.empty.title"), text(f"data.empty.{key}", **counts), key="data"
    ):
        if template:
            incoming = template_button(template, primary=True)
    if template:
        st.subheader(text("data.ways.title"), anchor=False)
    incoming = own_examples() or incoming
    show_shapes(template.task if template else None)
else:
    unit = counted("data.unit", len(current.dataset))
    ready_banner(current)
    action_link("tool", text("data.next", unit=unit), key="tool")
    accepted_findings(current.findings)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(text("data.examples.title"), anchor=False)
        show_examples(current.dataset)
    with right:
        test_note(current)
        show_charts(current.dataset)
    if take_back(projects, who):
        projects.undo_dataset(who)
        notes.pop(REPORT, None)
        st.rerun()
    with st.expander(text("data.ways.change"), icon=":material/upload_file:"):
        st.caption(text("data.ways.replaces"))
        incoming = own_examples(
            (lambda: template_button(template, primary=False)) if template else None
        )
        show_shapes(current.dataset.task)

if incoming is not None:
    try:
        with st.spinner(text("data.ways.checking")):
            notes[REPORT] = incoming.bring(projects, who)
    except FtcoreError as error:
        show_error(error)
    else:
        st.rerun()

lesson_expander("step_2_data")
