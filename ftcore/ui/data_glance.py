"""Three facts at a glance: what to improve, what the exam proves, what it costs."""

from html import escape

import streamlit as st

from ftcore.texts import number, text
from ftcore.ui.costs_view import usd_words
from ftcore.ui.data_desk import DataDesk
from ftcore.ui.data_improve import to_improve
from ftcore.ui.data_state import Section
from ftcore.ui.services import get_workshop
from ftcore.ui.wording import counted, roughly
from ftcore.workshop.dataset_views import CurrentDataset

LOCAL = "local"
_WHOLE = 100  # points of an exam without a mistake
MOST_PRICED = 5_000  # examples; above, counting tokens would hold up the page
Fact = tuple[str, str]


def show_glance(desk: DataDesk, current: CurrentDataset) -> None:
    """Draw the three facts, each with the way to its section."""
    facts = {
        Section.IMPROVE: _improve(desk, current),
        Section.EXAM: _exam(current),
        Section.DESTINATIONS: _cost(desk, current),
    }
    with st.container(key="glance"):
        for section, (fact, words) in facts.items():
            with st.container(key=f"glance-{section.value}", border=True, gap="xsmall"):
                title = escape(text(f"data_glance.{section.value}.title"))
                st.html(
                    f'<div class="ft-glance"><p>{title}</p><strong>{escape(fact)}'
                    f"</strong><p>{escape(words)}</p></div>"
                )
                st.button(
                    text(f"data_glance.{section.value}.go"),
                    key=f"go-{section.value}",
                    type="tertiary",
                    icon=":material/arrow_forward:",
                    icon_position="right",
                    on_click=desk.state.go,
                    args=(section,),
                )


def _improve(desk: DataDesk, current: CurrentDataset) -> Fact:
    count = to_improve(desk)
    fact = counted("data_glance.improve", count) if count else ""
    mended = len(current.reading.mends)
    left = len(current.reading.left_out)
    parts = [
        counted(f"data_glance.improve.{name}", many)
        for name, many in (("mended", mended), ("left_out", left))
        if many
    ]
    words = " ".join(parts) or text("data_glance.improve.clean")
    return fact or text("data_glance.improve.none"), words


def _exam(current: CurrentDataset) -> Fact:
    """Say in one sentence what the test can prove."""
    count = current.held_out
    if not count:
        return text("data_glance.exam.none"), text("data_glance.exam.none_about")
    fact = counted("data_glance.exam", count)
    if count == 1:
        return fact, text("data_glance.exam.weight_one")
    if count > _WHOLE:
        return fact, text("data_glance.exam.weight_little")
    points = number(round(_WHOLE / count))
    return fact, text("data_glance.exam.weight", points=points)


def _cost(desk: DataDesk, current: CurrentDataset) -> Fact:
    offers = get_workshop().projects.tools(desk.me)
    local = next((o.forecast for o in offers if o.name == LOCAL), None)
    fact = text("data_glance.destinations.free")
    if local:
        fact = text("data_glance.destinations.free_in", time=roughly(local.seconds))
    if len(current.dataset) > MOST_PRICED:
        return fact, ""
    quotes = desk.datasets.costs(desk.me)
    if not quotes:
        return fact, ""
    cheapest = min(quote.usd for quote in quotes)
    return fact, text("data_glance.destinations.from", usd=usd_words(cheapest))
