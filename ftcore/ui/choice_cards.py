"""The grid of cards of step 1, each with one button."""

from collections.abc import Sequence

import streamlit as st

from ftcore.texts import text
from ftcore.ui.cards import card, card_html
from ftcore.ui.choices import Choice
from ftcore.ui.wording import lower_first


def choice_cards(choices: Sequence[Choice], chosen: str | None) -> str | None:
    """Draw the cards of step 1.

    Args:
        choices: What to offer.
        chosen: Id of the card to mark as chosen.

    Returns:
        Id of the card whose button was just pressed.
    """
    picked = None
    with st.container(key="cards-choices"):
        for choice in choices:
            is_chosen = choice.id == chosen
            with card(choice.id, is_chosen=is_chosen):
                st.html(_choice_html(choice))
                if _card_button(choice, is_chosen=is_chosen):
                    picked = choice.id
    return picked


def _choice_html(choice: Choice) -> str:
    if choice.template is None:
        ready = text("project.examples_own")
    else:
        ready = text("project.examples_ready", count=len(choice.template.dataset))
    needed = text("project.needs", needed=lower_first(choice.data_needed))
    return card_html(
        choice.icon,
        choice.title,
        [
            ("quiet", text("project.example", example=choice.example)),
            ("lead", choice.goal),
            ("fact", needed),
            ("fact", ready),
        ],
    )


def _card_button(choice: Choice, *, is_chosen: bool) -> bool:
    return st.button(
        text("project.chosen") if is_chosen else choice.action,
        key=f"choose-{choice.id}",
        icon=":material/check_circle:" if is_chosen else None,
        disabled=is_chosen,
        width="stretch",
    )
