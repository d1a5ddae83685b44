"""Draw a project and the rubric's four criteria for those who vote on it."""

from functools import partial

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.evaluation.statistics import describe_share
from ftcore.grading.rubric import load_rubric
from ftcore.texts import text
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.scales import mark_scale
from ftcore.workshop.results import Results, VoteCard


def show_project(card: VoteCard) -> None:
    """Draw what is voted on: whose it is, what for, and how well it answered."""
    owner = card.nickname or text("vote.anonymous")
    st.caption(text("vote.project", owner=owner))
    st.title(card.project.name, anchor=False)
    if card.project.objective:
        st.markdown(f"**{text('vote.objective')}**")
        st.text(card.project.objective)
    tuned = card.evaluation.arm(Arm.TUNED) if card.evaluation else None
    if tuned is None or not tuned.accuracy.n:
        st.markdown(text("vote.not_evaluated"))
    else:
        share = describe_share(tuned.accuracy.passed, tuned.accuracy.n)
        st.markdown(text("vote.headline", share=share))


def show_ballot(card: VoteCard, results: Results, voter_id: str, key: str) -> None:
    """Draw one scale per criterion; each is kept as soon as it is pressed.

    Args:
        card: The project and what this voter gave before.
        results: The verb that keeps the vote.
        voter_id: Who votes.
        key: Key of the voting link.
    """
    st.header(text("vote.title"), anchor=False)
    st.caption(text("vote.why"))
    criteria = [criterion.id for criterion in load_rubric().criteria]

    def keep(criterion: str) -> None:
        value = st.session_state[f"vote-{criterion}"]
        with friendly_errors():
            results.vote(voter_id, key, {criterion: value})
        name = text(f"rubric.criteria.{criterion}.name")
        st.toast(text("vote.saved", criterion=name, value=value))

    for criterion in criteria:
        name = text(f"rubric.criteria.{criterion}.name")
        mark_scale(
            f"**{name}.** {text(f'rubric.criteria.{criterion}.question')}",
            card.mine.get(criterion),
            key=f"vote-{criterion}",
            on_change=partial(keep, criterion),
        )
    done = sum(criterion in card.mine for criterion in criteria)
    if done == len(criteria):
        st.success(text("vote.complete"), icon=":material/check_circle:")
    elif done:
        st.caption(text("vote.progress", done=done, total=len(criteria)))
