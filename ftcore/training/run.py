"""Run one job whole: from the examples to a model folder."""

import logging
import os
from dataclasses import replace
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.data.splitting import SplitMethod, plan_split
from ftcore.errors import (
    UnsuitableBaseModelError,
    UnusableDatasetError,
    WrongTaskError,
)
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import Embedder, default_embedder
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import (
    ENCODER,
    EXAMPLES,
    MANIFEST,
    TEST,
    StoredExample,
    TrainedModel,
    save_examples,
)
from ftcore.runtime import Clock, IdMaker, new_id, utc_now
from ftcore.training.base import OnEvent, ShouldStop, TrainingRequest, never
from ftcore.training.classification_run import train_classifier
from ftcore.training.effort import speed_of
from ftcore.training.generation_run import train_generator
from ftcore.training.lesson import Division, Lesson, Weights
from ftcore.training.presets import (
    estimate_tokens,
    finishing_seconds,
    learns_encoder,
    loading_seconds,
)
from ftcore.training.progress import ProgressMeter
from ftcore.training.prompts import load_prompt, opening_prompt
from ftcore.training.resume import fingerprint_of, finished_model, mark_finished
from ftcore.training.speed import DEFAULT_TEXTS_PER_SECOND, read_speed
from ftcore.training.threshold import NEVER_REFUSES, learn_threshold

logger = logging.getLogger(__name__)


def run_training(  # noqa: PLR0913 - chance, clock and machine come from outside
    request: TrainingRequest,
    folder: Path,
    *,
    models_dir: Path,
    on_event: OnEvent,
    should_stop: ShouldStop,
    should_pause: ShouldStop = never,
    checkpoint_dir: Path | None = None,
    clock: Clock = utc_now,
    make_id: IdMaker = new_id,
    embedder: Embedder | None = None,
    threads: int | None = None,
) -> TrainedModel:
    """Train, and write the whole model folder except its evaluation.

    One that was killed, paused or had ended, asked for again, ends with its weights.

    Args:
        request: What to train.
        folder: Model folder; made if absent. Its manifest is written last.
        models_dir: Where the base models lie.
        on_event: Told of every step.
        should_stop: Asked at every step.
        should_pause: Asked at every step; a head alone, of seconds, does not heed it.
        checkpoint_dir: Where to keep the state meanwhile; ``None`` keeps nothing.
        clock: Gives the time of creation.
        make_id: Gives the model's identifier.
        embedder: Makes the vectors; the machine's best unless given.
        threads: To compute with; none takes all cores, and counts for no forecast.

    Raises:
        TrainingCancelledError, TrainingPausedError: Who is asked said so.
        TrainingFailedError, TrainingOutOfMemoryError: It ended without a model.
        BaseModelNotFetchedError: The base model is neither here nor to be had.
        UnusableDatasetError: There is nothing to learn from.
        UnsuitableBaseModelError, WrongTaskError: They are for different tasks.
    """
    _require_trainable(request)
    embedder = embedder or default_embedder()
    fingerprint = fingerprint_of(request, embedder.name)
    if finished := finished_model(checkpoint_dir, fingerprint, folder):
        return finished
    division = _divide(request)
    lesson = Lesson(
        request=replace(request, system_prompt=_opening(request)),
        division=division,
        meter=_meter(request, division, models_dir, on_event),  # before what takes time
        index=_index(request, embedder),
        folder=folder,
        models_dir=models_dir,
        threads=threads or os.cpu_count() or 1,
        should_stop=should_stop,
        should_pause=should_pause,
        checkpoint_dir=checkpoint_dir,
        fingerprint=fingerprint,
        keeps_speed=bool(threads),
    )
    return _train_and_write(lesson, clock, make_id)


def _index(request: TrainingRequest, embedder: Embedder) -> ExampleIndex:
    return ExampleIndex.build(
        request.dataset.examples,
        embedder,
        answers=request.config.task is Task.CHAT,
    )


def _meter(
    request: TrainingRequest, division: Division, models_dir: Path, on_event: OnEvent
) -> ProgressMeter:
    """Return the meter; it has told what is to come, if that may take long."""
    config, catalog = request.config, load_catalog()
    vectors = read_speed(
        models_dir,
        catalog.default_for(Task.CLASSIFICATION).name,
        DEFAULT_TEXTS_PER_SECOND,
    )
    meter = ProgressMeter(
        on_event,
        speed_of(models_dir, config),
        loading_seconds(config.task, len(request.dataset), vectors),
        finishing_seconds(config.task, len(division.held_out)),
    )
    if config.task is not Task.CLASSIFICATION:
        meter.loading(estimate_tokens(division.train, config))
    return meter


def _train_and_write(lesson: Lesson, clock: Clock, make_id: IdMaker) -> TrainedModel:
    """Write weights and examples, and last the manifest: it marks a whole model."""
    folder, division = lesson.folder, lesson.division
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)  # an older model is no longer whole
    (folder / ENCODER).unlink(missing_ok=True)  # nor is its encoder this one's
    weights = _learn(lesson)
    save_examples(folder / EXAMPLES, list(division.stored))
    extra = [StoredExample(example, held_out=True) for example in division.extra]
    save_examples(folder / TEST, extra)
    lesson.index.save(folder)
    model = _manifest(lesson, weights, make_id(), clock().isoformat())
    model.save(folder)
    mark_finished(lesson.checkpoint_dir, lesson.fingerprint)
    return model


def _learn(lesson: Lesson) -> Weights:
    config = lesson.request.config
    if learns_encoder(config):
        from ftcore.training.encoder_run import train_encoder  # noqa: PLC0415  (torch)

        return train_encoder(lesson)
    if config.task is Task.CLASSIFICATION:
        return train_classifier(lesson)
    return train_generator(lesson)


def _require_trainable(request: TrainingRequest) -> None:
    dataset, task = request.dataset, request.config.task
    if dataset.task is not task:
        raise WrongTaskError(found=dataset.task.value, expected=task.value)
    can_learn = load_catalog().for_task(task)
    if all(model.name != request.config.base_model for model in can_learn):
        names = ", ".join(model.name for model in can_learn)
        raise UnsuitableBaseModelError(name=request.config.base_model, available=names)
    alike = task is Task.CLASSIFICATION and len(dataset.labels) < 2
    if not dataset.examples or alike:  # one class leaves nothing to tell apart
        raise UnusableDatasetError(name=dataset.name, findings=1)


def _opening(request: TrainingRequest) -> str:
    dataset = request.dataset
    return opening_prompt(request.system_prompt, dataset.examples, dataset.task)


def _divide(request: TrainingRequest) -> Division:
    plan = plan_split(
        request.dataset,
        seed=request.config.seed,
        test=request.test or (),
        held_out=request.held_out,
    )
    asked = set(plan.held_out)
    stored = tuple(
        StoredExample(example, held_out=row in asked)
        for row, example in enumerate(request.dataset, 1)
    )
    given = plan.test.examples if plan.method is SplitMethod.TEMPLATE else ()
    return Division(stored, given, plan.train.examples, plan.test.examples, plan.method)


def _manifest(
    lesson: Lesson, weights: Weights, model_id: str, created_at: str
) -> TrainedModel:
    request, config = lesson.request, lesson.request.config
    is_chat = config.task is Task.CHAT
    refusal = request.refusal or load_prompt(config.task).refusal
    if weights.truncated:
        logger.warning("%d example(s) were cut to fit the window", weights.truncated)
    return TrainedModel(
        model_id=model_id,
        title=request.title or request.dataset.name,
        task=config.task,
        base_model=config.base_model,
        config={**config.to_json(), "truncated_examples": weights.truncated},
        system_prompt=request.system_prompt,
        refusal=refusal if is_chat else "",
        labels=request.dataset.labels,
        dataset_name=request.dataset.name,
        dataset_fingerprint=request.dataset.fingerprint,
        examples=len(request.dataset),
        train_examples=len(lesson.train),
        test_examples=len(lesson.held_out),
        steps=weights.steps,
        seconds=lesson.meter.seconds,
        train_loss=weights.train_loss,
        eval_loss=weights.eval_loss,
        use_nearest=config.use_nearest and config.task is not Task.CLASSIFICATION,
        similarity_threshold=learn_threshold(lesson.index)
        if is_chat
        else NEVER_REFUSES,
        embedder=lesson.index.embedder.name,
        created_at=created_at,
        dataset_version=request.dataset_version,
        split=lesson.division.method.value,
        kept_epoch=weights.kept_epoch,
        stopped=weights.stopped,
    )
