"""Evaluate trained models beside their baselines, one after another."""

import logging
from pathlib import Path

from ftcore.chat.arms import available_arms
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Example
from ftcore.errors import FtcoreError
from ftcore.evaluation.base import ArmResult
from ftcore.evaluation.evaluator import build_evaluation
from ftcore.jobs.background import BackgroundLoop
from ftcore.jobs.case_evaluating import evaluate_cases
from ftcore.jobs.evaluating import evaluate_arm, examples_to_evaluate
from ftcore.jobs.pipeline import load_evaluation, save_evaluation
from ftcore.models.trained import load_trained
from ftcore.storage.records import EvaluationRow, Json
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
        self._store.update_evaluation(row.id, state=JobState.RUNNING, done=0, total=0)
        found: dict[str, object] = {}
        if not row.only_cases:
            found["payload"] = self._examine(row, folder)
        found["cases"] = self._try_cases(row, folder)
        if not self._loop.is_stopping():
            self._store.update_evaluation(row.id, state=JobState.SUCCEEDED, **found)

    def _examine(self, row: EvaluationRow, folder: Path) -> Json | None:
        """Ask every arm the held-out examples; ``None`` if told to stop before."""
        model = load_trained(folder)
        examples = examples_to_evaluate(folder)
        arms = available_arms(model)
        kept = {r.arm: r for r in _results_of_training(folder, len(examples))}
        steps = [arm for arm in arms if arm not in kept]
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
                return None
        results = [kept[arm] for arm in arms]
        evaluation = build_evaluation(model.model_id, model.task, results)
        save_evaluation(folder, evaluation)
        return evaluation.to_json()

    def _try_cases(self, row: EvaluationRow, folder: Path) -> Json | None:
        """Ask the cases that the participant saved; ``None`` if there are none."""
        job = self._store.job(row.job_id)
        rows = self._store.saved_cases(job.project_id) if job else []
        if not rows or self._loop.is_stopping():
            return None
        cases = [Example.from_pair(case.question, case.answer) for case in rows]
        stop = self._loop.is_stopping
        return evaluate_cases(folder, self._engines, cases, stop).to_json()


def _results_of_training(folder: Path, examples: int) -> list[ArmResult]:
    """Return the tuned arm's result that the training left, if it is whole."""
    evaluation = load_evaluation(folder)
    if evaluation is None:
        return []
    tuned = [r for r in evaluation.arms if r.arm is Arm.TUNED]
    return [r for r in tuned if len(r.records) == examples]
