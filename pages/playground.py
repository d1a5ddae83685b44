"""Step 5: ask the model, beside the base model, in the embedded playground."""

import streamlit as st

from ftcore.data.examples import Task
from ftcore.texts import text
from ftcore.ui.api_view import show_api
from ftcore.ui.cards import action_link
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.frame import page_header
from ftcore.ui.guards import require_open
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.playground import show_playground
from ftcore.ui.services import get_workshop
from ftcore.ui.session import current_session, participant_id
from ftcore.workshop.steps import Step

workshop, me = get_workshop(), participant_id()
page_header("playground")
overview = require_open(Step.PLAYGROUND)

if overview.model_job is not None:
    with friendly_errors():
        token = current_session().playground_token(me, overview.model_job.id)
        task = workshop.playground.info(workshop.playground.claim(token)).task
    st.markdown(text(f"playground.compare.{task}"))
    show_playground(token, task)
    action_link("results", text("playground.next"), key="results")
    how = "how_labels" if task is Task.CLASSIFICATION else "nearest"
    with st.expander(text(f"playground.{how}.title"), icon=":material/lightbulb:"):
        st.markdown(text(f"playground.{how}.text"))
    show_api(me)
    lesson_expander("step_5_testing")
