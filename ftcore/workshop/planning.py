"""Step 4, before it starts: whether a training fits, and what it will read."""

import psutil

from ftcore.data.examples import Dataset
from ftcore.data.templates import load_template
from ftcore.models.catalog import load_catalog
from ftcore.training.base import Forecast, Preset, Trainer, TrainingConfig
from ftcore.training.fitting import Fit, Limits, fit, shortened
from ftcore.training.machine import MB, free_memory_mb
from ftcore.training.memory import ENCODER_LAYERS, read_memory
from ftcore.training.presets import configure, most_seconds
from ftcore.training.preview import LessonPreview, preview_lessons
from ftcore.training.prompts import opening_prompt
from ftcore.workshop.context import Context
from ftcore.workshop.datasets import Datasets
from ftcore.workshop.steps import MINUTES, Step

LOCAL = "local"
STEP_SECONDS = 60.0 * MINUTES[Step.TRAIN]
PREVIEWED = 3  # questions


class Planning:
    """Verbs on a training that has not started."""

    def __init__(self, context: Context, datasets: Datasets) -> None:
        self._context = context
        self._datasets = datasets

    def layers(self, config: TrainingConfig) -> int:
        """Return how many layers the base model of a configuration has."""
        base = load_catalog().find(config.base_model)
        if base.is_encoder:
            return ENCODER_LAYERS
        models = self._context.settings.models_dir
        return read_memory(models, base.name, base.parameters_m).layers

    def preview(self, participant_id: str, config: TrainingConfig) -> LessonPreview:
        """Return what a training of the current dataset will read.

        Raises:
            StepLockedError: There is no dataset yet.
        """
        project = self._context.project(participant_id)
        kept, plan = self._datasets.load(self._context.dataset(project))
        template = load_template(project.template) if project.template else None
        given = template.system_prompt if template else ""
        dataset = kept.dataset
        opening = opening_prompt(given, dataset.examples, dataset.task)
        return preview_lessons(plan.train.examples, config, opening, PREVIEWED)


def fit_here(
    dataset: Dataset,
    config: TrainingConfig,
    trainer: Trainer,
    exam: int | None = None,
) -> Fit:
    """Return whether a training fits; elsewhere than here everything does.

    Args:
        dataset: What it learns from.
        config: Complete configuration.
        trainer: Who would train it.
        exam: Questions of the exam; a fifth of the examples unless told.
    """
    limits = Limits()
    if trainer.name == LOCAL:
        limits = Limits(_memory_mb(), STEP_SECONDS)
    return fit(config, lambda one: trainer.forecast(dataset, one, exam), limits)


def planned(
    dataset: Dataset,
    preset: Preset,
    trainer: Trainer,
    base_model: str,
    exam: int | None = None,
) -> tuple[TrainingConfig, Forecast]:
    """Return a preset as this machine can do it in good time, with its forecast."""
    config = configure(dataset.task, preset, len(dataset), base_model)

    def forecast(one: TrainingConfig) -> Forecast:
        return trainer.forecast(dataset, one, exam)

    config = shortened(config, forecast, most_seconds(preset)) or config
    return config, forecast(config)


def _memory_mb() -> float:
    """Return the memory that is free, or will be once the trainings of now have ended.

    A training waits for its turn, so theirs is not taken from it.
    """
    held = 0.0
    for child in psutil.Process().children():
        try:
            held += child.memory_info().rss
        except psutil.Error:
            continue  # it has just ended
    return free_memory_mb() + held / MB
