"""Show what training elsewhere would cost: today's prices, and the course's beside."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ftcore.texts import number, spoken_day, text
from ftcore.training.prices import Price, PriceStatus, Quote
from ftcore.ui.wording import plain, text_for

_LEAST_USD = 0.01
_DECIMALS = 2
_COLUMNS = ("provider", "model", "epochs", "usd", "course", "monthly", "date")
_FIGURES = frozenset({"epochs", "usd", "course", "monthly"})


def show_costs(quotes: Sequence[Quote]) -> None:
    """Draw the prices from the cheapest to the dearest, each with date and source.

    Args:
        quotes: One for each model or machine; none draws nothing.
    """
    if not quotes:
        return
    ordered = sorted(quotes, key=lambda quote: quote.usd)
    st.subheader(text("destinations_view.costs.heading"), anchor=False)
    st.markdown(f"**{_answer(ordered)}**")
    st.html(costs_table(ordered))
    st.caption(
        text("destinations_view.costs.note"), help=text("destinations_view.costs.edit")
    )


def usd_words(usd: float) -> str:
    """Return an amount of dollars for people; below a cent, only that it is."""
    if usd <= 0:
        return text("destinations_view.costs.free")
    key = "less" if usd < _LEAST_USD else "usd"
    amount = number(max(usd, _LEAST_USD), _DECIMALS)
    return text(f"destinations_view.costs.{key}", usd=amount)


def course_words(quote: Quote) -> str:
    """Return what the course says that it costs."""
    low, high = quote.course_usd
    if usd_words(low) == usd_words(high):
        return usd_words(high)
    return text(
        "destinations_view.costs.range",
        low=number(max(low, _LEAST_USD), _DECIMALS),
        high=number(max(high, _LEAST_USD), _DECIMALS),
    )


def costs_table(quotes: Sequence[Quote]) -> str:
    """Return the prices as a table that becomes cards on a phone; all is escaped."""
    heads = {n: escape(text(f"destinations_view.costs.columns.{n}")) for n in _COLUMNS}
    head = "".join(
        f'<th scope="col" class="{_kind(name)}">{words}</th>'
        for name, words in heads.items()
    )
    body = ""
    for quote in quotes:
        cells = "".join(
            f'<td class="{_kind(name)}" data-label="{heads[name]}">{cell}</td>'
            for name, cell in _cells(quote).items()
        )
        body += f"<tr>{cells}</tr>"
    caption = escape(text("destinations_view.costs.heading"))
    return (
        f'<table class="ft-table"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _answer(ordered: Sequence[Quote]) -> str:
    first, last = usd_words(ordered[0].usd), usd_words(ordered[-1].usd)
    if first == last:
        return text("destinations_view.costs.same", usd=first)
    return text(
        "destinations_view.costs.title",
        model=plain(ordered[0].price.model),
        low=first,
        high=last,
    )


def _kind(name: str) -> str:
    return "ft-num" if name in _FIGURES else "ft-txt"


def _cells(quote: Quote) -> dict[str, str]:
    price = quote.price
    day = escape(spoken_day(price.as_of))
    monthly = usd_words(price.usd_per_month) if price.usd_per_month else "—"
    return {
        "provider": escape(text_for("destinations_view.providers", price.provider)),
        "model": f"{escape(price.model)}{_status(price)}",
        "epochs": number(quote.epochs),
        "usd": escape(usd_words(quote.usd)),
        "course": escape(course_words(quote)),
        "monthly": escape(monthly),
        "date": f'<a href="{escape(price.source)}" target="_blank" '
        f'rel="noopener noreferrer">{day}</a>',
    }


def _status(price: Price) -> str:
    """Return what is uncertain of a price, below the model's name."""
    if price.status is PriceStatus.CURRENT:
        return ""
    key = f"destinations_view.costs.status.{price.status}"
    day = spoken_day(price.until) if price.until else ""
    return f"<small>{escape(text(key, date=day))}</small>"
