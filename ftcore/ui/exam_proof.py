"""Draw how much surer a result is with more questions."""

from typing import TYPE_CHECKING

from ftcore.evaluation.base import Interval
from ftcore.evaluation.statistics import wilson
from ftcore.texts import number, percent, text
from ftcore.ui import figures

if TYPE_CHECKING:
    import plotly.graph_objects as go

_OTHERS = (10, 30, 100)  # numbers of questions to compare with
_EDGE = 0.15  # of the axis, about half a label
_ROW_PX = 52
_AXIS_PX = 56


def show_proof_figure(count: int, share: float) -> None:
    """Draw the 95 % interval of a result with the test's size and with larger ones.

    Args:
        count: Questions of the test, at least one.
        share: Share of right answers to draw it for, from 0 to 1.
    """
    found = intervals(count, share)
    figures.show(
        _figure(found, count),
        [
            text(f"exam_choice.proof.columns.{name}")
            for name in ("count", "low", "high")
        ],
        [[number(i.n), number(100 * i.low), number(100 * i.high)] for i in found],
        title=text("exam_choice.proof.figure"),
        key="chart-proof",
        note=text("exam_choice.proof.x", percent=percent(share)),
    )


def intervals(count: int, share: float) -> list[Interval]:
    """Return the interval of ``share`` for this test and for larger ones."""
    sizes = [count, *(size for size in _OTHERS if size > count)]
    return [wilson(share, size) for size in sizes]


def _figure(found: list[Interval], mine: int) -> "go.Figure":
    shown = figures.colours()
    figure = figures.new_figure(_AXIS_PX + _ROW_PX * len(found), shown)
    for interval in found:
        is_mine = interval.n == mine
        colour = shown.brand if is_mine else shown.base
        low, high = 100 * interval.low, 100 * interval.high
        size = number(interval.n)
        name = text("exam_choice.proof.mine", count=size) if is_mine else size
        figure.add_scatter(
            x=[low, 100 * interval.value, high],
            y=[f"<b>{name}</b>" if is_mine else name] * 3,
            mode="lines+markers+text",
            line={"color": colour, "width": 5 if is_mine else 3},
            marker={"color": colour, "size": [0, 13, 0], "opacity": 1},
            text=[
                "",
                text("exam_choice.proof.span", low=number(low), high=number(high)),
                "",
            ],
            textposition=_inside(interval.value),
            textfont={"color": colour},
            hoverinfo="skip",
            cliponaxis=False,
        )
    figure.update_xaxes(range=[0, 104], dtick=25, ticksuffix=" %")
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    figure.update_layout(margin_t=20)
    return figure


def _inside(value: float) -> str:
    """Return where a label beside ``value`` is not cut by the figure's edge."""
    side = "left" if value > 1 - _EDGE else "right" if value < _EDGE else "center"
    return f"top {side}"
