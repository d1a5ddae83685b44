"""Train an encoder on the classes, then the calibrated head on its vectors.

Vectors of texts that taught the encoder say nothing of how it does on others. So it is
trained anew without each of a few folds, and what those encoders make of the texts that
they never saw calibrates the head (``docs/decisions/classifier.md``).
"""

import numpy as np

from ftcore.models.catalog import load_catalog
from ftcore.models.encoder import EncoderBase
from ftcore.models.label_head import LabelHeads
from ftcore.models.prepare import fetch_base_model
from ftcore.models.tuned_encoder import save_layers
from ftcore.training.classifier import Unseen, fit_label_head, log_loss
from ftcore.training.effort import keep_speed
from ftcore.training.encoder_course import EncoderCourse
from ftcore.training.labelled import LabelledTexts
from ftcore.training.left_out import fold_answers
from ftcore.training.lesson import Lesson, Weights
from ftcore.training.machine import telling_of_memory
from ftcore.training.threads import use_threads

# Sharpness that fitted the test texts of a tuned encoder at C = 3, four draws.
PRIOR_SHARPNESS = 1.3


def train_encoder(lesson: Lesson) -> Weights:
    """Train the encoder and its heads, and write them.

    Raises:
        TrainingCancelledError, TrainingPausedError: The participant said so.
        TrainingFailedError: The loss is no number, or the layout is not known.
        TrainingOutOfMemoryError: The memory does not hold it.
        BaseModelNotFetchedError: The encoder is neither here nor to be had.
    """
    use_threads(lesson.threads)
    config = lesson.request.config
    model = load_catalog().find(config.base_model)
    lesson.meter.loading(0)
    fetch_base_model(model, lesson.models_dir)
    with telling_of_memory(config.batch_size):
        return _train(lesson, EncoderBase(model, lesson.models_dir))


def _train(lesson: Lesson, base: EncoderBase) -> Weights:
    course = EncoderCourse(lesson, base)
    layers = course.learn(course.taught, tells=True)
    main = course.embedded(layers)
    without = [course.embedded(course.learn(rows)) for rows in course.fold_rows()]
    unseen = Unseen(course.folds, without or [main], PRIOR_SHARPNESS)
    heads, eval_loss = _heads(lesson, course, main, unseen)
    if eval_loss is None:
        eval_loss = course.held_out_loss(heads.evaluation, layers)
    taught = main.pick(course.taught)
    loss = log_loss(heads.evaluation, taught.vectors, taught.targets)
    lesson.meter.exporting()
    heads.save(lesson.folder)
    save_layers(lesson.folder, layers)
    if lesson.keeps_speed and lesson.meter.measured_speed is not None:
        config = lesson.request.config
        keep_speed(lesson.models_dir, config, lesson.meter.measured_speed)
    return Weights(course.steps, loss, eval_loss)


def _heads(
    lesson: Lesson, course: EncoderCourse, main: LabelledTexts, unseen: Unseen
) -> tuple[LabelHeads, float | None]:
    """Return the heads and, where each text is asked one by one, their mean loss.

    The encoder that serves never saw the held-out texts, so what it makes of them is
    one more fold for the calibration of the head that serves.
    """
    seed, taught = lesson.request.config.seed, course.taught
    honest = fit_label_head(main.pick(taught), seed, unseen.pick(taught))
    if lesson.one_by_one:
        left_out = fold_answers(unseen, course.asked)
        losses = [
            log_loss(head, main.vectors[[row]], [main.targets[row]])
            for head, row in zip(left_out, course.asked, strict=True)
        ]
        return LabelHeads(honest, honest, tuple(left_out)), float(np.mean(losses))
    if not course.asked:
        return LabelHeads(honest, honest), None
    folds = unseen.folds.copy()
    folds[course.asked] = len(unseen.texts)
    everything = Unseen(folds, [*unseen.texts, main], unseen.prior)
    return LabelHeads(fit_label_head(main, seed, everything), honest), None
