"""Draw what can be chosen before training: a level, and folded settings."""

import streamlit as st

from ftcore.data.examples import Task
from ftcore.texts import duration, number, text
from ftcore.training.base import Preset, TrainingConfig
from ftcore.training.fitting import Fit
from ftcore.training.presets import learns_encoder
from ftcore.ui.scales import option_cards
from ftcore.ui.training_settings import apply_changes, settings_form
from ftcore.workshop.training import TrainingOffer

SIMULATED = "simulated"
_TOOLS = ("local", SIMULATED)


def training_form(offer: TrainingOffer, layers: int) -> TrainingConfig:
    """Draw the three levels and the settings; return what is chosen.

    Args:
        offer: Levels and forecasts for the current dataset.
        layers: Layers of the base model.
    """
    preset = Preset.BALANCED
    balanced, _ = offer.plans[preset]
    if offer.task is Task.CLASSIFICATION and not learns_encoder(balanced):
        # The levels of a head alone do not differ.
        time = duration(_rough(offer.plans[preset][1].seconds))
        st.markdown(text("train.classifier", time=time))
    else:
        if learns_encoder(balanced):
            st.markdown(text("train.encoder"))
        preset = _choose_preset(offer)
    config, _forecast = offer.plans[preset]
    _show_where(offer, config)
    return settings_form(config, layers)


def _choose_preset(offer: TrainingOffer) -> Preset:
    advised = offer.recommended
    options = {
        preset.value: (
            _title(preset, advised.preset),
            _caption(preset, offer),
        )
        for preset in Preset
    }
    chosen = option_cards(
        text("train.preset.label"),
        options,
        key="preset",
        index=list(Preset).index(advised.preset),
    )
    because = text(f"presets.because.{advised.because}", waiting=offer.waiting)
    name = text(f"presets.{advised.preset}.name")
    st.markdown(text("train.preset.advice", name=name, because=because))
    return Preset(chosen)


def _title(preset: Preset, advised: Preset) -> str:
    name = text(f"presets.{preset}.name")
    return text("train.preset.advised", name=name) if preset is advised else name


def _caption(preset: Preset, offer: TrainingOffer) -> str:
    forecast = offer.plans[preset][1]
    use = text(f"presets.{preset}.summary")
    time = duration(_rough(forecast.seconds))
    params = {"time": time, "use": use, "examples": number(offer.examples)}
    if forecast.usd >= 0.005:
        return text(
            "train.preset.caption_priced", price=number(forecast.usd, 2), **params
        )
    return text("train.preset.caption", **params)


def show_fit(fits: Fit, config: TrainingConfig, *, is_changed: bool) -> None:
    """Draw what the training would take or, if it does not fit, what would.

    Args:
        fits: What :meth:`Training.fit` says of the configuration.
        config: Complete configuration.
        is_changed: Whether it is no longer a level's own.
    """
    forecast = fits.forecast
    if fits.short is None:
        key = "forecast" if is_changed else "forecast_level"
        if forecast.memory_mb:
            words = text(
                f"train.settings.{key}",
                time=duration(_rough(forecast.seconds)),
                memory=number(forecast.memory_mb / 1000, 1),
            )
            st.markdown(words)
        elif is_changed:
            time = duration(_rough(forecast.seconds))
            st.markdown(text("train.settings.forecast_time", time=time))
        return
    problem = f"**{text('train.does_not_fit')}** {fits.problem()} {fits.advice()}"
    st.error(problem, icon=":material/memory:")
    if fits.changes:
        st.button(
            text("fitting.apply", changes=fits.change_words()),
            key="apply-fit",
            type="primary",
            on_click=apply_changes,
            args=(config, fits.changes),
        )


def _rough(seconds: float) -> float:
    """Round a forecast to two leading figures at most: it promises no more."""
    unit = 1 if seconds < 10 else 5 if seconds < 60 else 15 if seconds < 600 else 60
    return max(1, unit * round(seconds / unit))


def _show_where(offer: TrainingOffer, config: TrainingConfig) -> None:
    where = offer.tool if offer.tool in _TOOLS else "other"
    if where == SIMULATED:
        st.warning(text("train.where.simulated"), icon=":material/theaters:")
        return
    note = text(
        f"train.data_notes.{offer.split}", examples=offer.examples, test=offer.test
    )
    words = [text(f"train.where.{where}", tool=offer.tool), note]
    if config.most_examples is not None and config.most_examples < offer.examples:
        words.append(text("train.data_notes.most", most=number(config.most_examples)))
    st.markdown(f":gray[{' '.join(words)}]")
    if not offer.finds_meaning:
        st.info(text("train.spelling_only"), icon=":material/spellcheck:")


def start_label(offer: TrainingOffer, *, again: bool) -> str:
    """Return the words of the button that starts."""
    name = "simulate" if offer.tool == SIMULATED else "again" if again else "start"
    return text(f"train.{name}", examples=number(offer.examples))
