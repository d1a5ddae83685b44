"""Draw what can be chosen before training: a level, and folded settings."""

import streamlit as st

from ftcore.data.examples import Task
from ftcore.texts import duration, number, text
from ftcore.training.base import Forecast, Preset, TrainingConfig
from ftcore.ui.scales import option_cards
from ftcore.ui.training_settings import settings_form
from ftcore.workshop.training import TrainingOffer

SIMULATED = "simulated"
_TOOLS = ("local", SIMULATED)


def training_form(offer: TrainingOffer) -> TrainingConfig:
    """Draw the three levels and the settings; return what is chosen.

    Args:
        offer: Levels and forecasts for the current dataset.
    """
    preset = Preset.BALANCED
    if offer.task is Task.CLASSIFICATION:  # its levels do not differ
        time = duration(_rough(offer.plans[preset][1].seconds))
        st.markdown(text("train.classifier", time=time))
    else:
        preset = _choose_preset(offer)
    _show_where(offer)
    config, _forecast = offer.plans[preset]
    return settings_form(config)


def _choose_preset(offer: TrainingOffer) -> Preset:
    options = {
        preset.value: (
            text(f"presets.{preset}.name"),
            _caption(preset, offer.plans[preset][1]),
        )
        for preset in Preset
    }
    chosen = option_cards(
        text("train.preset.label"),
        options,
        key="preset",
        index=list(Preset).index(Preset.BALANCED),
    )
    return Preset(chosen)


def _caption(preset: Preset, forecast: Forecast) -> str:
    use = text(f"presets.{preset}.summary")
    time = duration(_rough(forecast.seconds))
    if forecast.usd >= 0.005:
        price = number(forecast.usd, 2)
        return text("train.preset.caption_priced", time=time, price=price, use=use)
    return text("train.preset.caption", time=time, use=use)


def show_forecast(forecast: Forecast) -> None:
    """Draw what changed settings would take."""
    time = duration(_rough(forecast.seconds))
    st.markdown(text("train.settings.forecast", time=time))


def _rough(seconds: float) -> float:
    """Round a forecast to two leading figures at most: it promises no more."""
    unit = 1 if seconds < 10 else 5 if seconds < 60 else 15 if seconds < 600 else 60
    return max(1, unit * round(seconds / unit))


def _show_where(offer: TrainingOffer) -> None:
    where = offer.tool if offer.tool in _TOOLS else "other"
    if where == SIMULATED:
        st.warning(text("train.where.simulated"), icon=":material/theaters:")
        return
    note = text(
        f"train.data_notes.{offer.split}", examples=offer.examples, test=offer.test
    )
    st.markdown(f":gray[{text(f'train.where.{where}', tool=offer.tool)} {note}]")
    if not offer.finds_meaning:
        st.info(text("train.spelling_only"), icon=":material/spellcheck:")


def start_label(offer: TrainingOffer, *, again: bool) -> str:
    """Return the words of the button that starts."""
    name = "simulate" if offer.tool == SIMULATED else "again" if again else "start"
    return text(f"train.{name}", examples=number(offer.examples))
