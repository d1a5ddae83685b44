"""What every Plotly figure of ours shares: fonts, colours, numbers, text below."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ftcore.chat.base import Arm
from ftcore.texts import text
from ftcore.ui.session import current_mode
from ftcore.ui.tables import html_table
from ftcore.ui.theme import Palette, fonts, palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG: Mapping[str, object] = {
    "displayModeBar": False,
    "locale": "es",
    "scrollZoom": False,
    "doubleClick": False,
}
FONT_PX = 15
_SPANISH_SEPARATORS = ",."  # Plotly's 'decimal then thousands'


def colours() -> Palette:
    """Return the palette that is on screen."""
    return palette(current_mode())


def arm_colour(arm: Arm, shown: Palette) -> str:
    """Return the colour that an arm has in every chart."""
    return {
        Arm.TUNED: shown.tuned,
        Arm.BASE: shown.base,
        Arm.FEW_SHOT: shown.series[2],
        Arm.NEAREST: shown.series[3],
        Arm.TUNED_FEW_SHOT: shown.series[4],
    }[arm]


def new_figure(height: int, shown: Palette) -> "go.Figure":
    """Return an empty figure in our style, for a laptop.

    On a big screen ``assets/style/figures.css`` enlarges it as much as the text.

    Args:
        height: Height in pixels.
        shown: Palette on screen.
    """
    import plotly.graph_objects as go  # noqa: PLC0415 - half a second of import

    figure = go.Figure()
    axis = {
        "gridcolor": shown.line,
        "linecolor": shown.edge,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "title": {"font": {"size": FONT_PX}},
    }
    figure.update_layout(
        height=height,
        font={"family": fonts().text, "size": FONT_PX, "color": shown.text},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        showlegend=False,
        separators=_SPANISH_SEPARATORS,
        hoverlabel={"bgcolor": shown.surface, "font": {"color": shown.text}},
        dragmode=False,
        xaxis=axis,
        yaxis=axis,
    )
    return figure


def show(
    figure: "go.Figure",
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str,
    key: str,
    note: str = "",
) -> None:
    """Draw a figure under its answer, and the same numbers as text, folded below.

    Args:
        figure: From :func:`new_figure`.
        headers: Columns of the text alternative.
        rows: Lines of the text alternative.
        title: What the figure shows, in one Spanish sentence; empty leaves it out.
        key: Streamlit key.
        note: How to read it, in a sentence below the title.
    """
    if title:
        st.markdown(f"**{title}**")
    if note:
        st.caption(note)
    # CSS cannot ask a figure for its height, which grows with the type.
    height = figure.layout.height
    st.html(f"<style>.st-key-{key} {{ --ft-height: {height}px }}</style>")
    # 'theme=None' keeps Streamlit from painting its own template over ours.
    st.plotly_chart(figure, theme=None, key=key, config=dict(CONFIG), alt=title or None)
    if rows:
        with st.expander(text("app.charts.table"), key=f"{key}-text"):
            st.html(
                html_table(headers, rows, caption=title or text("app.charts.table"))
            )
