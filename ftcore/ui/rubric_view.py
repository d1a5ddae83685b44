"""Draw the rubric: radar, total on the scale, and what each mark is made of."""

from functools import partial
from html import escape

import streamlit as st

from ftcore.grading.combine import CriterionEvidence
from ftcore.grading.rubric import Grade, Rubric
from ftcore.texts import number, text
from ftcore.ui import figures
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.rubric_figures import (
    criterion_name,
    radar_figure,
    scale_figure,
    weight_words,
)
from ftcore.ui.scales import mark_scale
from ftcore.ui.services import get_workshop
from ftcore.workshop.results import MANUAL_CRITERIA, Dashboard


def grade_title(grade: Grade) -> str:
    """Return the total and its level in one sentence."""
    if grade.level is None:
        return text("results.grade.title_empty")
    key = "title" if grade.is_complete else "title_partial"
    level = text(f"rubric.levels.{grade.level.id}.name").lower()
    return text(f"results.grade.{key}", total=number(grade.total), level=level)


def show_rubric(dashboard: Dashboard) -> None:
    """Draw the dashboard of one project.

    Args:
        dashboard: From ``workshop.results``.
    """
    rubric, grade = dashboard.rubric, dashboard.grade
    st.header(grade_title(grade), anchor=False)
    if grade.level is None:
        st.markdown(text("results.grade.empty"))
        return
    st.markdown(text(f"rubric.levels.{grade.level.id}.meaning"))
    if grade.missing:
        hints = [text(f"results.grade.missing_hint.{name}") for name in grade.missing]
        st.info(
            text("results.grade.missing", missing="; ".join(hints)),
            icon=":material/pending:",
        )
    left, right = st.columns(2, gap="large")
    with left:
        figures.show(
            radar_figure(rubric, grade),
            [],
            [],
            title=text("results.grade.radar"),
            key="radar",
        )
    with right:
        st.html(_criteria(dashboard))
    st.html(_levels(rubric, grade))
    figures.show(scale_figure(rubric, grade), [], [], title="", key="scale")
    st.caption(text("results.grade.how"))


def _criteria(dashboard: Dashboard) -> str:
    rows = []
    series = figures.colours().series
    for at, criterion in enumerate(dashboard.rubric.criteria):
        colour = series[at % len(series)]
        evidence = dashboard.evidence[criterion.id]
        value = evidence.value
        mark = text("results.grade.no_value") if value is None else number(value)
        rows.append(
            "<li>"
            f"<p><b>{escape(criterion_name(criterion.id))}</b> "
            f"<small>{escape(weight_words(criterion.weight))}</small>"
            f'<span class="ft-figures">{escape(mark)}</span></p>'
            f'<div class="ft-track"><div style="width:{value or 0:.0f}%; '
            f'background:{colour}"></div></div>'
            f"<small>{escape(_made_of(criterion.id, evidence))}</small></li>"
        )
    return f'<ul class="ft-criteria">{"".join(rows)}</ul>'


def _made_of(criterion: str, evidence: CriterionEvidence) -> str:
    """Return the sources of a mark: 'examen 78 · tú 80 · 3 votos 90'."""
    parts = []
    if evidence.from_metrics is not None:
        source = "checklist" if criterion == "presentation" else "metrics"
        parts.append(_source(source, evidence.from_metrics))
    if evidence.from_ratings is not None:
        parts.append(_source("ratings", evidence.from_ratings))
    if evidence.from_votes is not None:
        source = "one_vote" if evidence.n_votes == 1 else "votes"
        parts.append(_source(source, evidence.from_votes, evidence.n_votes))
    if not parts:
        return text(f"rubric.criteria.{criterion}.question")
    return " · ".join(parts)


def _source(name: str, value: float, votes: int = 0) -> str:
    return text(f"results.grade.from_{name}", value=number(value), n=votes)


def _levels(rubric: Rubric, grade: Grade) -> str:
    steps = []
    for level in reversed(rubric.levels):
        here = grade.level is not None and level.id == grade.level.id
        name = escape(text(f"rubric.levels.{level.id}.name"))
        current = ' class="ft-here" aria-current="true"' if here else ""
        steps.append(
            f"<li{current}><b>{name}</b><small>{number(level.minimum)}+</small></li>"
        )
    return f'<ol class="ft-levels">{"".join(steps)}</ol>'


def show_ratings(dashboard: Dashboard, participant_id: str) -> None:
    """Draw the owner's four marks; each is kept as soon as it is pressed."""
    st.header(text("results.ratings.title"), anchor=False)
    st.markdown(f":gray[{text('results.ratings.text')}]")
    columns = st.columns(2, gap="large")
    for at, criterion in enumerate(MANUAL_CRITERIA):
        name = text(f"rubric.manual.{criterion}.name")
        with columns[at % 2]:
            mark_scale(
                f"**{name}.** {text(f'rubric.manual.{criterion}.question')}",
                dashboard.own_ratings.get(criterion),
                key=f"rate-{criterion}",
                on_change=partial(_rate, participant_id, criterion),
            )


def _rate(participant_id: str, criterion: str) -> None:
    value = st.session_state[f"rate-{criterion}"]
    with friendly_errors():
        get_workshop().results.rate(participant_id, criterion, value)
    name = text(f"rubric.manual.{criterion}.name")
    st.toast(text("results.ratings.saved", criterion=name, value=value))
