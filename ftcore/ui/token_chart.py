"""Draw how many tokens each example takes, against what fits in the base model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ftcore.texts import number, text
from ftcore.ui import figures
from ftcore.ui.histogram import Bin, length_bins

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT_PX = 250
_BINS = 6  # on each side of the window's line
_MOST_NAMED = 8


def show_tokens(tokens: Sequence[int], window: int) -> None:
    """Draw the tokens per example and the line of the base model's window.

    Args:
        tokens: Tokens of each example, in order; at least one.
        window: Tokens that fit in the base model at once.
    """
    fitting, over = token_bins(tokens, window)
    rows = [at for at, count in enumerate(tokens, start=1) if count > window]
    size = number(window)
    if rows:
        key = f"token_chart.over.{'one' if len(rows) == 1 else 'many'}"
        title = text(key, count=number(len(rows)), window=size)
    else:
        title = text("token_chart.title", longest=number(max(tokens)), window=size)
    figures.show(
        _figure(fitting, over, size),
        [text("token_chart.tokens"), text("token_chart.count")],
        [[each.label, number(each.count)] for each in [*fitting, *over]],
        title=title,
        key="chart-tokens",
    )
    st.caption(_what_to_do(rows))


def token_bins(tokens: Sequence[int], window: int) -> tuple[list[Bin], list[Bin]]:
    """Return two histograms: of the examples that fit, and of those that do not."""
    sides = ([t for t in tokens if t <= window], [t for t in tokens if t > window])
    fitting, over = (length_bins(side, _BINS) if side else [] for side in sides)
    return fitting, over


def _what_to_do(rows: Sequence[int]) -> str:
    if not rows:
        return text("token_chart.why")
    named = ", ".join(number(row) for row in rows[:_MOST_NAMED])
    dots = "…" if len(rows) > _MOST_NAMED else ""
    key = f"token_chart.rows.{'one' if len(rows) == 1 else 'many'}"
    return text(key, rows=f"{named}{dots}")


def _figure(fitting: Sequence[Bin], over: Sequence[Bin], window: str) -> "go.Figure":
    shown = figures.colours()
    figure = figures.new_figure(_HEIGHT_PX, shown)
    bins = [*fitting, *over]
    figure.add_bar(
        x=list(range(len(bins))),
        y=[each.count for each in bins],
        marker={"color": [shown.brand] * len(fitting) + [shown.bad] * len(over)},
        text=[number(each.count) if each.count else "" for each in bins],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    line = len(fitting) - 0.5  # between the last that fits and the first that does not
    figure.add_vline(x=line, line={"color": shown.bad, "width": 2, "dash": "dash"})
    figure.add_annotation(
        x=line,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="center" if fitting and over else "right" if fitting else "left",
        text=f"<b>{text('token_chart.line', window=window)}</b>",
        font={"color": shown.bad},
        showarrow=False,
    )
    figure.update_layout(bargap=0.12, margin_t=32)
    figure.update_xaxes(
        title=text("token_chart.tokens"),
        tickvals=list(range(len(bins))),
        ticktext=[each.label for each in bins],
        range=[-0.6, len(bins) - 0.4],
        showgrid=False,
    )
    most = max(each.count for each in bins)
    figure.update_yaxes(visible=False, range=[0, 1.18 * most])
    return figure
