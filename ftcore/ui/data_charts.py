"""Draw what a dataset is like: how long its texts are, how its labels are shared."""

from collections import Counter
from collections.abc import Sequence
from html import escape
from statistics import median

import streamlit as st

from ftcore.data.checks import MAX_SHARE
from ftcore.data.examples import Dataset, Task
from ftcore.texts import number, percent, text
from ftcore.ui import figures
from ftcore.ui.histogram import length_bins
from ftcore.ui.token_chart import TokenCount, show_tokens
from ftcore.ui.wording import plain

_HEIGHT_PX = 240
_BAR_PX = 56
_MOST_BARS = 12  # the text below has them all
_FAIR = 1.5  # times an equal share is still called balanced


def show_charts(dataset: Dataset, tokens: TokenCount | None = None) -> None:
    """Draw the lengths, the tokens and, for labelled texts, the labels' balance.

    Args:
        dataset: The examples; none of them draws nothing.
        tokens: What they take of the base model; ``None`` leaves that chart out.
    """
    if not len(dataset):
        return
    st.subheader(text("data.charts.title"), anchor=False)
    _show_lengths(dataset)
    if tokens:
        show_tokens(tokens)
    if dataset.task is Task.CLASSIFICATION:
        _show_balance(dataset)


def label_shares(dataset: Dataset) -> list[tuple[str, int]]:
    """Return each label with how many texts carry it, the most frequent first."""
    counts = Counter(example.target for example in dataset)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _show_lengths(dataset: Dataset) -> None:
    labelled = dataset.task is Task.CLASSIFICATION
    texts = [e.prompt if labelled else e.target for e in dataset]
    lengths = [len(words.split()) for words in texts]
    bins = length_bins(lengths)
    shown = figures.colours()
    figure = figures.new_figure(_HEIGHT_PX, shown)
    figure.add_bar(
        x=[each.label for each in bins],
        y=[each.count for each in bins],
        marker={"color": shown.brand},
        text=[number(each.count) if each.count else "" for each in bins],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_layout(bargap=0.12)
    figure.update_xaxes(
        title_text=text("data.charts.words"), type="category", showgrid=False
    )
    figure.update_yaxes(visible=False)
    key = "data.charts.text_lengths" if labelled else "data.charts.lengths"
    typical, longest = number(median(lengths)), number(max(lengths))
    figures.show(
        figure,
        [text("data.charts.words"), text("data.charts.count")],
        [[each.label, number(each.count)] for each in bins],
        title=text(key, typical=typical, longest=longest),
        key="chart-lengths",
    )


def _show_balance(dataset: Dataset) -> None:
    shares = label_shares(dataset)
    total = len(dataset)
    bars = shares[:_MOST_BARS]
    shown = figures.colours()
    figure = figures.new_figure(40 + _BAR_PX * len(bars), shown)
    figure.add_bar(
        y=[escape(label) for label, _ in bars],
        x=[count for _, count in bars],
        orientation="h",
        marker={"color": shown.brand},
        text=[f"{number(count)} · {percent(count / total)}" for _, count in bars],
        textposition="auto",
        insidetextfont={"color": shown.on_brand},
        hoverinfo="skip",
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(autorange="reversed", type="category", showgrid=False)
    headers = [text(f"data.charts.{name}") for name in ("label", "count", "share")]
    figures.show(
        figure,
        headers,
        [[label, number(count), percent(count / total)] for label, count in shares],
        title=_balance_title(shares, total),
        key="chart-balance",
    )


def _balance_title(shares: Sequence[tuple[str, int]], total: int) -> str:
    label, most = shares[0]
    share = percent(most / total)
    if most / total <= min(MAX_SHARE, _FAIR / len(shares)):
        return text("data.charts.balance_even", count=number(len(shares)), share=share)
    return text("data.charts.balance_uneven", label=plain(label), share=share)
