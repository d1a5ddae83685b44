"""Draw a project and the rubric's four criteria for those who vote on it."""

from functools import partial

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.evaluation.statistics import describe_share
from ftcore.grading.rubric import load_rubric
from ftcore.texts import text
from ftcore.ui.cards import empty_state
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


def ask_code(wrong: str | None) -> str | None:
    """Draw the field for the code on the big screen.

    Args:
        wrong: The code that led nowhere, if there was one.

    Returns:
        What was just typed.
    """
    state = "wrong_code" if wrong else "no_code"
    with (
        empty_state(
            text(f"vote.{state}.title"), text(f"vote.{state}.text"), key="no-project"
        ),
        st.form("vote-code", border=False),
    ):
        typed = st.text_input(
            text("vote.code"),
            key="code",
            max_chars=12,
            placeholder=text("vote.code_placeholder"),
        )
        sent = st.form_submit_button(text("vote.open"), type="primary", key="open-vote")
    return typed if sent and typed else None


def show_ballot(card: VoteCard, results: Results, voter_id: str, code: str) -> None:
    """Draw one scale per criterion; each is kept as soon as it is pressed.

    Args:
        card: The project and what this voter gave before.
        results: The verb that keeps the vote.
        voter_id: Who votes.
        code: Code of the project.
    """
    st.header(text("vote.title"), anchor=False)
    st.caption(text("vote.why"))
    criteria = [criterion.id for criterion in load_rubric().criteria]

    def keep(criterion: str) -> None:
        value = st.session_state[f"vote-{criterion}"]
        with friendly_errors():
            results.vote(voter_id, code, {criterion: value})
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
