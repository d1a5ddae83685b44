"""Draw what is needed to present: the parts, the room's vote, the big screen."""

from functools import partial
from html import escape

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.texts import number, text
from ftcore.ui import links
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.figures import show
from ftcore.ui.navigation import page
from ftcore.ui.results_view import headline
from ftcore.ui.rubric_figures import radar_figure
from ftcore.ui.services import get_workshop
from ftcore.workshop.results import CHECKLIST, Dashboard

MINUTES = {"introduction": "1", "data": "2", "results": "1,5", "conclusions": "0,5"}
_PROJECTOR = {"vista": "proyector"}


def show_present(dashboard: Dashboard, participant_id: str) -> None:
    """Draw the presentation's parts, the voting link and the ways to take it home."""
    st.header(text("results.present.title"), anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        _checklist(dashboard, participant_id)
        # Before the exam, examining is the page's one filled action.
        evaluation = dashboard.evaluation
        is_compared = evaluation is not None and len(evaluation.arms) > 1
        kind = "action" if is_compared else "quiet"
        with st.container(key=f"{kind}-projector"):
            st.page_link(
                page("results"),
                label=text("results.present.projector"),
                icon=":material/present_to_all:",
                query_params=_PROJECTOR,
            )
        _download(participant_id)
    with right:
        _voting(dashboard, participant_id)


def _checklist(dashboard: Dashboard, participant_id: str) -> None:
    st.markdown(f"**{text('results.present.checklist')}**")
    for item in CHECKLIST:
        minutes = text("results.present.minutes", minutes=MINUTES[item])
        st.checkbox(
            f"{text(f'results.present.items.{item}')} :gray[· {minutes}]",
            value=bool(dashboard.project.checklist.get(item)),
            key=f"ready-{item}",
            on_change=partial(_tick, participant_id, item),
        )


def _tick(participant_id: str, item: str) -> None:
    done = bool(st.session_state[f"ready-{item}"])
    with friendly_errors():
        get_workshop().results.tick_checklist(participant_id, item, done)


def _download(participant_id: str) -> None:
    def report() -> str:
        return get_workshop().reporting.report(participant_id).to_markdown()

    st.download_button(
        text("results.present.download"),
        report,  # written only when somebody asks for it
        file_name=text("results.present.filename"),
        mime="text/markdown",
        icon=":material/download:",
        on_click="ignore",
        key="download-report",
    )


def _voting(dashboard: Dashboard, participant_id: str) -> None:
    address = links.voting_address(get_workshop().results.voting_code(participant_id))
    st.markdown(f"**{text('results.present.vote_title')}**")
    voted = votes_words(dashboard.votes)
    st.markdown(f"{text('results.present.vote_text_long')} :gray[{voted}.]")
    _qr(address, width=220)
    with st.container(key="voting-link"):
        st.code(address, language=None, wrap_lines=True)
    if links.is_local_only(address):
        st.caption(text("results.present.local_only"))


def _qr(address: str, *, width: int) -> None:
    st.image(links.qr_svg(address), width=width, alt=text("results.present.vote_alt"))


def _total_words(dashboard: Dashboard) -> str:
    grade = dashboard.grade
    if grade.level is None:
        return text("results.present.no_total")
    level = text(f"rubric.levels.{grade.level.id}.name").lower()
    return text("results.present.total", total=number(grade.total), level=level)


def votes_words(votes: int) -> str:
    """Return how many people have voted, in words."""
    if votes == 0:
        return text("results.present.votes_none")
    key = "votes_one" if votes == 1 else "votes"
    return text(f"results.present.{key}", votes=votes)


@st.fragment(run_every="4s")
def show_projector(participant_id: str) -> None:
    """Draw the big screen: result, radar and QR; the votes come in by themselves."""
    dashboard = get_workshop().results.dashboard(participant_id)
    code = get_workshop().results.voting_code(participant_id)
    st.title(dashboard.project.name, anchor=False)
    tuned = dashboard.evaluation.arm(Arm.TUNED) if dashboard.evaluation else None
    if dashboard.evaluation is not None and tuned is not None and tuned.accuracy.n:
        st.subheader(headline(dashboard.evaluation, tuned), anchor=False)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        figure = radar_figure(dashboard.rubric, dashboard.grade)
        show(figure, [], [], title="", key="radar-projector")
    with right, st.container(key="projector-vote"):
        st.markdown(f"**{_total_words(dashboard)}**")
        _qr(links.voting_address(code), width=420)
        st.html(
            f'<p class="ft-way">{escape(text("results.present.vote_text"))} '
            f"<b>{escape(links.voting_page())}</b> "
            f"{escape(text('results.present.vote_code'))}</p>"
            f'<p class="ft-code">{escape(code)}</p>'
        )
        st.markdown(f"**{votes_words(dashboard.votes)}**")
    st.page_link(
        page("results"), label=text("results.present.exit"), icon=":material/close:"
    )
