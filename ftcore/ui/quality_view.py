"""Show the examples' quality from 0 to 100: its parts, and what would raise it most."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from ftcore.data.quality import Advice, Quality, QualityPart
from ftcore.texts import number, text
from ftcore.ui.wording import counted

MOST_ADVICE = 3
# From each score on: the word for it, and the palette's colour.
_LEVELS = ((85, "great", "ok"), (65, "good", "ok"), (40, "fair", "warn"))
_LOWEST = ("low", "bad")


def show_quality_badge(quality: Quality) -> None:
    """Draw the score on one line, for the top of a page."""
    st.html(f'<div class="ft-quality ft-badge-line">{_meter(quality.score)}</div>')


def show_quality(quality: Quality, *, go: Callable[[str], None] | None = None) -> None:
    """Draw the score, what it is made of, and what would raise it most.

    Args:
        quality: What was measured.
        go: Called with the name of an advice when its button is pressed, to lead to
            the section where it is followed; ``None`` draws no buttons.
    """
    with st.container(key="quality"):
        st.html(f'<div class="ft-quality">{_meter(quality.score)}</div>')
        left, right = st.columns([1, 1], gap="large")
        with left:
            st.html(_parts(quality.parts))
        with right:
            _show_best(quality.best[:MOST_ADVICE], go)
        with st.expander(text("quality_view.how"), key="quality-how"):
            st.html(_explained(quality.parts))


def level_of(score: int) -> tuple[str, str]:
    """Return the name of a score's level and the name of its colour."""
    return next(
        ((name, colour) for least, name, colour in _LEVELS if score >= least), _LOWEST
    )


def _meter(score: int) -> str:
    name, colour = level_of(score)
    word = text(f"quality_view.levels.{name}")
    label = text("quality_view.meter", score=number(score), word=word)
    return (
        f'<p class="ft-score"><strong>{number(score)}</strong> '
        f"<span>{escape(text('quality_view.of'))}</span> "
        f'<em class="ft-{colour}">{escape(word)}</em></p>'
        f"{_bar(score / 100, colour, label)}"
    )


def _bar(share: float, colour: str, label: str) -> str:
    width = round(100 * min(max(share, 0.0), 1.0))
    return (
        f'<div class="ft-bar" role="img" aria-label="{escape(label)}">'
        f'<span class="ft-{colour}" style="width:{width}%"></span></div>'
    )


def _parts(parts: Sequence[QualityPart]) -> str:
    rows = "".join(_part(part) for part in parts)
    return (
        f'<h4>{escape(text("quality_view.parts"))}</h4><ul class="ft-parts">{rows}</ul>'
    )


def _part(part: QualityPart) -> str:
    share = part.points / part.most if part.most else 1.0
    points = text(
        "quality_view.points", points=number(part.points), most=number(part.most)
    )
    name = text(f"quality.parts.{part.name}")
    _, colour = level_of(round(100 * share))
    return (
        f"<li><span>{escape(name)}</span>"
        f"{_bar(share, colour, f'{name}: {points}')}<b>{escape(points)}</b></li>"
    )


def _explained(parts: Sequence[QualityPart]) -> str:
    items = "".join(
        f"<li><b>{escape(text(f'quality.parts.{part.name}'))}.</b> "
        f"{escape(text(f'quality.about.{part.name}'))}</li>"
        for part in parts
    )
    return f"<ul>{items}</ul>"


def _show_best(best: Sequence[Advice], go: Callable[[str], None] | None) -> None:
    st.html(f"<h4>{escape(text('quality_view.best'))}</h4>")
    if not best:
        st.markdown(text("quality_view.nothing"))
    for place, advice in enumerate(best, start=1):
        with st.container(key=f"advice-{advice.name}", horizontal=True):
            st.html(_advice(place, advice))
            if go and st.button(
                text("quality_view.go"),
                key=f"go-{advice.name}",
                icon=":material/arrow_forward:",
                type="tertiary",
            ):
                go(advice.name)


def _advice(place: int, advice: Advice) -> str:
    words = text(f"quality.advice.{advice.name}", **advice.params)
    gain = counted("quality_view.gain", advice.gain)
    return (
        f'<p class="ft-advice"><b>{number(place)}.</b> {escape(words)} '
        f'<span class="ft-gain">{escape(gain)}</span></p>'
    )
