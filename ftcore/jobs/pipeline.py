"""Train a model and evaluate it: the whole of one job, in this process."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.errors import TrainingCancelledError
from ftcore.evaluation.base import Evaluation
from ftcore.evaluation.evaluator import build_evaluation
from ftcore.jobs.evaluating import evaluate_arm
from ftcore.models.embeddings import Embedder
from ftcore.models.trained import EVALUATION, TrainedModel, held_out_examples
from ftcore.training.base import (
    OnEvent,
    Phase,
    ProgressEvent,
    ShouldStop,
    TrainingRequest,
    never,
)
from ftcore.training.resume import forget


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job leaves: a model, and its evaluation if anything was held out."""

    model: TrainedModel
    evaluation: Evaluation | None


def train_and_evaluate(  # noqa: PLR0913 - who asks to stop or pause is outside
    request: TrainingRequest,
    folder: Path,
    *,
    models_dir: Path,
    on_event: OnEvent,
    should_stop: ShouldStop,
    should_pause: ShouldStop = never,
    checkpoint_dir: Path | None = None,
    threads: int = 0,
    engines: EnginePool | None = None,
    embedder: Embedder | None = None,
) -> Outcome:
    """Run one job to its end.

    Args:
        request: What to train.
        folder: Where the whole model goes; made if absent.
        models_dir: Where the base models lie.
        on_event: Told of every step.
        should_stop: Asked at every step.
        should_pause: Asked at every step of the training.
        checkpoint_dir: Where its state is kept until the job has ended, if anywhere.
        threads: Threads to compute with; 0 chooses.
        engines: Serve the base model to the evaluation, and stay open; unless given,
            some are opened for it and closed again.
        embedder: Makes the vectors of the examples; the machine's best unless given.

    Raises:
        TrainingCancelledError: ``should_stop`` said so.
        TrainingPausedError: ``should_pause`` said so.
        TrainingFailedError: The training ended without a model.
    """
    from ftcore.training.run import run_training  # noqa: PLC0415  (imports torch)

    told = _Told(on_event)
    model = run_training(
        request,
        folder,
        models_dir=models_dir,
        on_event=told.event,
        should_stop=should_stop,
        should_pause=should_pause,
        checkpoint_dir=checkpoint_dir,
        threads=threads,
        embedder=embedder,
    )
    evaluation = None
    if held_out_examples(folder):
        with _opened(engines, models_dir) as used:
            evaluation = _evaluate(folder, model, used, told.phase, should_stop)
        if should_stop():
            raise TrainingCancelledError(step=told.newest.step)
    told.phase(Phase.DONE, 0.0)
    forget(checkpoint_dir)
    return Outcome(model, evaluation)


class _Told:
    """Passes events on, and tells of the phases that come after the training."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self._at = time.monotonic()
        self.newest = ProgressEvent(Phase.LOADING)

    def event(self, event: ProgressEvent) -> None:
        self.newest, self._at = event, time.monotonic()
        self._on_event(event)

    def phase(self, phase: Phase, left: float | None = None) -> None:
        now = self.newest.seconds + time.monotonic() - self._at
        self.event(replace(self.newest, phase=phase, seconds=now, seconds_left=left))


@contextmanager
def _opened(engines: EnginePool | None, models_dir: Path) -> Iterator[EnginePool]:
    """Lend the caller's engines, or some that are closed again."""
    if engines is not None:
        yield engines
        return
    own = EnginePool(models_dir)
    try:
        yield own
    finally:
        own.close()


def _evaluate(
    folder: Path,
    model: TrainedModel,
    engines: EnginePool,
    report: Callable[[Phase, float | None], None],
    should_stop: ShouldStop,
) -> Evaluation:
    report(Phase.EVALUATING, None)
    began = time.monotonic()

    def on_answer(done: int, total: int) -> None:
        each = (time.monotonic() - began) / max(done, 1)
        report(Phase.EVALUATING, each * (total - done))

    result = evaluate_arm(
        folder,
        Arm.TUNED,
        engines,
        held_out_examples(folder),
        on_answer=on_answer,
        should_stop=should_stop,
    )
    evaluation = build_evaluation(model.model_id, model.task, [result])
    save_evaluation(folder, evaluation)
    return evaluation


def save_evaluation(folder: Path, evaluation: Evaluation) -> None:
    """Write a model folder's evaluation."""
    content = json.dumps(evaluation.to_json(), ensure_ascii=False, indent=2)
    (folder / EVALUATION).write_text(content + "\n", encoding="utf-8")


def load_evaluation(folder: Path) -> Evaluation | None:
    """Read a model folder's evaluation; ``None`` if there is none."""
    path = folder / EVALUATION
    if not path.is_file():
        return None
    return Evaluation.from_json(json.loads(path.read_text(encoding="utf-8")))
