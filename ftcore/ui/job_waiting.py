"""Draw a training that does not run just now, and the buttons that move it."""

import streamlit as st

from ftcore.texts import duration, percent, text
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.services import get_workshop
from ftcore.workshop.queue import Place
from ftcore.workshop.training import JobView

_SOON = 1.0  # seconds: nobody waits for so little


def show_queued(view: JobView, participant_id: str) -> None:
    """Draw the place in the queue, when it begins and ends, and what to do meanwhile.

    Args:
        view: A job that waits.
        participant_id: Whose it is.
    """
    place = view.place
    with st.container(key="state-queued", border=True):
        st.subheader(_title(place), anchor=False)
        st.markdown(_times(place))
        if view.status.progress:
            done = percent(view.status.progress)
            st.markdown(text("train.queued.resumed", percent=done))
        st.markdown(text("train.queued.meanwhile"))
        st.markdown(f":gray[{' '.join([*_busy(place), text('train.queued.text')])}]")
        with st.container(horizontal=True, key="buttons-queued"):
            if view.status.progress:
                pause_button(participant_id)
            cancel_button(text("train.cancel_wait"), participant_id)


def _title(place: Place) -> str:
    if place.seconds_to_start < _SOON:
        return text("train.queued.next")
    return text("train.queued.title", position=place.position)


def _times(place: Place) -> str:
    end = duration(rounded_forecast(place.seconds_to_end))
    if place.seconds_to_start < _SOON:
        return text("train.queued.times_next", end=end)
    wait = duration(rounded_forecast(place.seconds_to_start))
    return text("train.queued.times", wait=wait, end=end)


def _busy(place: Place) -> list[str]:
    if not place.running:
        return []
    key = "busy_one" if place.running == 1 else "busy"
    if place.workers == 1:
        key = "busy_alone"
    words = text(f"train.queued.{key}", running=place.running, workers=place.workers)
    return [words]


def show_paused(view: JobView, participant_id: str) -> None:
    """Draw a training that rests, and the way on.

    Args:
        view: A paused job.
        participant_id: Whose it is.
    """
    with st.container(key="state-paused", border=True):
        st.subheader(text("train.paused.title"), anchor=False)
        st.markdown(text("train.paused.text", percent=percent(view.status.progress)))
        with st.container(horizontal=True, key="buttons-paused"):
            resume_button(participant_id)
            cancel_button(text("train.cancel"), participant_id)


def resume_button(participant_id: str) -> None:
    """Draw the button that goes on with a paused or interrupted training."""
    label, icon = text("train.paused.resume"), ":material/play_circle:"
    if st.button(label, key="resume-training", type="primary", icon=icon):
        with friendly_errors():
            get_workshop().training.resume(participant_id)
            st.rerun()


def pause_button(participant_id: str) -> None:
    """Draw the button that lets a training rest."""
    label, icon = text("train.pause"), ":material/pause_circle:"
    if st.button(label, key="pause-training", icon=icon):
        get_workshop().training.pause(participant_id)
        st.toast(text("train.pausing"))
        st.rerun(scope="fragment")


def cancel_button(label: str, participant_id: str) -> None:
    """Draw the button that ends a training for good."""
    if st.button(label, key="cancel-training", icon=":material/stop_circle:"):
        get_workshop().training.cancel(participant_id)
        st.toast(text("train.cancelling"))
        st.rerun(scope="fragment")


def rounded_forecast(seconds: float) -> float:
    """Round a forecast to what it can promise: 5 s below a minute, else 15 s."""
    unit = 5 if seconds < 60 else 15
    return max(unit, unit * round(seconds / unit))
