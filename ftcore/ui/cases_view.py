"""Draw what a model makes of the participant's own cases, apart from the exam."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.evaluation.base import ACCURACY, ArmResult
from ftcore.evaluation.statistics import describe_share
from ftcore.texts import text
from ftcore.ui.answers_view import question_html
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.services import get_workshop
from ftcore.workshop.cases import SavedCase
from ftcore.workshop.playground import Tally

_FILE = "test.jsonl"  # what `evaluate --test` reads


def show_cases(participant_id: str, *, is_busy: bool) -> None:
    """Draw the saved cases and the thumbs of the playground; nothing without any.

    Args:
        participant_id: Whose they are.
        is_busy: Whether an exam is under way, so that none can be started.
    """
    workshop = get_workshop()
    cases = workshop.cases.of(participant_id)
    if cases:
        st.subheader(text("results.cases.title"), anchor=False)
        st.markdown(f":gray[{text('results.cases.about')}]")
        evaluation = workshop.results.cases_evaluation(participant_id)
        arms = [] if evaluation is None else _still_kept(evaluation.arms, cases)
        _show_results(arms, cases)
        _show_actions(participant_id, is_first=not arms, is_busy=is_busy)
    _show_thumbs(workshop.results.thumbs(participant_id))


def _still_kept(
    arms: Sequence[ArmResult], cases: Sequence[SavedCase]
) -> list[ArmResult]:
    """Leave out the answers to cases that have been removed or changed since."""
    known = {(case.question, case.answer) for case in cases}
    kept = [
        replace(
            result,
            records=tuple(
                r for r in result.records if (r.question, r.expected) in known
            ),
        )
        for result in arms
    ]
    return [result for result in kept if result.records]


def _show_results(arms: Sequence[ArmResult], cases: Sequence[SavedCase]) -> None:
    for result in arms:
        passed = sum(record.passed(ACCURACY) for record in result.records)
        share = describe_share(passed, len(result.records))
        arm = text(f"results.arms.{result.arm}")
        st.markdown(text("results.cases.share", arm=arm, share=share))
    if not arms or len(arms[0].records) < len(cases):
        st.markdown(text("results.cases.untried"))
    taught = sum(case.is_taught for case in cases)
    if taught:
        key = "taught_one" if taught == 1 else "taught"
        st.markdown(text(f"results.cases.{key}", count=taught))
    if arms:
        with st.expander(text("results.cases.list"), key="cases-answers"):
            asked = enumerate(arms[0].records)
            st.html("".join(question_html(arms, record, at) for at, record in asked))


def _show_actions(participant_id: str, *, is_first: bool, is_busy: bool) -> None:
    workshop = get_workshop()
    with st.container(key="cases-do", horizontal=True):
        label = text(f"results.cases.{'start' if is_first else 'again'}")
        if st.button(label, key="try-cases", disabled=is_busy):
            with friendly_errors():
                workshop.results.start_evaluation(participant_id, only_cases=True)
            st.rerun()
        st.download_button(
            text("results.cases.download"),
            lambda: workshop.cases.file(participant_id),
            file_name=_FILE,
            mime="application/x-ndjson",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
            key="download-cases",
        )


def _show_thumbs(thumbs: Mapping[Arm, Tally]) -> None:
    if not thumbs:
        return
    st.subheader(text("results.thumbs.title"), anchor=False)
    lines = [
        text(
            "results.thumbs.line",
            arm=text(f"results.arms.{arm}"),
            liked=liked,
            total=total,
        )
        for arm, (liked, total) in thumbs.items()
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))
