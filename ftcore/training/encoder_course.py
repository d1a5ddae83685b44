"""The trainings of an encoder on one lesson, and its texts as each one sees them."""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ftcore.data.questions import question_key
from ftcore.errors import TrainingCancelledError
from ftcore.models.embeddings import Vectors
from ftcore.models.encoder import Encoder, EncoderBase, Layer, Matrix
from ftcore.models.label_head import QUERY, LabelHead, text_vectors
from ftcore.models.tuned_encoder import rounded
from ftcore.training.base import Phase, ProgressEvent
from ftcore.training.calibration import Rows, assign_folds
from ftcore.training.classifier import log_loss
from ftcore.training.contrast import ContrastPlan, train_layers
from ftcore.training.encoder_checkpoint import EncoderCheckpoints, RunningTraining
from ftcore.training.labelled import LabelledTexts, class_names
from ftcore.training.lesson import Lesson
from ftcore.training.presets import ENCODER_FOLDS, encoder_steps

VIEWS = (QUERY,)  # such an encoder reads every text alike


class FinishedTexts:
    """Vectors of an encoder whose lower layers have read the texts already.

    Args:
        base: Gives the lower layers.
        first: The lowest layer (from 0) that may be another one.
    """

    def __init__(self, base: EncoderBase, first: int) -> None:
        self._base, self._first = base, first
        self._frozen = Encoder(base)
        self._states: dict[str, Matrix] = {}

    def states(self, texts: Sequence[str]) -> list[Matrix]:
        """Return what enters the layers that learn; a text read before is free."""
        for text in texts:
            if text not in self._states:
                self._states[text] = self._frozen.states(text, self._first)
        return [self._states[text] for text in texts]

    def through(self, layers: Mapping[int, Layer]) -> "TrainedReader":
        """Return the embedder with those layers."""
        return TrainedReader(self, Encoder(self._base, layers), self._first)


class TrainedReader:
    """An embedder that goes on where the lower layers ended; see ``Embedder``."""

    name = "training"
    is_semantic = True

    def __init__(self, lower: FinishedTexts, encoder: Encoder, first: int) -> None:
        self._lower, self._encoder, self._first = lower, encoder, first

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return one float32 unit row for each text."""
        return self._encoder.finish(self._lower.states(texts), self._first)

    def passage(self, texts: Sequence[str]) -> Vectors:
        """Return the same."""
        return self.query(texts)


class EncoderCourse:
    """Trains the upper layers on some rows of a dataset, as often as is asked.

    Attributes:
        taught: Rows (from 0) that train.
        asked: Rows that are held out; asked one by one, they train as well.
        folds: The fold of each row, or -1 for none.
        steps: Optimiser steps done.
    """

    def __init__(self, lesson: Lesson, base: EncoderBase) -> None:
        """Read the texts and tell the meter how much there is to do."""
        dataset, config = lesson.request.dataset, lesson.request.config
        self._lesson, self._base = lesson, base
        self._examples, self._labels = dataset.examples, dataset.labels
        train = {id(example) for example in lesson.train}
        held_out = {id(example) for example in lesson.held_out}
        rows = range(len(dataset))
        self.taught = [row for row in rows if id(dataset.examples[row]) in train]
        self.asked = [row for row in rows if id(dataset.examples[row]) in held_out]
        self._top = min(config.adapted_layers or base.shape.layers, base.shape.layers)
        self._texts = FinishedTexts(base, base.shape.layers - self._top)
        self._targets = [self._labels.index(e.target) for e in dataset]
        self._keys = [question_key(example) for example in dataset]
        self.folds = self._assign()
        self._steps_each = encoder_steps(config, len(self.taught))
        self._steps_in_all = self._steps_each * (2 + int(self.folds.max(initial=-1)))
        states = self._texts.states([example.prompt for example in dataset])
        self._tokens = config.batch_size * float(np.mean([len(s) for s in states]))
        self.steps, self._pause, self._trainings = 0, 0.0, 0
        self._kept = EncoderCheckpoints(
            lesson.checkpoint_dir,
            lesson.fingerprint,
            lambda: lesson.meter.seconds,
            lesson.should_pause,
        )
        lesson.meter.resume(self._kept.seconds)
        lesson.meter.training(self._steps_in_all, self._tokens_left())

    def learn(self, rows: Sequence[int], *, tells: bool = False) -> dict[int, Layer]:
        """Return the layers trained on some rows and on the names of the classes.

        They are rounded as their file keeps them. The same rows give the same layers.
        A training that ended before an interruption is not done again, and the one
        that was interrupted goes on.

        Args:
            rows: Of the dataset.
            tells: Whether the meter hears of the loss: of one training only, because
                each begins anew.

        Raises:
            TrainingCancelledError, TrainingPausedError: The participant said so.
            TrainingFailedError: The loss is no number.
        """
        number, self._trainings = self._trainings, self._trainings + 1
        if (layers := self._kept.finished(number)) is not None:
            self._skip(self._steps_each)
            return layers
        layers = rounded(self._train(rows, number, tells=tells))
        self._kept.finish(number, layers)
        return layers

    def _train(
        self, rows: Sequence[int], number: int, *, tells: bool
    ) -> dict[int, Layer]:
        config = self._lesson.request.config
        prompts = [self._examples[row].prompt for row in rows]
        states = self._texts.states([*prompts, *class_names(self._labels)])
        targets = [self._targets[row] for row in rows]
        plan = ContrastPlan(
            self._steps_each,
            config.batch_size,
            config.learning_rate,
            self._top,
            config.seed,
        )

        def on_step(loss: float, tokens: int) -> None:
            self._report(loss if tells else None, tokens)

        answers = [*targets, *range(len(self._labels))]
        running = RunningTraining(self._kept, number, self._skip, self._rest)
        return train_layers(self._base, states, answers, plan, on_step, running)

    def _skip(self, steps: int) -> None:
        """Count steps that were done before an interruption."""
        self.steps += steps

    def _rest(self, seconds: float) -> None:
        """Count time that was no training."""
        self._pause += seconds

    def fold_rows(self) -> Iterator[list[int]]:
        """Yield, for each fold, the rows that train where it is asked."""
        for fold in range(int(self.folds.max(initial=-1)) + 1):
            out = {self._keys[row] for row in np.flatnonzero(self.folds == fold)}
            yield [row for row in self.taught if self._keys[row] not in out]

    def embedded(self, layers: Mapping[int, Layer]) -> LabelledTexts:
        """Return all rows as an encoder with these layers sees them."""
        began = time.monotonic()
        reader = self._texts.through(layers)
        found = LabelledTexts.embed(self._examples, self._labels, reader, VIEWS)
        self._pause += time.monotonic() - began
        return found

    def held_out_loss(
        self, head: LabelHead, layers: Mapping[int, Layer]
    ) -> float | None:
        """Return the mean surprise at the held-out classes, in nats, if there are any.

        Args:
            head: Learnt without them.
            layers: Of the encoder that it reads.
        """
        known = [e for e in self._lesson.held_out if e.target in self._labels]
        if not known:
            return None
        reader = self._texts.through(layers)
        vectors = text_vectors([e.prompt for e in known], reader, head.views)
        return log_loss(head, vectors, [self._labels.index(e.target) for e in known])

    def _assign(self) -> Rows:
        folds = np.full(len(self._examples), -1, dtype=np.intp)
        folds[self.taught] = assign_folds(
            [self._targets[row] for row in self.taught],
            [self._keys[row] for row in self.taught],
            self._lesson.request.config.seed,
            ENCODER_FOLDS,
        )
        return folds

    def _tokens_left(self) -> int:
        return round(self._tokens * (self._steps_in_all - self.steps))

    def _report(self, loss: float | None, tokens: int) -> None:
        if self._lesson.should_stop():
            raise TrainingCancelledError(step=self.steps)
        self.steps += 1
        config = self._lesson.request.config
        event = ProgressEvent(
            Phase.TRAINING,
            step=self.steps,
            total_steps=self._steps_in_all,
            epoch=min(self.steps / self._steps_each, 1.0) * config.epochs,
            train_loss=loss,
            examples_seen=self.steps * config.batch_size,
        )
        self._lesson.meter.step(event, tokens, self._tokens_left(), self._pause)
        self._pause = 0.0
