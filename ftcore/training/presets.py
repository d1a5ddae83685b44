"""Turn a preset into a complete configuration, and forecast what it will take."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.splitting import TEST_FRACTION
from ftcore.models.catalog import load_catalog
from ftcore.runtime import DEFAULT_SEED
from ftcore.texts import ASSETS
from ftcore.training.base import Preset, TrainingConfig
from ftcore.training.speed import DEFAULT_TEXTS_PER_SECOND
from ftcore.yaml_files import read_yaml

PRESETS_FILE = ASSETS / "training" / "presets.yaml"

# Measured on the templates with the tokenizer of the embedded model.
CHARACTERS_PER_TOKEN = 2.8
TEMPLATE_TOKENS = 12  # role marks of one question and its answer
SYSTEM_TOKENS = 25  # of the opening, which the conversations of a step share

# Measured in a room of thirty on two cores, whose workers the page had warmed up.
STARTUP_SECONDS = 4.0  # the base model, and what else is loaded
EXPORT_SECONDS = 2.0
ANSWER_SECONDS = 1.5  # of the exam, written by the trained model
LABEL_SECONDS = 0.05  # of the exam of a classifier
CLASSIFIER_SECONDS = 6.0

ENCODER_FOLDS = 3  # of an encoder's calibration: it is trained once more for each
_ENCODER = "encoder"
# Texts that an encoder reads besides those of its steps, each as long as an example:
# all examples as they enter the top layers and leave those of every training, in
# steps that also go back, and the questions about nothing here.
_READINGS, _UNRELATED = 2, 45


@dataclass(frozen=True, slots=True)
class ParameterRange:
    """What a slider may hold, and where it starts."""

    minimum: float
    maximum: float
    step: float
    default: float


@cache
def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = read_yaml(PRESETS_FILE)
    return rules


def configure(
    task: Task,
    preset: Preset,
    n_examples: int,
    base_model: str | None = None,
    seed: int = DEFAULT_SEED,
    **overrides: object,
) -> TrainingConfig:
    """Return a complete configuration.

    The preset fixes how many conversations the model sees in all; the epochs follow,
    so that ten examples are repeated more often than a hundred.

    Args:
        task: What is learnt.
        preset: How much time to give.
        n_examples: Examples of the dataset.
        base_model: Name in the catalogue; the task's usual one if ``None``.
        seed: Seed of every random choice.
        **overrides: Fields of :class:`TrainingConfig` that the participant changed.

    Raises:
        UnknownBaseModelError: The catalogue has no such model.
    """
    catalog = load_catalog()
    base = catalog.find(base_model) if base_model else catalog.default_for(task)
    rules = _rules_of(task, base.name)
    values = rules["presets"][preset.value]
    config = TrainingConfig(
        base_model=base.name,
        task=task,
        preset=preset,
        epochs=_epochs(values, n_examples, rules.get("epochs", {})),
        learning_rate=values["learning_rate"],
        lora_rank=values["lora_rank"],
        batch_size=values["batch_size"],
        use_nearest=rules["use_nearest"],
        augment=rules["augment"],
        seed=seed,
        **rules.get("others", {}),
        **values.get("others", {}),
    )
    return replace(config, **overrides)  # type: ignore[arg-type]


def learns_encoder(config: TrainingConfig) -> bool:
    """Whether the top layers of an encoder learn, and not only a head on it."""
    return load_catalog().find(config.base_model).is_encoder


def encoder_steps(config: TrainingConfig, count: int) -> int:
    """Return the optimiser steps of each training of an encoder on ``count`` texts."""
    return max(1, round(count * config.epochs / config.batch_size))


def _rules_of(task: Task, base_model: str) -> Mapping[str, Any]:
    is_encoder = load_catalog().find(base_model).is_encoder
    rules: Mapping[str, Any] = _rules()["tasks"][_ENCODER if is_encoder else task.value]
    return rules


def _epochs(
    of_preset: Mapping[str, Any], n_examples: int, of_task: Mapping[str, int]
) -> int:
    limits = {**_rules()["epochs"], **of_task, **of_preset.get("epochs", {})}
    wanted = round(int(of_preset["conversations"]) / max(1, n_examples))
    least = int(limits["least"]) if n_examples < limits.get("few", math.inf) else 1
    return min(max(wanted, least), int(limits["most"]))


def most_seconds(preset: Preset) -> float:
    """Return the time that a preset may take; where machines are slow it does less."""
    return float(_rules()["most_seconds"][preset.value])


def layer_choices(layers: int, level: int | None = None) -> list[int | None]:
    """Return how many top layers may be adapted of a base of ``layers``, least first.

    The last choice is ``None``, all of them.

    Args:
        layers: Of the base.
        level: What the chosen level adapts; always among the choices.
    """
    usual = [count for count in _rules()["adapted_layers"] if count < layers]
    return [*sorted({*usual, *([] if level is None else [level])}), None]


def parameter_ranges(config: TrainingConfig) -> dict[str, ParameterRange]:
    """Return the range of each parameter that a page may offer, by field name."""
    own = _rules_of(config.task, config.base_model).get("ranges", {})
    return {
        name: ParameterRange(**limits, default=getattr(config, name))
        for name, limits in {**_rules()["ranges"], **own}.items()
    }


def describe(config: TrainingConfig) -> list[str]:
    """Return text keys that say, in order, why the configuration is as it is.

    A classification has nothing to explain: its levels do not differ.
    """
    if config.task is Task.CLASSIFICATION:
        return []
    keys = [f"presets.reasons.{config.preset.value}"]
    top = f"presets.reasons.top_layers_{config.task.value}"
    keys += [top] if config.adapted_layers else []
    keys += ["presets.reasons.use_nearest"] if config.use_nearest else []
    keys += ["presets.reasons.augment"] if config.augment else []
    return keys


def estimate_tokens(
    examples: Sequence[Example],
    config: TrainingConfig,
    once: int | None = None,
    rows: int | None = None,
) -> int:
    """Estimate the tokens of all passes over ``examples``.

    Args:
        examples: What is learnt.
        config: Complete configuration.
        once: Tokens of the examples, if they were counted; else from their length.
        rows: All examples, when these are a sample.
    """
    characters = sum(len(m.content) for e in examples for m in e.messages)
    by_length = characters / CHARACTERS_PER_TOKEN + len(examples) * TEMPLATE_TOKENS
    one_pass = by_length if once is None else once
    shown_twice = 2 if config.use_nearest else 1
    shared = len(examples) * SYSTEM_TOKENS
    whole = (one_pass * shown_twice + shared) * config.epochs
    return round(whole * _share_shown(config, len(examples) if rows is None else rows))


def _share_shown(config: TrainingConfig, rows: int) -> float:
    """Return the share of ``rows`` examples that a pass shows."""
    most = config.most_examples
    return 1.0 if most is None else min(1.0, most / max(1, rows))


def forecast_seconds(  # noqa: PLR0913 - what is known of machine, data and exam
    dataset: Dataset,
    config: TrainingConfig,
    speed: float,
    tokens: int | None = None,
    rows: int | None = None,
    texts_per_second: float = DEFAULT_TEXTS_PER_SECOND,
    exam: int | None = None,
) -> float:
    """Estimate the wall time of a job, from its start to its evaluation, in seconds.

    Args:
        dataset: What it learns from.
        config: Complete configuration.
        speed: Tokens that this machine trains in a second; of a classification on
            frozen vectors, texts that it turns into vectors in a second.
        tokens: Tokens of ``dataset``, if they were counted.
        rows: All examples, when ``dataset`` is a sample.
        texts_per_second: Texts that it turns into vectors, to find examples by.
        exam: Questions of the exam; a fifth of the examples unless told.
    """
    count = len(dataset) if rows is None else rows
    if learns_encoder(config):
        return _encoder_seconds(dataset, config, speed, tokens, count)
    if config.task is Task.CLASSIFICATION:
        return CLASSIFIER_SECONDS + count / speed
    learnt = estimate_tokens(dataset.examples, config, tokens, count)
    learnt = round(learnt * count / max(1, len(dataset)))
    before = loading_seconds(config.task, count, texts_per_second)
    asked = max(1, round(TEST_FRACTION * count)) if exam is None else exam
    return before + learnt / speed + finishing_seconds(config.task, asked)


def loading_seconds(task: Task, count: int, texts_per_second: float) -> float:
    """Return how long it takes before the first step, in seconds.

    Args:
        task: What is learnt; the vectors of texts to label are the training itself.
        count: Examples; where they answer questions each has two vectors, with its
            answer and without.
        texts_per_second: Texts that this machine turns into vectors.
    """
    if task is Task.CLASSIFICATION:
        return STARTUP_SECONDS
    each = 2 if task is Task.CHAT else 1
    return STARTUP_SECONDS + each * count / texts_per_second


def finishing_seconds(task: Task, asked: int) -> float:
    """Return how long it takes after the last step, in seconds.

    Args:
        task: What was learnt.
        asked: Questions of the exam.
    """
    each = LABEL_SECONDS if task is Task.CLASSIFICATION else ANSWER_SECONDS
    return EXPORT_SECONDS + each * asked


def _encoder_seconds(
    dataset: Dataset,
    config: TrainingConfig,
    speed: float,
    tokens: int | None,
    count: int,
) -> float:
    characters = sum(len(example.prompt) for example in dataset.examples)
    found = characters / CHARACTERS_PER_TOKEN if tokens is None else tokens
    each = found / max(1, len(dataset))
    steps = (ENCODER_FOLDS + 1) * encoder_steps(config, count)
    texts = steps * config.batch_size + _READINGS * count + _UNRELATED
    return STARTUP_SECONDS + texts * each / speed + CLASSIFIER_SECONDS
