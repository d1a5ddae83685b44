"""Step 2: bring the examples, see what is wrong with them, mend them."""

import streamlit as st

from ftcore.data.examples import Task
from ftcore.data.templates import load_template
from ftcore.texts import number, text
from ftcore.ui.cards import empty_state
from ftcore.ui.data_desk import DataDesk
from ftcore.ui.data_entry import own_examples, show_shapes, template_button
from ftcore.ui.data_improve import preview_dialog
from ftcore.ui.data_sections import form_dialog, show_sections
from ftcore.ui.data_state import data_state
from ftcore.ui.data_view import mapping_of, say_notice, show_head, show_rejected
from ftcore.ui.frame import page_header
from ftcore.ui.guards import require_open
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.services import get_workshop
from ftcore.ui.session import participant_id
from ftcore.workshop.steps import Step

page_header("data")
overview = require_open(Step.DATA)
me, datasets = participant_id(), get_workshop().datasets
project = overview.project
state = data_state(project.id if project else "")
template = load_template(project.template) if project and project.template else None
current = datasets.current(me)
task = current.dataset.task if current else template.task if template else Task.CHAT
desk = DataDesk(datasets, me, state, current, task)
incoming = None

top = st.container()  # a bar or an error is seen wherever the press was
say_notice(desk)
if state.rejected:
    show_rejected(desk, state.rejected, has_template=template is not None)

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
        else:
            incoming = own_examples(state, task)
    if template:
        st.subheader(text("data.ways.title"), anchor=False)
        incoming = own_examples(state, task) or incoming
    show_shapes(template.task if template else None)
else:
    show_head(desk, current)
    if not state.rejected:
        mapping_of(desk, current)
    show_sections(desk)
    with st.expander(text("data.ways.change"), icon=":material/upload_file:"):
        st.caption(text("data.ways.replaces"))
        incoming = own_examples(
            state,
            task,
            (lambda: template_button(template, primary=False)) if template else None,
        )
        show_shapes(task)
    if state.preview:
        preview_dialog(desk)
    elif state.editing is not None:
        form_dialog(desk)

if incoming is not None:
    with top:
        desk.bring(incoming)

lesson_expander("step_2_data")
