"""Evaluate trained models beside their baselines, one after another."""

import logging
from pathlib import Path

from ftcore.chat.arms import available_arms
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.errors import FtcoreError
from ftcore.evaluation.base import ArmResult
from ftcore.evaluation.evaluator import build_evaluation
from ftcore.jobs.background import BackgroundLoop
from ftcore.jobs.evaluating import evaluate_arm, examples_to_evaluate
from ftcore.jobs.pipeline import load_evaluation, save_evaluation
from ftcore.models.trained import load_trained
from ftcore.storage.records import EvaluationRow
from ftcore.storage.store import Store
from ftcore.training.base import JobState

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.3


class EvaluationRunner:
    """A background thread that serves the evaluations asked for in the store.

    One that was under way when the server stopped is simply asked again.
    """

    def __init__(self, store: Store, engines: EnginePool) -> None:
        self._store = store
        self._engines = engines
        self._loop = BackgroundLoop(self.tick, "evaluations", INTERVAL_SECONDS)

    def start(self) -> None:
        """Begin to serve."""
        self._loop.start()

    def stop(self) -> None:
        """Stop after the answer under way; what is left is asked again next time."""
        self._loop.stop(timeout=30)

    def tick(self) -> None:
        """Serve the oldest evaluation that is not done, if any."""
        active = self._store.active_evaluations()
        if active:
            self._serve(active[0])

    def _serve(self, row: EvaluationRow) -> None:
        job = self._store.job(row.job_id)
        if job is None or job.model_dir is None:
            self._fail(row, "not_a_trained_model")
            return
        try:
            self._evaluate(row, Path(job.model_dir))
        except FtcoreError as error:
            logger.warning("evaluation %s: %s", row.id, error)
            self._fail(row, error.code)
        except Exception:
            self._fail(row, "chat_failed")  # or it would be served for ever
            raise

    def _fail(self, row: EvaluationRow, code: str) -> None:
        self._store.update_evaluation(row.id, state=JobState.FAILED, error_code=code)

    def _evaluate(self, row: EvaluationRow, folder: Path) -> None:
        model = load_trained(folder)
        examples = examples_to_evaluate(folder)
        arms = available_arms(model)
        kept = {r.arm: r for r in _results_of_training(folder, len(examples))}
        steps = [arm for arm in arms if arm not in kept]
        self._store.update_evaluation(row.id, state=JobState.RUNNING, done=0, total=0)
        for number, arm in enumerate(steps):

            def on_answer(done: int, total: int, number: int = number) -> None:
                self._store.update_evaluation(
                    row.id, done=number * total + done, total=total * len(steps)
                )

            kept[arm] = evaluate_arm(
                folder,
                arm,
                self._engines,
                examples,
                on_answer=on_answer,
                should_stop=self._loop.is_stopping,
            )
            if self._loop.is_stopping():
                return
        results = [kept[arm] for arm in arms]
        evaluation = build_evaluation(model.model_id, model.task, results)
        save_evaluation(folder, evaluation)
        self._store.update_evaluation(
            row.id, state=JobState.SUCCEEDED, payload=evaluation.to_json()
        )


def _results_of_training(folder: Path, examples: int) -> list[ArmResult]:
    """Return the tuned arm's result that the training left, if it is whole."""
    evaluation = load_evaluation(folder)
    if evaluation is None:
        return []
    tuned = [r for r in evaluation.arms if r.arm is Arm.TUNED]
    return [r for r in tuned if len(r.records) == examples]
