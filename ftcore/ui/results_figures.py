"""Plotly figures of an evaluation: arms beside each other, and confusions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ftcore.chat.base import Arm
from ftcore.evaluation.base import ArmResult
from ftcore.evaluation.statistics import ConfusionMatrix, describe_share
from ftcore.texts import text
from ftcore.ui import figures

if TYPE_CHECKING:
    import plotly.graph_objects as go

_ORDER = (  # drawn from below up
    Arm.BASE,
    Arm.FEW_SHOT,
    Arm.NEAREST,
    Arm.TUNED_FEW_SHOT,
    Arm.TUNED,
)
_ROW_PX = 56
_AXIS_PX = 84  # the lowest row's axis and the highest row's label
_CELL_PX = 58


def arms_figure(arms: Sequence[ArmResult]) -> "go.Figure":
    """Return one dot per arm (share of correct answers) with its 95 % interval."""
    shown = figures.colours()
    figure = figures.new_figure(_AXIS_PX + _ROW_PX * len(arms), shown)
    for result in sorted(arms, key=lambda one: _ORDER.index(one.arm)):
        name = text(f"results.arms.{result.arm}")
        score, colour = result.accuracy, figures.arm_colour(result.arm, shown)
        label = text("results.arms.value", passed=score.passed, total=score.n)
        figure.add_scatter(
            x=[100 * score.value],
            y=[f"<b>{name}</b>" if result.arm is Arm.TUNED else name],
            mode="markers+text",
            text=[f"<b>{label}</b>"],
            textposition=_towards_middle(score.value),
            textfont={"color": colour},
            marker={"size": 16, "color": colour, "symbol": _symbol(result.arm)},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * (score.high - score.value)],
                "arrayminus": [100 * (score.value - score.low)],
                "color": colour,
                "thickness": 3,
                "width": 7,
            },
            hovertemplate=describe_share(score.passed, score.n) + "<extra></extra>",
            cliponaxis=False,
        )
    figure.update_xaxes(
        title=text("results.arms.x"), range=[-4, 104], ticksuffix=" %", dtick=25
    )
    figure.update_yaxes(showgrid=False, ticklabelstandoff=8)
    figure.update_layout(margin_t=28)
    return figure


def _towards_middle(share: float) -> str:
    """Keep a label inside the figure: on a phone there is no room beside it."""
    side = "left" if share > 0.8 else "right" if share < 0.2 else "center"
    return f"top {side}"


def _symbol(arm: Arm) -> str:
    return "diamond" if arm is Arm.TUNED else "circle"  # not by colour alone


def confusion_figure(matrix: ConfusionMatrix) -> "go.Figure":
    """Return the matrix with its counts written in the cells."""
    shown = figures.colours()
    size = len(matrix.labels)
    figure = figures.new_figure(_AXIS_PX + 40 + _CELL_PX * size, shown)
    figure.add_heatmap(
        z=matrix.counts,
        x=matrix.labels,
        y=matrix.labels,
        colorscale=[[0, shown.sunken], [1, shown.tuned]],
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    most = max((max(row) for row in matrix.counts), default=0)
    for row, expected in enumerate(matrix.labels):
        for column, given in enumerate(matrix.labels):
            count = matrix.counts[row][column]
            dark = 2 * count > most
            figure.add_annotation(
                x=given,
                y=expected,
                text=f"<b>{count}</b>" if count else "0",
                showarrow=False,
                font={"color": shown.surface if dark else shown.text, "size": 18},
            )
    figure.update_xaxes(
        title=text("results.confusion.given"), showgrid=False, side="bottom"
    )
    figure.update_yaxes(
        title=text("results.confusion.expected"), showgrid=False, autorange="reversed"
    )
    return figure


def worst_confusion(matrix: ConfusionMatrix) -> tuple[str, str] | None:
    """Return the (true, given) labels mixed up most often; ``None`` if none was."""
    mistakes = [
        (count, expected, given)
        for row, expected in zip(matrix.counts, matrix.labels, strict=True)
        for count, given in zip(row, matrix.labels, strict=True)
        if count and expected != given
    ]
    if not mistakes:
        return None
    _count, expected, given = max(mistakes)
    return expected, given
