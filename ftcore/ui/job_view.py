"""Draw one training job: running, and the four ways it can end."""

from collections.abc import Sequence

import streamlit as st

from ftcore.evaluation.base import Interval
from ftcore.jobs.runner import INTERRUPTED
from ftcore.texts import catalog, duration, number, percent, text
from ftcore.training.base import JobState, Phase, ProgressEvent
from ftcore.ui import job_waiting, loss_chart
from ftcore.ui.cards import action_link, empty_state
from ftcore.ui.job_waiting import rounded_forecast
from ftcore.ui.loss import losses_of, smoothed, window_of
from ftcore.ui.services import get_workshop
from ftcore.workshop.training import JobView

SIMULATED = "simulated"
_REFRESH = "2s"


@st.fragment(run_every=_REFRESH)
def watch(participant_id: str) -> None:
    """Draw the live job every two seconds; redraw the whole page once it ends.

    Args:
        participant_id: Whose newest job it is.
    """
    view = get_workshop().training.view(participant_id)
    if view is None or view.status.state.is_final:
        st.rerun()
    elif view.status.state is JobState.QUEUED:
        job_waiting.show_queued(view, participant_id)
    elif view.status.state is JobState.PAUSED:
        job_waiting.show_paused(view, participant_id)
    else:
        _show_running(view, participant_id)


def _show_running(view: JobView, participant_id: str) -> None:
    simulated = view.row.trainer == SIMULATED
    last = view.status.last or ProgressEvent(Phase.WAITING)
    if simulated:
        st.subheader(text("train.running.title_simulated"), anchor=False)
    bar = " · ".join(
        [
            f"**{text(f'train.phases.{last.phase}')}**",
            text("train.running.progress", percent=percent(view.status.progress)),
            _time_left(view),
        ]
    )
    st.progress(min(1.0, view.status.progress), text=bar)
    with st.container(key="figures-live", horizontal=True, vertical_alignment="center"):
        _show_figures(last, simulated=simulated)
        with st.container(key="buttons-live", horizontal=True):
            # What costs nothing or is nearly done is not worth a pause.
            if not simulated and view.can_pause:
                job_waiting.pause_button(participant_id)
            job_waiting.cancel_button(text("train.cancel"), participant_id)
    loss_chart.show(view.events, simulated=simulated, key="loss-live")
    st.caption(text("train.running.text"))


def _time_left(view: JobView) -> str:
    if view.seconds_left is None:
        return text("train.running.left_unknown")
    return text(
        "train.running.left", time=duration(rounded_forecast(view.seconds_left))
    )


def _show_figures(last: ProgressEvent, *, simulated: bool) -> None:
    total = number(last.total_steps)
    step = text("train.figures.of", step=number(last.step), total=total)
    _metric("step", last.total_steps, step)
    if not simulated:  # which reads nothing and holds nothing
        _metric("seen", last.examples_seen, number(last.examples_seen))
    _metric("speed", last.tokens_per_second, number(last.tokens_per_second or 0))
    if not simulated:
        _metric("memory", last.memory_mb, number((last.memory_mb or 0) / 1000, 1))
    st.metric(text("train.figures.elapsed"), duration(last.seconds))


def _metric(name: str, known: float | None, value: str) -> None:
    """Draw a figure with its unit, or that it is not known yet."""
    unit = catalog().get(f"train.figures.{name}_unit", "")
    st.metric(
        text(f"train.figures.{name}"),
        f"{value} {unit}".rstrip() if known else text("train.figures.unknown"),
        help=catalog().get(f"train.figures.{name}_help"),
    )


def show_outcome(view: JobView, examined: Interval | None, participant_id: str) -> None:
    """Draw how a job ended, what it left and what to do now.

    Args:
        view: A job in a final state.
        examined: Correct answers on the held-out examples, if examined.
        participant_id: Whose job it is.
    """
    state = view.status.state
    if state is JobState.FAILED:
        _show_failed(view, participant_id)
    elif state is JobState.CANCELLED:
        with empty_state(
            text("train.cancelled.title"), text("train.cancelled.text"), key="cancelled"
        ):
            pass
    elif view.row.model_dir is None:
        _show_simulated(view)
    else:
        _show_succeeded(view, examined)


def _show_failed(view: JobView, participant_id: str) -> None:
    code = view.status.error_code or "other"
    if f"train.failures.{code}.problem" not in catalog():
        code = "other"
    st.error(
        f"**{text('train.failed.title')}**  \n{text(f'train.failures.{code}.problem')} "
        f"{text(f'train.failures.{code}.fix')}  \n{text('train.failed.kept')}",
        icon=":material/error:",
    )
    if code == INTERRUPTED:
        job_waiting.resume_button(participant_id)


def _show_simulated(view: JobView) -> None:
    with empty_state(
        text("train.simulated.title"), text("train.simulated.text"), key="simulated"
    ):
        action_link("tool", text("train.simulated.next"), key="tool")
    with st.expander(text("train.succeeded.curve")):
        loss_chart.show(view.events, simulated=True, key="loss-simulated")


def _show_succeeded(view: JobView, examined: Interval | None) -> None:
    seconds = _seconds(view)
    with st.container(key="state-succeeded", border=True):
        st.subheader(text("train.succeeded.title"), anchor=False)
        st.markdown(
            text("train.succeeded.text_untimed")
            if seconds is None
            else text("train.succeeded.text", time=duration(seconds))
        )
        _show_result(view.events, seconds, examined)
        action_link("playground", text("train.succeeded.next"), key="playground")
    if any(event.train_loss is not None for event in view.events):
        with st.expander(text("train.succeeded.curve")):
            loss_chart.show(view.events, simulated=False, key="loss-done")


def _show_result(
    events: Sequence[ProgressEvent], seconds: float | None, examined: Interval | None
) -> None:
    losses = [e.train_loss for e in losses_of(events) if e.train_loss is not None]
    with st.container(key="figures-done", horizontal=True):
        if examined is not None and examined.n:
            st.metric(
                text("train.succeeded.held_out"),
                text(
                    "train.succeeded.held_out_value",
                    passed=examined.passed,
                    total=examined.n,
                ),
                help=text("train.succeeded.held_out_help"),
            )
        if losses:
            st.metric(
                text("train.succeeded.loss"),
                number(smoothed(losses, window_of(events))[-1], 2),
                help=text("train.succeeded.loss_help"),
            )
        if seconds is not None:
            st.metric(text("train.succeeded.time"), duration(seconds))


def _seconds(view: JobView) -> float | None:
    row = view.row
    if row.started_at is None or row.ended_at is None:
        return None
    return (row.ended_at - row.started_at).total_seconds()
