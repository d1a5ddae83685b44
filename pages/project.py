"""Step 1: choose what the model is for."""

import streamlit as st

from ftcore.texts import text
from ftcore.ui.choice_cards import choice_cards
from ftcore.ui.choices import choice_of, list_choices
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.frame import page_header
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.navigation import page
from ftcore.ui.project_view import (
    current_project,
    ideas_expander,
    project_form,
    resume_expander,
    scroll_to_form,
)
from ftcore.ui.services import get_workshop
from ftcore.ui.session import current_session, participant_id

PICKED = "project.picked"
SCROLL = "project.scroll"

notes, who = current_session().notes, participant_id()
projects = get_workshop().projects
overview = projects.visit(who)
choices = list_choices(projects.templates())
chosen = notes.get(PICKED) or choice_of(overview.project)
choice = next((c for c in choices if c.id == chosen), None)

page_header("project")
if overview.project is not None:
    current_project(overview.project, choices)

picked = choice_cards(choices, choice.id if choice else None)
if picked is not None:
    notes |= {PICKED: picked, SCROLL: True}
    st.rerun()

if choice is None:
    st.caption(text("project.pick_first"))
else:
    answers = project_form(choice, overview)
    if notes.pop(SCROLL, False):
        scroll_to_form()
    if answers is not None and answers.missing:
        st.warning(text(answers.missing), icon=":material/edit:")
    elif answers is not None:
        with friendly_errors():
            projects.save(
                who,
                use_case=choice.use_case,
                template=choice.template.name if choice.template else None,
                name=answers.name,
                objective=answers.objective,
                nickname=answers.nickname,
            )
        notes.pop(PICKED, None)
        st.switch_page(page("data"))

resume_expander(who)
ideas_expander()
lesson_expander("step_1_use_case")
