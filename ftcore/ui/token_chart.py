"""Draw how many tokens each example takes, against what fits in the base model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftcore.data.destinations.registry import find_destination
from ftcore.data.examples import Dataset, Task
from ftcore.models.token_counters import token_counter
from ftcore.texts import number, text
from ftcore.ui import figures
from ftcore.ui.histogram import Bin, length_bins
from ftcore.ui.services import get_settings

if TYPE_CHECKING:
    import plotly.graph_objects as go

_HEIGHT_PX = 250
_BINS = 6  # of those that fit
_BINS_OVER = 3
_MOST_NAMED = 8
_LOCAL = "local"


@dataclass(frozen=True, slots=True)
class TokenCount:
    """What the examples take of the base model of this machine.

    Attributes:
        tokens: Tokens of each example, in order.
        window: Tokens that it learns from at once.
        exact: Whether its own tokenizer counted; otherwise they are estimates.
    """

    tokens: tuple[int, ...]
    window: int
    exact: bool


def local_tokens(dataset: Dataset) -> TokenCount:
    """Count with the base model that would train here (1,000 examples: 0.1 s)."""
    local = find_destination(_LOCAL)
    bounds, is_label = local.bounds, dataset.task is Task.CLASSIFICATION
    window = (bounds.label_tokens if is_label else bounds.tokens) or 0
    counter = token_counter(local.tokenizers[dataset.task], get_settings().models_dir)
    return TokenCount(tuple(counter.count(dataset.examples)), window, counter.exact)


def show_tokens(counted: TokenCount) -> None:
    """Draw the tokens per example and the line of what fits; nothing if there is none.

    Args:
        counted: From :func:`local_tokens`.
    """
    tokens, window = counted.tokens, counted.window
    if not tokens or not window:
        return
    fitting, over = token_bins(tokens, window)
    rows = [at for at, count in enumerate(tokens, start=1) if count > window]
    size = number(window)
    estimate = "" if counted.exact else f" {text('token_chart.estimate')}"
    figures.show(
        _figure(fitting, over, size),
        [text("token_chart.tokens"), text("token_chart.count")],
        [[each.label, number(each.count)] for each in [*fitting, *over]],
        title=token_title(tokens, window),
        key="chart-tokens",
        note=f"{_what_to_do(rows)}{estimate}",
    )


def token_title(tokens: Sequence[int], window: int) -> str:
    """Return whether all examples fit, in one Spanish sentence."""
    size, over = number(window), sum(count > window for count in tokens)
    if not over:
        return text("token_chart.title", longest=number(max(tokens)), window=size)
    key = f"token_chart.over.{'one' if over == 1 else 'many'}"
    return text(key, count=number(over), window=size)


def token_bins(tokens: Sequence[int], window: int) -> tuple[list[Bin], list[Bin]]:
    """Return two histograms: of the examples that fit, and of those that do not."""
    fitting, over = (
        [t for t in tokens if t <= window],
        [t for t in tokens if t > window],
    )
    return (
        length_bins(fitting, _BINS) if fitting else [],
        length_bins(over, _BINS_OVER) if over else [],
    )


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
        title_text=text("token_chart.tokens"),
        tickvals=list(range(len(bins))),
        ticktext=[each.label for each in bins],
        range=[-0.6, len(bins) - 0.4],
        showgrid=False,
    )
    most = max(each.count for each in bins)
    figure.update_yaxes(visible=False, range=[0, 1.18 * most])
    return figure
