"""What a token of a training costs: less where fewer layers learn.

A layer that learns is gone through on the way there and on the way back; one that does
not, on the way there alone, and once for every lesson that is different, because the
hand-written learner keeps what came out of it (`frozen_states`).
"""

import math
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.models.catalog import load_catalog
from ftcore.training.base import TrainingConfig
from ftcore.training.examples import lesson_times
from ftcore.training.memory import ENCODER_LAYERS, read_memory
from ftcore.training.presets import learns_encoder
from ftcore.training.speed import (
    DEFAULT_TOKENS_PER_SECOND,
    knows_speed,
    read_best_speed,
    read_speed,
    write_speed,
)

# In passes through one layer that does not learn; measured on SmolLM2-135M, float32,
# AVX2, one thread: 0.114, 0.26-0.29 and 0.3 ms a token.
LEARNING = 2.5
ANSWERS = 2.0  # the vocabulary, at the answers alone, and the optimiser


def effort(config: TrainingConfig, layers: int) -> float:
    """Return what a token costs, as a share of one with every layer learning.

    Args:
        config: Complete configuration.
        layers: Layers of the base model.

    Returns:
        More than 0 and at most 1; 1 for what has no layers to choose from.
    """
    if learns_encoder(config):  # what is below was read once, before the steps
        return min(ENCODER_LAYERS, config.adapted_layers or layers) / ENCODER_LAYERS
    learning = learning_layers(config, layers)
    if learning is None or learning == layers:
        return 1.0
    above, below = _parts(config, layers)
    below *= _fresh_share(config)
    return (above + below) / (ANSWERS + LEARNING * layers)


def _parts(config: TrainingConfig, layers: int) -> tuple[float, float]:
    """Return what a token costs each time, and what it costs the first time more."""
    learning = learning_layers(config, layers) or layers
    return ANSWERS + LEARNING * learning, float(layers - learning)


def learning_layers(config: TrainingConfig, layers: int) -> int | None:
    """Return how many layers learn; ``None`` where a task has no layers.

    Args:
        config: Complete configuration.
        layers: Layers of the base model.
    """
    if config.task is Task.CLASSIFICATION:
        return None
    return min(layers, config.adapted_layers or layers)


def _keeps_states(config: TrainingConfig) -> bool:
    """Return whether what the layers below make is kept; PEFT keeps nothing."""
    catalog = load_catalog()
    usual = catalog.find(catalog.default_generation).architecture
    return catalog.find(config.base_model).architecture == usual


def _fresh_share(config: TrainingConfig) -> float:
    """Return how much of what is read has to go through the layers below."""
    if not _keeps_states(config):
        return 1.0
    different = math.ceil(config.epochs / lesson_times(config)) if config.augment else 1
    return different / max(1, config.epochs)


def speed_of(
    models_dir: Path,
    config: TrainingConfig,
    default: float = DEFAULT_TOKENS_PER_SECOND,
) -> float:
    """Return how many tokens of a training this machine goes through in a second.

    Args:
        models_dir: Folder of the base models and of what was measured of them.
        config: Complete configuration.
        default: What a machine does with every layer learning, if none was measured.
    """
    layers = _layers(models_dir, config)
    learning = learning_layers(config, layers)
    speed = read_speed(models_dir, config.base_model, default, learning)
    return speed / effort(config, layers)


def best_speed_of(
    models_dir: Path,
    config: TrainingConfig,
    default: float = DEFAULT_TOKENS_PER_SECOND,
) -> float:
    """Return what :func:`speed_of` would be with nothing else to do.

    See :func:`ftcore.training.speed.read_best_speed`.
    """
    best = read_best_speed(models_dir, config.base_model, default)
    return best / effort(config, _layers(models_dir, config))


def seen_again_of(models_dir: Path, config: TrainingConfig) -> float:
    """Return what a lesson that was seen before costs, as a share of the first time.

    Args:
        models_dir: Folder of the base models and of what was measured of them.
        config: Complete configuration.
    """
    if not _keeps_states(config):
        return 1.0
    above, below = _parts(config, _layers(models_dir, config))
    return above / (above + below)


def knows_speed_of(models_dir: Path, config: TrainingConfig) -> bool:
    """Return whether a training with as many layers was ever measured here."""
    learning = learning_layers(config, _layers(models_dir, config))
    return knows_speed(models_dir, config.base_model, learning)


def keep_speed(models_dir: Path, config: TrainingConfig, speed: float) -> None:
    """Remember how fast a training was, for the forecasts of the next ones.

    Args:
        models_dir: Folder of the base models and of what was measured of them.
        config: Complete configuration.
        speed: Tokens gone through in a second.
    """
    layers = _layers(models_dir, config)
    learning = learning_layers(config, layers)
    write_speed(models_dir, config.base_model, speed * effort(config, layers), learning)


def _layers(models_dir: Path, config: TrainingConfig) -> int:
    base = load_catalog().find(config.base_model)
    return read_memory(models_dir, base.name, base.parameters_m).layers
