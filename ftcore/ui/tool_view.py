"""The cards and the advisor of step 3."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from ftcore.texts import number, spoken_day, text
from ftcore.training.prices import Quote
from ftcore.ui.cards import card, card_html
from ftcore.ui.wording import counted, roughly, text_for
from ftcore.workshop.advice import Budget, Experience, recommend
from ftcore.workshop.projects import ToolOffer

SIMULATED = "simulated"
_LEAST_USD = 0.01


@dataclass(frozen=True, slots=True)
class ToolCard:
    """One place to train, as its card shows it.

    Attributes:
        offer: The backend, whether it is open, and what it would take.
        quote: Its price for the current examples, if it is sold.
    """

    offer: ToolOffer
    quote: Quote | None = None

    @property
    def name(self) -> str:
        """Name of the trainer."""
        return self.offer.name

    @property
    def is_open(self) -> bool:
        """Whether it can be chosen here and now."""
        return self.offer.availability.is_open

    @property
    def title(self) -> str:
        """Its name for people."""
        return text(f"trainers.{self.name}.title")

    @property
    def cost(self) -> str:
        """How long it takes and that it is free, for a tool of this machine."""
        if self.offer.forecast is None:
            return text("tool.costs.free_untimed")
        time = roughly(self.offer.forecast.seconds)
        return text_for("tool.costs", self.name, time=time)

    @property
    def summary(self) -> str:
        """What is chosen and what it takes, as Markdown."""
        return text_for("tool.chosen_line", self.name, name=self.title, cost=self.cost)


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
        name = text(f"trainers.{advice.ideal}.title")
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
    lines = [("badge", _badge(each)), ("lead", text(f"trainers.{each.name}.summary"))]
    if each.quote is not None:
        lines += [("fact", line) for line in _price_lines(each.quote)]
    elif each.is_open:
        lines.append(("fact", each.cost))
    lines.append(("fact", text(f"trainers.{each.name}.needs")))
    if not each.is_open:
        lines.append(("reason", _reason(each)))
    return card_html(text_for("tool.icons", each.name), each.title, lines)


def _badge(each: ToolCard) -> str:
    if not each.is_open:
        return text("tool.badges.closed")
    return text(f"tool.badges.{SIMULATED if each.name == SIMULATED else 'open'}")


def _reason(each: ToolCard) -> str:
    reason = each.offer.availability.reason
    return text(f"trainers.{each.name}.reasons.{reason}")


def _price_lines(quoted: Quote) -> list[str]:
    price = quoted.price
    key = "usd_less" if quoted.usd < _LEAST_USD else "usd"
    usd = number(max(quoted.usd, _LEAST_USD), 2)
    lines = [text(f"tool.costs.{key}", usd=usd, model=price.model)]
    if price.usd_per_month:
        monthly = number(price.usd_per_month, 2)
        lines.append(text("tool.costs.monthly", usd=monthly))
    seen = text("tool.costs.as_of", date=spoken_day(price.as_of))
    return [*lines, seen, _course_line(quoted)]


def _course_line(quoted: Quote) -> str:
    low, high = quoted.course_usd
    if high == 0:
        return text("tool.costs.course_free")
    if low == high:
        return text("tool.costs.course", usd=number(high, 2))
    return text("tool.costs.course_range", low=number(low, 2), high=number(high, 2))


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
