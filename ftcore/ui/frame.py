"""What surrounds a page: brand, the bar of six steps, heading, the way on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from ftcore.texts import ASSETS, text
from ftcore.ui.navigation import (
    DEFAULT_PAGE,
    STEP_NAMES,
    is_projector_view,
    page,
)
from ftcore.ui.services import get_workshop, is_workshop_open
from ftcore.ui.session import participant_id
from ftcore.workshop.steps import MINUTES, Step, StepState

PAGE_ICON = str(ASSETS / "icon.png")
_ICONS = {
    StepState.DONE.value: ":material/check_circle:",
    StepState.NEXT.value: ":material/arrow_circle_right:",
    StepState.OPEN.value: ":material/radio_button_unchecked:",
    StepState.LOCKED.value: ":material/lock:",
}


def show_header(name: str) -> None:
    """Draw the brand and, on the pages of the course, the bar of steps."""
    if is_projector_view():
        return
    with st.container(key="brand"):
        st.page_link(page(DEFAULT_PAGE), label=f"**{text('app.title')}**")
    if name in STEP_NAMES:
        with meanwhile(name):
            states = get_workshop().step_states(participant_id())
        steps_bar(name, states)


@contextmanager
def meanwhile(name: str) -> Iterator[None]:
    """Show the heading at once to whoever comes in the first second after a start.

    The workshop is still being opened then; it is there before the rest of the page.

    Args:
        name: Of the page.
    """
    if is_workshop_open():
        yield
        return
    place = st.empty()
    with place.container():
        page_header(name)
        st.caption(text("app.opening"))
    yield
    place.empty()


def steps_bar(current: str, states: Mapping[Step, StepState]) -> None:
    """Draw the six steps as links: number, name, minutes, state.

    The state shows as an icon and in the tooltip's words, never by colour alone.
    On a phone the bar keeps one line: the names fold away except in the summary.

    Args:
        current: Name of the step on screen.
        states: State of each of the six steps.
    """
    with st.container(key="steps"):
        st.html(f'<p class="ft-summary">{_summary(Step(current))}</p>')
        with st.container(key="steps-row", horizontal=True, gap="xsmall"):
            for step in Step:
                _step_link(step, states[step].value, here=step.value == current)


def _summary(step: Step) -> str:
    return text(
        "app.steps.summary",
        number=STEP_NAMES.index(step.value) + 1,
        total=len(STEP_NAMES),
        name=text(f"app.pages.{step.value}"),
        minutes=MINUTES[step],
    )


def _step_link(step: Step, state: str, *, here: bool) -> None:
    title = f"{STEP_NAMES.index(step.value) + 1}. {text(f'app.pages.{step.value}')}"
    minutes = text("app.steps.minutes", minutes=MINUTES[step])
    with st.container(key=f"step-{step.value}-{'here' if here else state}"):
        st.page_link(
            page(step.value),
            label=f"**{title}** :gray[{minutes}]"
            if here
            else f"{title} :gray[{minutes}]",
            icon=_ICONS[state],
            help=_step_help(step, state, here=here),
            width="stretch",
        )


def _step_help(step: Step, state: str, *, here: bool) -> str:
    words = text(f"app.steps.states.{state}")
    if state == StepState.LOCKED.value:
        words = text(f"app.steps.unlock.{step.value}")
    return f"{text('app.steps.here')} {words}" if here else words


def page_header(step: str) -> None:
    """Draw the page's question and one sentence of why."""
    st.title(text(f"{step}.title"), anchor=False)
    if not is_projector_view():
        st.markdown(f":gray[{text(f'{step}.why')}]")


def next_step(step: str) -> None:
    """Draw the one primary way on, to the given step."""
    with st.container(key="next-step"):
        st.page_link(
            page(step),
            label=text("app.steps.go", name=text(f"app.pages.{step}")),
            icon=":material/arrow_forward:",
            icon_position="right",
        )


def show_footer() -> None:
    """Draw the quiet last line of every page."""
    if not is_projector_view():
        with st.container(key="footer"):
            st.caption(text("app.footer"))
