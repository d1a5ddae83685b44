"""Draw the parameters of a training, each with its effect in one line."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from ftcore.data.examples import Task
from ftcore.texts import number, text
from ftcore.training.base import TrainingConfig
from ftcore.training.presets import (
    ParameterRange,
    describe,
    layer_choices,
    learns_encoder,
    parameter_ranges,
)

_ADAPTER = (
    "epochs",
    "patience",
    "learning_rate",
    "lora_rank",
    "adapted_layers",
    "batch_size",
    "keep_best",
    "seed",
)
SETTINGS: Mapping[Task, Sequence[str]] = {
    Task.CHAT: _ADAPTER,
    Task.COMPLETION: _ADAPTER,
    Task.CLASSIFICATION: ("seed",),  # its head is fitted in one go
}
_ENCODER = ("epochs", "learning_rate", "adapted_layers", "batch_size", "seed")
_DECIMALS = {"learning_rate": (4, 5)}  # the fewest that tell it apart
_WHOLE = {"epochs", "batch_size", "lora_rank", "patience"}
_HIGHEST_SEED = 9999


def settings_form(config: TrainingConfig, layers: int) -> TrainingConfig:
    """Draw the folded settings that apply to the task; return what they say.

    Another level starts again from its own values.

    Args:
        config: The values of the level chosen.
        layers: Layers of the base model.
    """
    ranges = parameter_ranges(config)
    with st.expander(text("train.settings.title"), icon=":material/tune:"):
        st.caption(text("train.settings.intro"))
        if reasons := describe(config):
            st.markdown("\n".join(f"- {text(key)}" for key in reasons))
        with st.container(key="settings"):
            changes = {
                name: _layers(config, layers)
                if name == "adapted_layers"
                else _setting(name, config, ranges)
                for name in _names(config)
            }
        chosen = replace(config, **changes)  # type: ignore[arg-type]
        st.button(
            text("train.settings.reset"),
            key="reset-settings",
            icon=":material/restart_alt:",
            type="tertiary",
            disabled=chosen == config,
            on_click=apply_changes,
            args=(config, {name: getattr(config, name) for name in changes}),
        )
    return chosen


def _names(config: TrainingConfig) -> Sequence[str]:
    """Return the settings that a configuration's training heeds."""
    return _ENCODER if learns_encoder(config) else SETTINGS[config.task]


def apply_changes(config: TrainingConfig, values: Mapping[str, object]) -> None:
    """Put settings to other values; to be called before they are drawn again.

    Args:
        config: Names the level whose settings they are.
        values: By the name of the setting.
    """
    for name, value in values.items():
        st.session_state[_key(name, config)] = value


def _key(name: str, config: TrainingConfig) -> str:
    return f"{name}-{config.preset}"


def _layers(config: TrainingConfig, layers: int) -> int | None:
    every = text("train.settings.adapted_layers.every", layers=layers)
    with st.container(key="setting-adapted_layers", gap="xsmall"):
        chosen: int | None = st.select_slider(
            text("train.settings.adapted_layers.label"),
            layer_choices(layers, config.adapted_layers),
            config.adapted_layers,
            format_func=lambda count: every if count is None else number(count),
            key=_key("adapted_layers", config),
        )
        start = every if config.adapted_layers is None else str(config.adapted_layers)
        st.caption(_help("adapted_layers", start))
    return chosen


def _help(name: str, default: str) -> str:
    effect = text(f"train.settings.{name}.help")
    return f"{effect} {text('train.settings.default', value=default)}"


def _setting(
    name: str, config: TrainingConfig, ranges: Mapping[str, ParameterRange]
) -> object:
    """Draw one setting and its effect; another level has widgets of its own."""
    label, key = text(f"train.settings.{name}.label"), _key(name, config)
    value = getattr(config, name)
    chosen: object
    with st.container(key=f"setting-{name}", gap="xsmall"):
        if name in ranges:
            chosen = st.select_slider(
                label,
                _steps(ranges[name], whole=name in _WHOLE),
                value,
                format_func=_words(name),
                key=key,
            )
        elif name == "seed":
            chosen = st.number_input(label, 0, _HIGHEST_SEED, value, key=key)
        else:
            chosen = st.toggle(label, value, key=key)
        st.caption(_help(name, _shown(name, value)))
    return chosen


def _shown(name: str, value: object) -> str:
    """Return a value as its widget shows it."""
    if isinstance(value, bool):
        return text(f"train.settings.{'on' if value else 'off'}")
    return _words(name)(float(str(value)))


def _words(name: str) -> Callable[[float], str]:
    fewest, most = _DECIMALS.get(name, (0, 0))
    return lambda value: number(
        value, fewest if math.isclose(round(value, fewest), value) else most
    )


def _steps(limits: ParameterRange, *, whole: bool) -> list[float]:
    """Return every value of a range; a preset may bring one of its own."""
    count = round((limits.maximum - limits.minimum) / limits.step)
    values = {limits.minimum + at * limits.step for at in range(count + 1)}
    if whole:
        return sorted({*(int(value) for value in values), int(limits.default)})
    # Ten digits undo the error of adding up tenths of a thousandth.
    return sorted({*(round(value, 10) for value in values), limits.default})
