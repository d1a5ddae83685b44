"""Draw the loss of one job, with the sentence that explains it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ftcore.texts import number, text
from ftcore.training.base import ProgressEvent
from ftcore.ui import figures
from ftcore.ui.loss import loss_story

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT_PX = 300
_ROWS = 8  # of the text alternative


def show(events: Sequence[ProgressEvent], *, simulated: bool, key: str) -> None:
    """Draw training and held-out loss over the epochs; nothing to draw says so.

    Args:
        events: All events of the job, oldest first.
        simulated: Whether the numbers are made up, which is then said.
        key: Streamlit key.
    """
    title = loss_story(events)
    if title is None:
        st.caption(text("train.loss.none"))
        return
    points = [e for e in events if e.train_loss is not None]
    headers = [text("train.loss.x"), text("train.loss.train"), text("train.loss.eval")]
    figures.show(loss_figure(events), headers, _text_rows(points), title=title, key=key)
    note = "simulated" if simulated else "explain"
    st.caption(text(f"train.loss.{note}"))


def loss_figure(events: Sequence[ProgressEvent]) -> "go.Figure":
    """Return the curve: the held-out loss is drawn as points, it is measured seldom."""
    shown = figures.colours()
    figure = figures.new_figure(_HEIGHT_PX, shown)
    train = [(e.epoch, e.train_loss) for e in events if e.train_loss is not None]
    held_out = [(e.epoch, e.eval_loss) for e in events if e.eval_loss is not None]
    for name, points, colour in (
        ("train", train, shown.brand),
        ("eval", held_out, shown.tuned),
    ):
        if not points:
            continue
        is_train = name == "train"
        label = text(f"train.loss.{name}")
        # A falling curve leaves room below its end and above its beginning.
        anchor = points[-1] if is_train else points[0]
        figure.add_scatter(
            x=[epoch for epoch, _ in points],
            y=[loss for _, loss in points],
            mode="lines" if is_train else "lines+markers",
            name=label,
            line={"color": colour, "width": 3},
            marker={"size": 9, "symbol": "diamond"},
            hovertemplate=f"{label}: %{{y:.2f}}<extra></extra>",
        )
        figure.add_annotation(
            x=anchor[0],
            y=anchor[1],
            text=f"<b>{label}</b>",
            font={"color": colour},
            showarrow=False,
            xanchor="right" if is_train else "left",
            yanchor="top" if is_train else "bottom",
            yshift=-8 if is_train else 8,
        )
    figure.update_xaxes(title=text("train.loss.x"), rangemode="tozero", showgrid=False)
    figure.update_yaxes(title=text("train.loss.y"), rangemode="tozero", nticks=5)
    return figure


def _text_rows(points: Sequence[ProgressEvent]) -> list[list[str]]:
    stride = max(1, len(points) // _ROWS)
    unknown = text("train.figures.unknown")
    return [
        [
            number(event.epoch, 1),
            unknown if event.train_loss is None else number(event.train_loss, 2),
            unknown if event.eval_loss is None else number(event.eval_loss, 2),
        ]
        for event in [*points[:-1:stride], points[-1]]
    ]
