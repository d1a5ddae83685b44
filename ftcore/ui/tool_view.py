"""The cards and the advisor of step 3."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from ftcore.texts import catalog, duration, number, text
from ftcore.training.prices import Quote
from ftcore.ui.cards import card, card_html
from ftcore.ui.wording import counted, text_for
from ftcore.workshop.advice import Budget, Experience, recommend
from ftcore.workshop.projects import ToolOffer

LOCAL = "local"
SIMULATED = "simulated"
_LEAST_USD = 0.01


@dataclass(frozen=True, slots=True)
class ToolCard:
    """One place to train, as its card shows it.

    Attributes:
        name: Name of the trainer.
        offer: The backend here; ``None`` if this workshop has none for it.
        quote: Its price for the current examples, if it is sold.
    """

    name: str
    offer: ToolOffer | None
    quote: Quote | None

    @property
    def is_open(self) -> bool:
        """Whether it can be chosen here and now."""
        return self.offer is not None and self.offer.availability.is_open

    @property
    def title(self) -> str:
        """Its name for people."""
        return text_for("tool.names", self.name)

    @property
    def cost(self) -> str:
        """Time and price in a sentence, for a tool of this machine."""
        forecast = self.offer.forecast if self.offer else None
        if forecast is None:
            return text("tool.costs.free_untimed")
        time = duration(forecast.seconds)
        key = self.name if self.name == LOCAL else "free"
        return text(f"tool.costs.{key if not forecast.usd else 'time_only'}", time=time)

    @property
    def summary(self) -> str:
        """What is chosen and what it takes, as Markdown."""
        return text_for("tool.chosen_line", self.name, name=self.title, cost=self.cost)


def tool_cards(
    offers: Sequence[ToolOffer], quotes: Mapping[str, Quote]
) -> list[ToolCard]:
    """Return a card for every backend here and every provider with a price."""
    here = {offer.name: offer for offer in offers}
    names = dict.fromkeys([*here, *quotes])
    ordered = sorted(names, key=lambda n: (n != LOCAL, n != SIMULATED))
    return [ToolCard(name, here.get(name), quotes.get(name)) for name in ordered]


def show_advisor(open_tools: Collection[str]) -> None:
    """Ask two questions and say where the course would train, and where today."""
    with st.container(key="advisor", border=True):
        st.subheader(text("tool.advisor.title"), anchor=False)
        left, right = st.columns(2)
        experience = left.segmented_control(
            text("tool.advisor.experience"),
            list(Experience),
            default=Experience.NONE,
            required=True,
            format_func=lambda e: text(f"tool.advisor.experiences.{e.value}"),
            key="experience",
        )
        budget = right.segmented_control(
            text("tool.advisor.budget"),
            list(Budget),
            default=Budget.ZERO,
            required=True,
            format_func=lambda b: text(f"tool.advisor.budgets.{b.value}"),
            key="budget",
        )
        advice = recommend(Experience(experience), Budget(budget), open_tools)
        name = text_for("tool.names", advice.ideal)
        words = text_for("tool.advisor.reasons", advice.ideal, name=name)
        if advice.use != advice.ideal:
            words = f"{words} {text('tool.advisor.closed_today')}"
        st.markdown(f":material/lightbulb: {words}")


def show_tools(cards: Sequence[ToolCard], chosen: str) -> str | None:
    """Draw the cards; a closed one cannot be chosen and says why.

    Returns:
        Name of the tool whose button was just pressed.
    """
    picked = None
    with st.container(key="cards-tools"):
        for each in cards:
            with card(f"tool-{each.name}", is_chosen=each.name == chosen):
                st.html(_html(each))
                if _button(each, is_chosen=each.name == chosen):
                    picked = each.name
    return picked


def start_label(chosen: ToolCard, examples: int) -> str:
    """Return the words of the page's one button."""
    unit = counted("data.unit", examples)
    return text_for("tool.start", chosen.name, unit=unit, name=chosen.title)


def _html(each: ToolCard) -> str:
    lines = [("badge", _badge(each)), ("lead", text_for("tool.what", each.name))]
    if each.quote is None:
        lines.append(("fact", each.cost))
    else:
        lines += [("fact", line) for line in _price_lines(each.quote)]
    lines.append(("fact", text_for("tool.needs", each.name)))
    if not each.is_open:
        lines.append(("reason", _reason(each)))
    return card_html(text_for("tool.icons", each.name), each.title, lines)


def _badge(each: ToolCard) -> str:
    if not each.is_open:
        return text("tool.badges.closed")
    return text(f"tool.badges.{SIMULATED if each.name == SIMULATED else 'open'}")


def _reason(each: ToolCard) -> str:
    reason = each.offer.availability.reason if each.offer else None
    key = f"trainers.{each.name}.reasons.{reason}"
    if key in catalog():
        return text(key)
    return text_for("tool.closed_because", each.name)


def _price_lines(quoted: Quote) -> list[str]:
    price = quoted.price
    key = "usd_less" if quoted.usd < _LEAST_USD else "usd"
    usd = number(max(quoted.usd, _LEAST_USD), 2)
    lines = [text(f"tool.costs.{key}", usd=usd, model=price.model)]
    if price.usd_per_month:
        monthly = number(price.usd_per_month, 2)
        lines.append(text("tool.costs.monthly", usd=monthly))
    seen = text("tool.costs.as_of", date=_date(price.as_of))
    return [*lines, seen, _course_line(quoted)]


def _course_line(quoted: Quote) -> str:
    low, high = quoted.course_usd
    if high == 0:
        return text("tool.costs.course_free")
    if low == high:
        return text("tool.costs.course", usd=number(high, 2))
    return text("tool.costs.course_range", low=number(low, 2), high=number(high, 2))


def _date(day: date) -> str:
    month = text("tool.months").split(",")[day.month - 1]
    return text("tool.date", day=day.day, month=month, year=day.year)


def _button(each: ToolCard, *, is_chosen: bool) -> bool:
    if is_chosen:
        label, icon = text("tool.chosen"), ":material/check_circle:"
    elif each.is_open:
        label, icon = text_for("tool.choose", each.name, name=each.title), None
    else:
        label, icon = text("tool.closed"), ":material/lock:"
    return st.button(
        label,
        key=f"choose-{each.name}",
        icon=icon,
        disabled=is_chosen or not each.is_open,
        width="stretch",
    )
