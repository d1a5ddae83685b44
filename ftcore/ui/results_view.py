"""Draw what an evaluation found: headline, arms, the four measures, every answer."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.data.examples import Task
from ftcore.evaluation.base import ArmResult, Evaluation
from ftcore.evaluation.report_lines import (
    describe_doubts,
    describe_metric,
    describe_seconds,
)
from ftcore.evaluation.statistics import (
    compare_arms,
    confusion_matrix,
    describe_share,
)
from ftcore.texts import percent, text
from ftcore.ui import figures, results_figures
from ftcore.ui.answers_view import show_answers
from ftcore.ui.tables import html_table


def headline(evaluation: Evaluation, tuned: ArmResult) -> str:
    """Return the result in one sentence: 'Acertó 7 de 9 (78 %, entre 45 y 94)'."""
    share = describe_share(tuned.accuracy.passed, tuned.accuracy.n)
    sentence = text(f"results.headline.{evaluation.task}", share=share)
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")  # it is set large


def show_evaluation(evaluation: Evaluation, *, one_by_one: bool = False) -> None:
    """Draw a finished evaluation; one of the tuned arm alone says what is missing.

    Args:
        evaluation: The figures.
        one_by_one: Whether each question was asked of a model trained without it.
    """
    tuned = evaluation.arm(Arm.TUNED)
    if tuned is None or not tuned.accuracy.n:
        return
    st.html(f'<p class="ft-headline">{escape(headline(evaluation, tuned))}</p>')
    rival = _rival(evaluation)
    if rival is None:
        st.markdown(f":gray[{text('results.tuned_only')}]")
    else:
        share = describe_share(rival.accuracy.passed, rival.accuracy.n)
        words = text(f"results.rival.{rival.arm}", share=share)
        st.markdown(f"{words} {_difference(tuned, rival)}")
    if one_by_one:
        st.info(text("results.one_by_one"), icon=":material/filter_1:")
    if _asks_for_unseen_facts(evaluation):
        st.info(text("results.unseen_facts"), icon=":material/lightbulb:")
    _show_metrics(evaluation, tuned)
    if len(evaluation.arms) > 1:
        _show_arms(evaluation.arms, tuned, rival)
    if evaluation.task is Task.CLASSIFICATION:
        _show_doubts(tuned)
        _show_confusion(tuned)
    show_answers(evaluation.arms, tuned)


def _asks_for_unseen_facts(evaluation: Evaluation) -> bool:
    """Whether nobody could answer: not even copying the nearest example helps.

    Held-out facts are in no other example, so a failed exam then says nothing of the
    model's skill, and a person should hear that before losing heart.
    """
    is_chat = evaluation.task is Task.CHAT
    return is_chat and not any(arm.accuracy.passed for arm in evaluation.arms)


def _show_arms(
    arms: Sequence[ArmResult], tuned: ArmResult, rival: ArmResult | None
) -> None:
    rows = [
        [
            text(f"results.arms.{result.arm}"),
            describe_share(result.accuracy.passed, result.accuracy.n),
        ]
        for result in arms
    ]
    figures.show(
        results_figures.arms_figure(arms),
        [text("results.arms.who"), text("results.arms.result")],
        rows,
        title=_comparison(tuned, rival),
        key="arms",
    )
    st.caption(text("results.arms.note"))
    with st.expander(text("results.arms.meaning_title"), key="arms-meaning"):
        for result in arms:
            st.markdown(text(f"results.arms.meaning.{result.arm}"))


def _rival(evaluation: Evaluation) -> ArmResult | None:
    """Return the arm to beat: the base model, or what needs no training at all."""
    return evaluation.arm(Arm.BASE) or evaluation.arm(Arm.NEAREST)


def _difference(tuned: ArmResult, rival: ArmResult) -> str:
    if tuned.accuracy.value == rival.accuracy.value:
        return text("results.no_difference")
    clear = "clear" if compare_arms(tuned, rival).is_clear else "unclear"
    return text(f"evaluation.comparison.{clear}")


def _comparison(tuned: ArmResult, rival: ArmResult | None) -> str:
    if rival is None:
        return text("results.arms.alone")
    difference = tuned.accuracy.value - rival.accuracy.value
    word = "better" if difference > 0 else "worse" if difference < 0 else "equal"
    return text(f"results.arms.{word}.{rival.arm}")


def _show_metrics(evaluation: Evaluation, tuned: ArmResult) -> None:
    st.subheader(text("results.metrics.title"), anchor=False)
    unknown = text("results.metrics.unknown")
    values = {
        "accuracy": percent(tuned.accuracy.value),
        "relevance": percent(tuned.relevance.value),
        "consistency": percent(tuned.consistency.value)
        if tuned.consistency
        else unknown,
        "latency": describe_seconds(tuned.mean_seconds),
    }
    tiles = "".join(
        f"<li><span>{escape(text(f'rubric.metrics.{name}.name'))}</span>"
        f"<b>{escape(value)}</b>"
        f"<small>{escape(text(f'rubric.metrics.{name}.explanation'))}</small></li>"
        for name, value in values.items()
    )
    st.html(f'<ul class="ft-metrics">{tiles}</ul>')
    st.caption(text(f"evaluation.notes.{evaluation.task}"))
    if len(evaluation.arms) > 1:
        with st.expander(text("results.metrics.compare"), key="metrics-compare"):
            st.html(_metrics_table(evaluation))


def _metrics_table(evaluation: Evaluation) -> str:
    names = ("accuracy", "relevance", "consistency", "latency")
    headers = [
        text("results.metrics.who"),
        *(text(f"rubric.metrics.{name}.name") for name in names),
    ]
    counts = evaluation.task is not Task.CLASSIFICATION
    rows = [
        [
            text(f"results.arms.{result.arm}"),
            describe_metric(result.accuracy),
            describe_metric(result.relevance, counts_answers=counts),
            describe_metric(result.consistency),
            describe_seconds(result.mean_seconds),
        ]
        for result in evaluation.arms
    ]
    return html_table(headers, rows, caption=text("results.metrics.compare"))


def _show_doubts(tuned: ArmResult) -> None:
    words = describe_doubts(tuned)
    if words is not None:
        st.info(words, icon=":material/help:")


def _show_confusion(tuned: ArmResult) -> None:
    matrix = confusion_matrix(
        [record.expected for record in tuned.records],
        [record.answer for record in tuned.records],
    )
    worst = results_figures.worst_confusion(matrix)
    st.subheader(text("results.confusion.title"), anchor=False)
    if worst is None:
        title = text("results.confusion.title_perfect")
    else:
        title = text("results.confusion.title_worst", expected=worst[0], given=worst[1])
    rows = [
        [expected, given, str(count)]
        for expected, counts in zip(matrix.labels, matrix.counts, strict=True)
        for given, count in zip(matrix.labels, counts, strict=True)
        if count
    ]
    headers = [
        text(f"results.confusion.{name}") for name in ("expected", "given", "count")
    ]
    figures.show(
        results_figures.confusion_figure(matrix),
        headers,
        rows,
        title=title,
        key="confusion",
    )
