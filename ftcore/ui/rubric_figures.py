"""Plotly figures of the rubric: the radar, and the total on the course's scale."""

from typing import TYPE_CHECKING

from ftcore.grading.rubric import Grade, Rubric
from ftcore.texts import number, percent, text
from ftcore.ui import figures
from ftcore.ui.theme import Palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

_RADAR_PX = 360
_SCALE_PX = 110


def criterion_name(criterion: str) -> str:
    """Return the Spanish name of a criterion of the rubric."""
    return text(f"rubric.criteria.{criterion}.name")


def radar_figure(rubric: Rubric, grade: Grade) -> "go.Figure":
    """Return the four criteria as a radar, 0 to 100; one without a mark lies at 0.

    Args:
        rubric: Gives the order of the criteria.
        grade: Their marks.
    """
    shown = figures.colours()
    figure = figures.new_figure(_RADAR_PX, shown)
    names, values = [], []
    for criterion in rubric.criteria:
        score = grade.scores.get(criterion.id)
        mark = text("results.grade.no_value") if score is None else number(score)
        names.append(f"{criterion_name(criterion.id)}<br><b>{mark}</b>")
        values.append(score or 0.0)
    figure.add_scatterpolar(
        r=[*values, values[0]],
        theta=[*names, names[0]],
        mode="lines+markers",
        fill="toself",
        line={"color": shown.tuned, "width": 3},
        marker={"size": 10},
        hoverinfo="skip",
    )
    figure.update_layout(
        margin={"l": 104, "r": 104, "t": 45, "b": 45},
        polar={
            "bgcolor": "rgba(0,0,0,0)",
            "angularaxis": {
                "rotation": 90,
                "direction": "clockwise",
                "gridcolor": shown.line,
                "linecolor": shown.edge,
            },
            "radialaxis": {
                "range": [0, 100],
                "tickvals": [25, 50, 75, 100],
                "gridcolor": shown.line,
                "tickfont": {"color": shown.muted, "size": 12},
                "showline": False,
                "ticks": "",
                "angle": 45,
                "tickangle": 45,
            },
        },
    )
    return figure


def scale_figure(rubric: Rubric, grade: Grade) -> "go.Figure":
    """Return the total as a bar, made of each criterion's points, on the scale.

    Criteria without a mark do not count: the others share their weight, as in
    ``Rubric.grade``; so the pieces add up to the total.
    """
    shown = figures.colours()
    figure = figures.new_figure(_SCALE_PX, shown)
    present = [c for c in rubric.criteria if c.id in grade.scores]
    whole = sum(c.weight for c in present) or 1.0
    for at, criterion in enumerate(present):
        points = criterion.weight * grade.scores[criterion.id] / whole
        label = text("results.grade.points", points=number(points))
        figure.add_bar(
            x=[points],
            y=[""],
            orientation="h",
            width=0.6,
            marker={
                "color": shown.series[at],
                "line": {"color": shown.canvas, "width": 2},
            },
            text=[number(points)],
            textposition="inside",
            insidetextanchor="middle",
            textfont={"color": shown.canvas, "size": 16},
            hovertemplate=f"{criterion_name(criterion.id)}: {label}<extra></extra>",
        )
    _add_levels(figure, rubric, shown)
    figure.update_layout(
        barmode="stack", bargap=0, margin={"l": 4, "r": 4, "t": 8, "b": 8}
    )
    figure.update_xaxes(range=[0, 100], showgrid=False, tickvals=_ticks(rubric))
    figure.update_yaxes(visible=False)
    return figure


def _ticks(rubric: Rubric) -> list[float]:
    return [*(level.minimum for level in rubric.levels), 100]


def _add_levels(figure: "go.Figure", rubric: Rubric, shown: Palette) -> None:
    for level in rubric.levels:
        if level.minimum:
            figure.add_vline(
                x=level.minimum, line={"color": shown.edge, "width": 1, "dash": "dot"}
            )


def weight_words(weight: float) -> str:
    """Return for example 'pesa 40 %'."""
    return text("results.grade.weight", weight=percent(weight))
