"""The sections of step 2 below the verdict; only the one on screen is worked out."""

from collections.abc import Callable, Mapping

import streamlit as st

from ftcore.models.embeddings import default_embedder
from ftcore.texts import number, text
from ftcore.training.costs import local_time
from ftcore.ui.data_charts import show_charts
from ftcore.ui.data_desk import DataDesk
from ftcore.ui.data_improve import show_improve, to_improve
from ftcore.ui.data_map import show_map
from ftcore.ui.data_state import Section
from ftcore.ui.data_table import form_title, show_form, show_table
from ftcore.ui.exam_choice import show_exam_choice
from ftcore.ui.examples_view import show_examples
from ftcore.ui.services import get_settings
from ftcore.ui.token_chart import local_tokens
from ftcore.ui.versions_view import show_versions

_VIEWS = ("cards", "table")


def show_sections(desk: DataDesk) -> None:
    """Draw the switch between the sections, and the one that is chosen."""
    state = desk.state
    count = to_improve(desk)

    def name(section: Section) -> str:
        shown = f" ({number(count)})" if section is Section.IMPROVE and count else ""
        return f"{text(f'data_sections.{section.value}')}{shown}"

    with st.container(key="data-sections"):
        chosen = st.segmented_control(
            text("data_sections.label"),
            list(Section),
            default=state.section,
            required=True,
            format_func=name,
            key=f"section-{state.jumps}",
            label_visibility="collapsed",
        )
    if chosen and chosen is not state.section:
        state.section, state.row = Section(chosen), None
    _SECTIONS[state.section](desk)


def form_dialog(desk: DataDesk) -> None:
    """Draw the dialog with the form of one example, while one is being edited."""
    at, current = desk.state.editing, desk.current
    if at is None or current is None or at > len(current.dataset):
        return

    def close() -> None:
        desk.state.editing = None

    @st.dialog(form_title(at), width="medium", on_dismiss=close)
    def draw() -> None:
        edited = show_form(current.dataset, at)
        if edited:
            desk.keep(edited.examples)

    draw()


def _examples(desk: DataDesk) -> None:
    current, state = desk.current, desk.state
    if current is None:
        return
    with st.container(
        key="examples-head", horizontal=True, vertical_alignment="bottom"
    ):
        view = st.segmented_control(
            text("data_table.view"),
            _VIEWS,
            default=_VIEWS[state.as_table],
            required=True,
            format_func=lambda each: text(f"data_table.views.{each}"),
            key=f"view-{state.jumps}",
            label_visibility="collapsed",
        )
        st.button(
            text("data_table.add"),
            key="add-example",
            icon=":material/add:",
            type="tertiary",
            on_click=desk.edit,
            args=(0,),
        )
    state.as_table = view == "table"
    if not state.as_table:
        _cards(desk)
        return
    _table(desk)


@st.fragment
def _cards(desk: DataDesk) -> None:
    if desk.current is not None:
        show_examples(
            desk.current.dataset,
            landing=desk.state.row,
            jumps=desk.state.jumps,
            edit=desk.edit_now,
        )


@st.fragment
def _table(desk: DataDesk) -> None:
    if desk.current is not None:
        edited = show_table(desk.state, desk.current.dataset, desk.current.row.id)
        if edited:
            desk.keep(edited.examples)


def _map(desk: DataDesk) -> None:
    if desk.current is None:
        return
    dataset = desk.current.dataset
    st.subheader(text("data_sections.map_title"), anchor=False)
    with st.spinner(text("data_sections.mapping")):
        picture = desk.datasets.picture(desk.me)
    show_map(
        dataset,
        picture,
        is_semantic=default_embedder().is_semantic,
        edit=desk.edit_now,
        remove=desk.remove,
    )
    show_charts(dataset, local_tokens(dataset))


def _exam(desk: DataDesk) -> None:
    if desk.current is not None:
        show_exam_choice(
            desk.current.dataset,
            desk.current.plan,
            hold_out=desk.hold_out,
            remove=desk.remove,
        )


def _destinations(desk: DataDesk) -> None:
    from ftcore.ui.destinations_view import show_destinations  # noqa: PLC0415

    if desk.current is None:
        return
    with st.spinner(text("data_sections.counting")):
        judgements = desk.datasets.destinations(desk.me)
        quotes = desk.datasets.costs(desk.me)
        dataset, exam = desk.current.dataset, desk.current.held_out
        local = local_time(dataset, get_settings().models_dir, exam=exam)
    show_destinations(
        judgements,
        quotes,
        file=lambda kind: desk.datasets.file(desk.me, kind),
        local=local,
    )


def _versions(desk: DataDesk) -> None:
    if desk.current is not None:
        show_versions(
            desk.datasets.versions(desk.me),
            desk.current.dataset.task,
            diff=lambda version: desk.datasets.diff(desk.me, version),
            restore=desk.restore,
        )


_SECTIONS: Mapping[Section, Callable[[DataDesk], None]] = {
    Section.EXAMPLES: _examples,
    Section.IMPROVE: show_improve,
    Section.MAP: _map,
    Section.EXAM: _exam,
    Section.DESTINATIONS: _destinations,
    Section.VERSIONS: _versions,
}
