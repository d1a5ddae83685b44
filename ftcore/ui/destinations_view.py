"""Show, for each place to train, whether it would take the examples, and its price."""

from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from ftcore.data.destinations.base import Judgement, Level, Reason
from ftcore.texts import number, text
from ftcore.training.costs import LocalTime
from ftcore.training.prices import Quote
from ftcore.ui.cards import card, empty_state
from ftcore.ui.costs_view import show_costs, usd_words
from ftcore.ui.wording import roughly, text_for

_MARKS = {Level.READY: "✓", Level.WARNING: "!", Level.BLOCKED: "✕"}
_ORDER = (Level.READY, Level.WARNING, Level.BLOCKED)
_MOST_ROWS = 8  # named in a reason
LOCAL = "local"

ReadFile = Callable[[str], tuple[str, bytes]]


def show_destinations(
    judgements: Sequence[Judgement],
    quotes: Sequence[Quote],
    *,
    file: ReadFile,
    local: LocalTime | None,
) -> None:
    """Draw one card for each place to train, what works first, and the costs.

    Args:
        judgements: What each destination says.
        quotes: What training would cost, by provider and model.
        file: Returns the name and content of the file that a destination (by name)
            wants; called only when somebody downloads it.
        local: What training on this machine would take; ``None`` if unknown.
    """
    if not judgements:
        title, words = (
            text(f"destinations_view.empty.{n}") for n in ("title", "words")
        )
        with empty_state(title, words, key="destinations"):
            return
    st.markdown(f"**{summary(judgements)}**")
    with st.container(key="cards-destinations"):
        for each in sorted(judgements, key=lambda one: _ORDER.index(one.level)):
            mine = quotes_of(each, quotes)
            with card(f"destination-{each.destination}"):
                st.html(_card(each, _cost(each, mine, local)))
                _download(each, file)
    show_costs(quotes)


def summary(judgements: Sequence[Judgement]) -> str:
    """Return in how many places the examples can train, in one sentence."""
    total = len(judgements)
    count = sum(each.level is not Level.BLOCKED for each in judgements)
    key = "all" if count == total else "some" if count else "none"
    return text(
        f"destinations_view.title.{key}", count=number(count), total=number(total)
    )


def quotes_of(judgement: Judgement, quotes: Sequence[Quote]) -> list[Quote]:
    """Return the quotes for one destination, its usual model first."""
    return [q for q in quotes if q.price.destination == judgement.destination]


def _card(each: Judgement, cost: str) -> str:
    level = f"ft-{each.level.value}"
    verdict = escape(text(f"destinations.levels.{each.level}"))
    facts = [
        text("destinations_view.tokens", tokens=_tokens(each, each.tokens)),
        text("destinations_view.longest", tokens=_tokens(each, each.longest)),
        cost,
    ]
    body = "".join(f'<p class="ft-fact">{escape(fact)}</p>' for fact in facts if fact)
    about = escape(text_for("destinations.about", each.destination))
    reasons = "".join(_reason(reason) for reason in each.reasons)
    return (
        f'<div class="ft-card"><h3>{escape(each.name)}</h3>'
        f'<p class="ft-verdict {level}">'
        f'<span aria-hidden="true">{_MARKS[each.level]}</span>{verdict}</p>'
        f'<p class="ft-quiet">{about}</p>'
        f'{f"""<ul class="ft-why">{reasons}</ul>""" if reasons else ""}{body}</div>'
    )


def _reason(reason: Reason) -> str:
    rows = _rows(reason.rows)
    where = f"<small>{escape(rows)}</small>" if rows else ""
    return (
        f'<li class="ft-{reason.level.value}">{escape(reason.message)} '
        f"<small>{escape(reason.fix)}</small>{where}</li>"
    )


def _rows(rows: Sequence[int]) -> str:
    if not rows:
        return ""
    named = ", ".join(number(row) for row in rows[:_MOST_ROWS])
    dots = "…" if len(rows) > _MOST_ROWS else ""
    key = "row" if len(rows) == 1 else "rows"
    return text(f"destinations_view.{key}", rows=f"{named}{dots}")


def _tokens(each: Judgement, tokens: int) -> str:
    key = "exact" if each.exact else "estimate"
    return text(f"destinations_view.{key}", tokens=number(tokens))


def _cost(each: Judgement, quotes: Sequence[Quote], local: LocalTime | None) -> str:
    if each.destination == LOCAL:
        if local is None:
            return text("destinations_view.local_untimed")
        key = "measured" if local.is_measured else "estimated"
        return text(f"destinations_view.local_{key}", time=roughly(local.seconds))
    if not quotes:
        return text("destinations_view.unknown")
    usual = quotes[0]
    usd = usd_words(usual.usd)
    return text("destinations_view.usual", model=usual.price.model, usd=usd)


def _download(each: Judgement, file: ReadFile) -> None:
    is_blocked = each.level is Level.BLOCKED
    kind = text_for("destinations.files", each.destination)
    st.download_button(
        text(f"destinations_view.download{'_anyway' if is_blocked else ''}"),
        lambda: file(each.destination)[1],
        file_name=each.filename,
        mime="application/jsonl",
        key=f"download-{each.destination}",
        icon=":material/download:",
        help=text("destinations_view.download_help", kind=kind, name=each.filename),
        on_click="ignore",
        width="stretch",
    )
