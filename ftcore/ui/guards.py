"""Stop a page that is still locked, saying what unlocks it."""

import streamlit as st

from ftcore.texts import text
from ftcore.ui.cards import action_link
from ftcore.ui.services import get_workshop
from ftcore.ui.session import participant_id
from ftcore.workshop.steps import Overview, Step, StepState


def require_open(step: Step) -> Overview:
    """Return where the participant is, or stop the page if the step is locked.

    A locked page says what unlocks it and links to the step to do now.
    """
    overview = get_workshop().projects.visit(participant_id())
    if overview.steps[step] is StepState.LOCKED:
        _show_locked(step, overview.reached)
        st.stop()
    return overview


def _show_locked(step: Step, needed: Step) -> None:
    with st.container(key="guard", border=True):
        st.markdown(f":material/lock: {text(f'app.steps.unlock.{step.value}')}")
        label = text("app.steps.go", name=text(f"app.pages.{needed.value}"))
        action_link(needed.value, label, key="guard")
