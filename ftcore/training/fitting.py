"""Say whether a training fits the machine and the minutes, and what would."""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ftcore.errors import TrainingDoesNotFitError
from ftcore.texts import duration, number, text
from ftcore.training.base import Forecast, Preset, TrainingConfig

LEAST_RANK = 4
# What a training takes in a full room, over what its forecast says of it alone: others
# train on the other core, chat and turn pages. Measured: 1.2 and 1.6, two rooms.
BESIDE_OTHERS = 1.5
CALM_SECONDS = 60.0  # a better preset that takes no longer is worth it, if nobody waits
Forecaster = Callable[[TrainingConfig], Forecast]


class Short(StrEnum):
    """What a training asks too much of."""

    MEMORY = "memory"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a training may take."""

    memory_mb: float = math.inf
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a training fits.

    Attributes:
        forecast: What it would take.
        limits: What it may take.
        short: What it asks too much of; ``None`` if it fits.
        suggestion: The nearest configuration that fits, if any does.
        changes: The fields in which it differs, with their values.
    """

    forecast: Forecast
    limits: Limits
    short: Short | None = None
    suggestion: TrainingConfig | None = None
    changes: Mapping[str, int] | None = None

    def require(self) -> None:
        """Refuse a training that does not fit.

        Raises:
            TrainingDoesNotFitError: With what would fit.
        """
        if self.short is not None:
            raise TrainingDoesNotFitError(
                what=self.short.value, problem=self.problem(), fix=self.advice()
            )

    def problem(self) -> str:
        """Return what is asked and what there is, in Spanish."""
        if self.short is Short.TIME:
            need, most = self.forecast.least_seconds, self.limits.seconds
            return text("fitting.time", need=duration(need), most=duration(most))
        need, most = self.forecast.memory_mb, self.limits.memory_mb
        return text("fitting.memory", need=_gigabytes(need), most=_gigabytes(most))

    def advice(self) -> str:
        """Return what would fit, in Spanish."""
        if not self.changes:
            return text(f"fitting.nothing.{self.short}")
        return text("fitting.would", changes=self.change_words())

    def change_words(self) -> str:
        """Return what would change, in Spanish, as part of a sentence."""
        words = [
            text(f"fitting.changes.{name}", value=number(value))
            for name, value in (self.changes or {}).items()
        ]
        *first, last = words
        return text("fitting.and", first=", ".join(first), last=last) if first else last


def _gigabytes(megabytes: float) -> str:
    return number(megabytes / 1000, 1)


def fit(config: TrainingConfig, forecast: Forecaster, limits: Limits) -> Fit:
    """Return whether ``config`` fits and, if not, the nearest that does.

    Time is that of an idle machine: a busy moment is no reason to refuse. Batch and
    rank are halved, as few times as will do and the batch first, since it
    changes least what is learnt; epochs give way to time.

    Args:
        config: Complete configuration.
        forecast: Says what a configuration would take.
        limits: What it may take.
    """
    asked = forecast(config)
    if asked.memory_mb > limits.memory_mb:
        short = Short.MEMORY
    elif asked.least_seconds > limits.seconds:
        short = Short.TIME
    else:
        return Fit(asked, limits)
    for smaller in _smaller(config):
        taken = forecast(smaller)
        if taken.memory_mb > limits.memory_mb:
            continue
        found = shortened(smaller, forecast, limits.seconds)
        if found is None:
            break  # fewer epochs than one there are not
        changed = {
            name: getattr(found, name)
            for name in ("batch_size", "lora_rank", "epochs")
            if getattr(found, name) != getattr(config, name)
        }
        return Fit(asked, limits, short, found, changed)
    return Fit(asked, limits, short)


def _smaller(config: TrainingConfig) -> Iterator[TrainingConfig]:
    """Yield the configuration and those with less memory, the nearest first."""
    halvings = [
        (batch + rank, rank, batch)
        for batch in range(config.batch_size.bit_length())
        for rank in range(config.lora_rank.bit_length())
        if not rank or config.lora_rank >> rank >= LEAST_RANK
    ]
    for _, rank, batch in sorted(halvings):
        yield replace(
            config,
            batch_size=config.batch_size >> batch,
            lora_rank=config.lora_rank >> rank,
        )


def shortened(
    config: TrainingConfig, forecast: Forecaster, seconds: float
) -> TrainingConfig | None:
    """Return the configuration with as many of its epochs as fit into ``seconds``.

    ``None`` if not even one fits.
    """

    def taken(epochs: int) -> float:
        return forecast(replace(config, epochs=epochs)).least_seconds

    if taken(config.epochs) <= seconds:
        return config
    epochs = bisect_right(range(1, config.epochs), seconds, key=taken)
    return replace(config, epochs=epochs) if epochs else None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Which preset suits now, and the key of the reason in ``presets.because``."""

    preset: Preset
    because: str


def recommend(
    forecasts: Mapping[Preset, Forecast], waiting: float, seconds: float
) -> Recommendation:
    """Return the preset that suits the data, this machine and the room.

    Args:
        forecasts: What each preset would take with these data here.
        waiting: Trainings that are before or beside it, for each that runs at once.
        seconds: What the room gives to everybody together.
    """
    times = {preset: forecast.seconds for preset, forecast in forecasts.items()}
    in_turn = BESIDE_OTHERS * times[Preset.BALANCED] * (waiting + 1)
    if waiting and in_turn > seconds:
        return Recommendation(Preset.QUICK, "room")
    if times[Preset.BALANCED] > seconds:
        return Recommendation(Preset.QUICK, "slow")
    if not waiting and times[Preset.QUALITY] <= CALM_SECONDS:
        return Recommendation(Preset.QUALITY, "calm")
    return Recommendation(Preset.BALANCED, "usual")
