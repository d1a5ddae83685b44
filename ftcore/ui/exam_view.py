"""Draw the exam before it has a result: not asked yet, under way, failed."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from ftcore.runtime import utc_now
from ftcore.storage.records import EvaluationRow
from ftcore.texts import duration, text
from ftcore.training.base import JobState
from ftcore.ui.cards import action_link, empty_state
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.services import get_workshop
from ftcore.ui.session import current_session

_NOTE = "exam"


@dataclass(frozen=True, slots=True)
class FirstLook:
    """When this tab first saw the exam running, and how far it was."""

    evaluation_id: str
    done: int
    at: datetime


def is_under_way(row: EvaluationRow | None) -> bool:
    """Whether an exam is waiting or running."""
    return row is not None and not JobState(row.state).is_final


def ask(participant_id: str, *, again: bool = False) -> None:
    """Draw the button that starts the exam, or why there can be none.

    Args:
        participant_id: Whose model is examined.
        again: Whether there is a result already: the button then steps back.
    """
    results = get_workshop().results
    questions = results.questions(participant_id)
    if questions == 0:
        with empty_state(
            text("results.no_questions.title"),
            text("results.no_questions.text"),
            key="no-questions",
        ):
            action_link("data", text("results.no_questions.go"), key="data")
        return
    if again:
        label, kind = text("results.again"), "tertiary"
    else:
        one = questions == 1
        label = text(f"results.{'start_one' if one else 'start'}", questions=questions)
        kind = "primary"
    if st.button(label, type=kind, key="start-exam"):  # type: ignore[arg-type]
        with friendly_errors():
            results.start_evaluation(participant_id)
        st.rerun()


@st.fragment(run_every="2s")
def watch(participant_id: str) -> None:
    """Draw the exam under way every two seconds; redraw the page once it ends."""
    results = get_workshop().results
    row = results.evaluation_row(participant_id)
    if row is None or not is_under_way(row):
        st.rerun()
        return
    with st.container(key="state-exam", border=True):
        st.subheader(text("results.running.title"), anchor=False)
        share = row.done / row.total if row.total else 0.0
        st.progress(min(1.0, share), text=_words(row, results.evaluations_ahead(row)))
        st.caption(text("results.running.text"))


def show_failed() -> None:
    """Draw that the exam ended without a result, and what was kept."""
    st.error(
        f"**{text('results.failed.title')}**  \n{text('results.failed.text')}",
        icon=":material/error:",
    )


def _words(row: EvaluationRow, ahead: int) -> str:
    if row.state == JobState.QUEUED and ahead:
        if ahead == 1:
            return text("results.running.waiting_one")
        return text("results.running.waiting", ahead=ahead)
    if not row.total:
        return text("results.running.starting")
    left = _seconds_left(row)
    key = "progress_unknown" if left is None else "progress"
    return text(
        f"results.running.{key}",
        done=row.done,
        total=row.total,
        left=duration(left or 0),
    )


def _seconds_left(row: EvaluationRow) -> float | None:
    """Extrapolate from what this tab has seen; ``None`` while it is too little."""
    notes = current_session().notes
    look = notes.get(_NOTE)
    now = utc_now()
    if not isinstance(look, FirstLook) or look.evaluation_id != row.id:
        notes[_NOTE] = FirstLook(row.id, row.done, now)
        return None
    answered = row.done - look.done
    if answered < 1:
        return None
    return (now - look.at).total_seconds() / answered * (row.total - row.done)
