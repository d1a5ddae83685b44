"""Draw every question of the exam with what each arm answered."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ftcore.evaluation.base import ACCURACY, AnswerRecord, ArmResult
from ftcore.texts import text

_FILTERS = ("all", "failed")


def show_answers(arms: Sequence[ArmResult], tuned: ArmResult) -> None:
    """Draw the answers, folded; they can be narrowed to the tuned arm's mistakes.

    Args:
        arms: All arms, in the order to show.
        tuned: The arm whose mistakes the filter is about.
    """
    total = len(tuned.records)
    with st.expander(text("results.answers.title", total=total), key="answers"):
        chosen = st.segmented_control(
            text("results.answers.show"),
            _FILTERS,
            default="all",
            required=True,
            format_func=lambda name: text(f"results.answers.{name}"),
            key="answers-filter",
        )
        kept = [
            at
            for at, record in enumerate(tuned.records)
            if chosen == "all" or not record.passed(ACCURACY)
        ]
        if not kept:
            st.markdown(text("results.answers.none"))
        st.html("".join(question_html(arms, tuned.records[at], at) for at in kept))


def question_html(arms: Sequence[ArmResult], asked: AnswerRecord, at: int) -> str:
    """Return one question with what each arm answered.

    Args:
        arms: Who was asked, in the order to show.
        asked: The question, and what was expected.
        at: Its place among the questions, from 0.
    """
    answers = "".join(
        _answer(result, result.records[at])
        for result in arms
        if at < len(result.records)
    )
    expected = escape(text("results.answers.expected"))
    return (
        f'<article class="ft-question"><h4>{at + 1}. {escape(asked.question)}</h4>'
        f"<p><small>{expected}</small> {escape(asked.expected)}</p>"
        f'<div class="ft-answers">{answers}</div></article>'
    )


def _answer(result: ArmResult, record: AnswerRecord) -> str:
    passed = record.passed(ACCURACY)
    score = record.score(ACCURACY)
    mark, word = ("✓", "passed") if passed else ("✗", "missed")
    reason = ""
    if score is not None and score.reason is not None:
        reason = f"<small>{escape(text(f'evaluation.reasons.{score.reason}'))}</small>"
    if record.is_unsure:
        reason += f"<small>{escape(text('results.answers.unsure'))}</small>"
    answer = record.answer.strip() or text("results.answers.empty")
    return (
        f'<section class="ft-{result.arm} ft-{word}">'
        f"<header><b>{escape(text(f'results.arms.{result.arm}'))}</b>"
        f'<span class="ft-mark">{mark} {escape(text(f"results.answers.{word}"))}</span>'
        f"</header><p>{escape(answer)}</p>{reason}</section>"
    )
