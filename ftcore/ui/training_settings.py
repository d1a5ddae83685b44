"""Draw the parameters of a training, each with its effect in one line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from ftcore.data.examples import Task
from ftcore.texts import number, text
from ftcore.training.base import TrainingConfig
from ftcore.training.presets import ParameterRange, parameter_ranges

_ADAPTER = ("epochs", "learning_rate", "lora_rank", "batch_size", "augment")
SETTINGS: Mapping[Task, Sequence[str]] = {
    Task.CHAT: (*_ADAPTER, "use_nearest", "seed"),
    Task.COMPLETION: (*_ADAPTER, "use_nearest", "seed"),
    Task.CLASSIFICATION: ("seed",),  # its head is fitted in one go
}
_DECIMALS = {"learning_rate": 4}
_WHOLE = {"epochs", "batch_size", "lora_rank"}
_HIGHEST_SEED = 9999


def settings_form(config: TrainingConfig) -> TrainingConfig:
    """Draw the folded settings that apply to the task; return what they say.

    Another level starts again from its own values.

    Args:
        config: The values of the level chosen.
    """
    ranges = parameter_ranges(config)
    with st.expander(text("train.settings.title"), icon=":material/tune:"):
        st.caption(text("train.settings.intro"))
        with st.container(key="settings"):
            changes = {
                name: _setting(name, config, ranges) for name in SETTINGS[config.task]
            }
    return replace(config, **changes)  # type: ignore[arg-type]


def _setting(
    name: str, config: TrainingConfig, ranges: Mapping[str, ParameterRange]
) -> object:
    """Draw one setting and its effect; another level has widgets of its own."""
    label, key = text(f"train.settings.{name}.label"), f"{name}-{config.preset}"
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
        st.caption(text(f"train.settings.{name}.help"))
    return chosen


def _words(name: str) -> Callable[[float], str]:
    return lambda value: number(value, _DECIMALS.get(name, 0))


def _steps(limits: ParameterRange, *, whole: bool) -> list[float]:
    """Return every value of a range; a preset may bring one of its own."""
    count = round((limits.maximum - limits.minimum) / limits.step)
    values = {limits.minimum + at * limits.step for at in range(count + 1)}
    if whole:
        return sorted({*(int(value) for value in values), int(limits.default)})
    # Ten digits undo the error of adding up tenths of a thousandth.
    return sorted({*(round(value, 10) for value in values), limits.default})
