"""Draw the loss of one job, with the sentence that explains it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from ftcore.texts import number, text
from ftcore.training.base import ProgressEvent
from ftcore.training.curve import CurveVerdict, judge_curve
from ftcore.ui import figures
from ftcore.ui.loss import (
    curve_words,
    loss_story,
    losses_of,
    smoothed,
    window_of,
)

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
    points = losses_of(events)
    headers = [text("train.loss.x"), text("train.loss.train"), text("train.loss.eval")]
    answer = curve_words(judge_curve(events))
    figures.show(
        loss_figure(events),
        headers,
        _text_rows(points),
        title=title,
        key=key,
        note=answer[1] if answer else "",
    )
    note = "simulated" if simulated else "explain"
    st.caption(text(f"train.loss.{note}"))


def loss_figure(events: Sequence[ProgressEvent]) -> "go.Figure":
    """Return the curve: each step thin, its trend thick, the held-out loss as points.

    The names stand above the figure in their colours, where no line can cross them.
    """
    shown = figures.colours()
    figure = figures.new_figure(_HEIGHT_PX, shown)
    steps = [
        (e.epoch, e.train_loss) for e in losses_of(events) if e.train_loss is not None
    ]
    held_out = [(e.epoch, e.eval_loss) for e in events if e.eval_loss is not None]
    epochs, losses = [x for x, _ in steps], [y for _, y in steps]
    thin = {"color": shown.edge, "width": 1}
    figure.add_scatter(x=epochs, y=losses, mode="lines", line=thin, hoverinfo="skip")
    _add_curve(figure, "train", epochs, smoothed(losses, window_of(events)))
    names = [f'<b style="color:{shown.brand}">— {text("train.loss.train")}</b>']
    if held_out:
        _add_curve(figure, "eval", [x for x, _ in held_out], [y for _, y in held_out])
        label = text("train.loss.eval")
        names.append(f'<b style="color:{shown.tuned}">◆ {label}</b>')
        _mark_best(figure, judge_curve(events), held_out)
    figure.add_annotation(
        text="    ".join(names),
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
    )
    figure.update_layout(margin_t=36)
    # The whole way from the start: the curve grows and its axis stays.
    figure.update_xaxes(
        title=text("train.loss.x"), range=[0, _all_epochs(events)], showgrid=False
    )
    figure.update_yaxes(title=text("train.loss.y"), rangemode="tozero", nticks=5)
    return figure


def _mark_best(
    figure: "go.Figure",
    verdict: CurveVerdict,
    held_out: Sequence[tuple[float, float]],
) -> None:
    """Ring the best pass, and draw a line where the training ended early."""
    shown = figures.colours()
    if verdict.best_epoch is not None and len(held_out) > 1:
        figure.add_scatter(
            x=[verdict.best_epoch],
            y=[verdict.best_loss],
            mode="markers+text",
            text=[text("train.curve.mark")],
            textposition="top center",
            textfont={"color": shown.tuned},
            marker={
                "size": 20,
                "symbol": "circle-open",
                "color": shown.tuned,
                "line": {"width": 3},
            },
            cliponaxis=False,
            hoverinfo="skip",
        )
    if verdict.stopped:
        figure.add_vline(
            x=verdict.last_epoch,
            line={"color": shown.edge, "width": 2, "dash": "dot"},
            annotation={
                "text": text("train.curve.stop_mark"),
                "font": {"color": shown.muted},
            },
            annotation_position="top right",
        )


def _all_epochs(events: Sequence[ProgressEvent]) -> float:
    """Return how many epochs the job will have been through at its end."""
    last = events[-1]
    if not last.step or not last.total_steps:
        return max(last.epoch, 1.0)
    return last.epoch * last.total_steps / last.step


def _add_curve(
    figure: "go.Figure", name: str, epochs: Sequence[float], losses: Sequence[float]
) -> None:
    shown, is_train = figures.colours(), name == "train"
    # A line needs two points: the first step alone would leave the figure empty.
    is_line = is_train and len(epochs) > 1
    figure.add_scatter(
        x=epochs,
        y=losses,
        mode="lines" if is_line else "lines+markers",
        line={"color": shown.brand if is_train else shown.tuned, "width": 3},
        marker={"size": 10, "symbol": "circle" if is_train else "diamond"},
        hovertemplate=f"{text(f'train.loss.{name}')}: %{{y:.2f}}<extra></extra>",
    )


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
