"""Step 4: choose how long to train, start, watch, stop."""

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.texts import text
from ftcore.training.base import JobState, Preset
from ftcore.ui import job_view, training_form
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.frame import page_header
from ftcore.ui.guards import require_open
from ftcore.ui.lessons import lesson_expander
from ftcore.ui.services import get_workshop
from ftcore.ui.session import participant_id
from ftcore.ui.training_preview import lessons_form
from ftcore.workshop.steps import Step


def choose_and_start(*, again: bool) -> None:
    """Draw the form; its button puts the training into the queue."""
    with friendly_errors():
        offer = workshop.training.offer(me)
        level, _ = offer.plans[Preset.BALANCED]
        config = training_form.training_form(offer, workshop.planning.layers(level))
        config = lessons_form(config, lambda one: workshop.planning.preview(me, one))
        fits = workshop.training.fit(me, config)
        changed = config != offer.plans[config.preset][0]
        training_form.show_fit(fits, config, is_changed=changed)
        label = training_form.start_label(offer, again=again)
        is_refused = fits.short is not None
        kind = "secondary" if again or is_refused else "primary"
        if st.button(label, type=kind, key="start-training", disabled=is_refused):  # type: ignore[arg-type]
            workshop.training.start(me, config)
            st.rerun()


workshop, me = get_workshop(), participant_id()
view = workshop.training.view(me)
is_live = view is not None and not view.status.state.is_final
is_over = view is not None and view.row.model_dir is not None
# A simulation says nothing any more once another tool has been chosen.
is_past = (
    view is not None
    and not (is_live or is_over)
    and view.row.trainer != workshop.training.tool(me)
)
page_header("train.live" if is_live else "train.over" if is_over else "train")
require_open(Step.TRAIN)
if not is_live:
    workshop.training.prepare(me)

if is_live:
    job_view.watch(me)
elif view is not None and not is_past and view.status.state is JobState.SUCCEEDED:
    evaluation = workshop.results.dashboard(me).evaluation
    tuned = evaluation.arm(Arm.TUNED) if evaluation else None
    job_view.show_outcome(view, tuned.accuracy if tuned else None, me)
    with st.expander(text("train.again_title"), key="train-again"):
        choose_and_start(again=True)
else:
    if view is not None and not is_past:
        job_view.show_outcome(view, None, me)
    choose_and_start(again=False)
lesson_expander("step_4_training")
