"""Draw the facilitator's door and the live table of the room."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

import streamlit as st

from ftcore.runtime import utc_now
from ftcore.texts import duration, number, percent, text
from ftcore.training.base import JobState
from ftcore.ui.cards import empty_state
from ftcore.ui.job_waiting import rounded_forecast
from ftcore.ui.navigation import STEP_NAMES
from ftcore.ui.services import get_workshop
from ftcore.ui.session import current_session
from ftcore.ui.tables import html_table
from ftcore.workshop.room import ParticipantProgress
from ftcore.workshop.steps import Step

MAX_TRIES = 5
PAUSE = timedelta(seconds=30)
_NOTE = "facilitator"
_COLUMNS = ("name", "project", "step", "examples", "job", "total", "votes")
_SOON = 1.0  # seconds
_NUMERIC = (3, 5, 6)


@dataclass(slots=True)
class Door:
    """What one tab has tried so far.

    Attributes:
        is_open: Whether the right password was given.
        wrong: Wrong tries since the last pause.
        closed_until: No try counts before this moment.
    """

    is_open: bool = False
    wrong: int = 0
    closed_until: datetime | None = None

    def knock(self, is_right: bool, now: datetime) -> None:
        """Note a try; five wrong ones in a row begin a pause."""
        if self.seconds_to_wait(now) > 0:
            return
        if is_right:
            self.is_open, self.wrong = True, 0
            return
        self.wrong += 1
        if self.wrong >= MAX_TRIES:
            self.wrong, self.closed_until = 0, now + PAUSE

    def seconds_to_wait(self, now: datetime) -> float:
        """Return how long the pause still lasts, in seconds; 0 without one."""
        if self.closed_until is None:
            return 0.0
        return max(0.0, (self.closed_until - now).total_seconds())


def _door() -> Door:
    door = current_session().notes.get(_NOTE)
    if not isinstance(door, Door):
        door = current_session().notes[_NOTE] = Door()
    return door


def is_let_in() -> bool:
    """Whether this tab has given the right password."""
    return _door().is_open


def leave() -> None:
    """Close the view in this tab."""
    current_session().notes.pop(_NOTE, None)


def ask_password(is_right: Callable[[str], bool]) -> None:
    """Draw the password form; the right one opens the view at once.

    Args:
        is_right: Compares a password in constant time.
    """
    st.title(text("facilitator.login.title"), anchor=False)
    st.markdown(f":gray[{text('facilitator.login.text')}]")
    with st.form("facilitator-login", border=False):
        password = st.text_input(
            text("facilitator.login.password"),
            type="password",
            key="facilitator-password",
            autocomplete="current-password",
        )
        asked = st.form_submit_button(
            text("facilitator.login.submit"), type="primary", key="facilitator-open"
        )
    door = _door()
    if asked:
        door.knock(is_right(password), utc_now())
        if door.is_open:
            st.rerun()
        _say_no(door)


def _say_no(door: Door) -> None:
    wait = door.seconds_to_wait(utc_now())
    left = MAX_TRIES - door.wrong
    if wait > 0:
        st.warning(
            text("facilitator.login.wait", time=duration(wait)),
            icon=":material/hourglass:",
        )
    elif left == 1:
        st.error(text("facilitator.login.wrong_one"), icon=":material/error:")
    else:
        st.error(text("facilitator.login.wrong", left=left), icon=":material/error:")


@st.fragment(run_every="3s")
def show_room() -> None:
    """Draw the counts per step and one line per participant, every three seconds."""
    people = get_workshop().room.progress()
    if not people:
        with empty_state(
            text("facilitator.empty.title"),
            text("facilitator.empty.text"),
            key="empty-room",
        ):
            pass
        return
    st.html(_summary(people))
    headers = [text(f"facilitator.columns.{name}") for name in _COLUMNS]
    rows = [_line(person) for person in people]
    st.html(
        html_table(headers, rows, caption=text("facilitator.title"), numeric=_NUMERIC)
    )


def _summary(people: Sequence[ParticipantProgress]) -> str:
    reached = Counter(person.reached for person in people)
    tiles = "".join(
        f'<li class="{"" if reached[step] else "ft-none"}">'
        f"<b>{reached[step]}</b><span>{escape(_step_name(step))}</span></li>"
        for step in Step
    )
    sentence = escape(_sentence(people))
    return f'<p class="ft-room">{sentence}</p><ul class="ft-tiles">{tiles}</ul>'


def _sentence(people: Sequence[ParticipantProgress]) -> str:
    trained = sum(p.reached in {Step.PLAYGROUND, Step.RESULTS} for p in people)
    running = sum(p.job_state is JobState.RUNNING for p in people)
    waiting = sum(p.job_state is JobState.QUEUED for p in people)
    parts = [
        text("facilitator.summary_one")
        if len(people) == 1
        else text("facilitator.summary", people=len(people)),
        text("facilitator.summary_models", models=trained),
    ]
    if running:
        key = "running_one" if running == 1 else "running"
        parts.append(text(f"facilitator.{key}", running=running))
    if waiting:
        parts.append(text("facilitator.waiting", waiting=waiting))
        end = max(person.seconds_to_end for person in people)
        time = duration(rounded_forecast(end))
        parts.append(text("facilitator.queue_ends", time=time))
    return " · ".join(parts)


def _step_name(step: Step) -> str:
    return text(
        "facilitator.step",
        number=STEP_NAMES.index(step.value) + 1,
        name=text(f"app.pages.{step}"),
    )


def _line(person: ParticipantProgress) -> list[str]:
    return [
        person.nickname or text("facilitator.anonymous"),
        person.project_name or text("facilitator.no_project"),
        _step_name(person.reached),
        number(person.examples),
        _job(person),
        _total(person),
        number(person.votes),
    ]


def _job(person: ParticipantProgress) -> str:
    if person.job_state is None:
        return text("facilitator.job.none")
    state = str(person.job_state)
    if person.job_state is JobState.QUEUED and person.seconds_to_start < _SOON:
        state = "queued_next"
    return text(
        f"facilitator.job.{state}",
        position=person.position,
        percent=percent(person.job_progress),
        wait=duration(rounded_forecast(person.seconds_to_start)),
    )


def _total(person: ParticipantProgress) -> str:
    if person.total is None:
        return text("facilitator.no_project")
    key = "total" if person.is_complete else "total_partial"
    return text(f"facilitator.{key}", total=number(person.total))
