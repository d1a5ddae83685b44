"""A trainer that trains nothing, and says so: for demonstrations and tests."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ftcore.data.examples import Dataset
from ftcore.errors import UnknownJobError
from ftcore.training.base import (
    Availability,
    Forecast,
    JobState,
    JobStatus,
    Phase,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)

DURATION_SECONDS = 20.0
LOADING_SHARE = 0.1
EXPORTING_SHARE = 0.9
STEPS = 40
FIRST_LOSS, LAST_LOSS, DECAY = 3.0, 0.4, 4.0  # an invented curve, only to be watched

Seconds = Callable[[], float]


@dataclass(slots=True)
class _Job:
    started: float
    epochs: int
    stopped: float | None = None
    is_cancelled: bool = False


class SimulatedTrainer:
    """Walks through the states of a job by the clock.

    Every figure is invented, and the pages label it so. It leaves no model
    (``model_dir`` is ``None``), because nothing was trained.

    Args:
        duration_seconds: Time from start to success.
        clock: Monotonic clock, in seconds.
    """

    name = "simulated"

    def __init__(
        self,
        duration_seconds: float = DURATION_SECONDS,
        clock: Seconds = time.monotonic,
    ) -> None:
        self._duration = duration_seconds
        self._clock = clock
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.Lock()

    def availability(self) -> Availability:
        """Return that it is open: it needs nothing."""
        return Availability(is_open=True)

    def forecast(
        self,
        dataset: Dataset,  # noqa: ARG002
        config: TrainingConfig,  # noqa: ARG002
        exam: int | None = None,  # noqa: ARG002
    ) -> Forecast:
        """Return the fixed time of the simulation."""
        return Forecast(self._duration)

    def start(self, request: TrainingRequest) -> str:
        """Note the time."""
        with self._lock:
            self._jobs[request.job_id] = _Job(self._clock(), request.config.epochs)
        return request.job_id

    def status(self, job_id: str) -> JobStatus:
        """Tell the state from the time that has passed.

        Raises:
            UnknownJobError: No such job, or the server was restarted since.
        """
        job = self._job(job_id)
        share = self._share(job)
        events = self._events(job, share)
        last = events[-1]
        if job.stopped is not None:
            state = JobState.CANCELLED if job.is_cancelled else JobState.PAUSED
            return JobStatus(state, share, last)
        state = JobState.SUCCEEDED if share >= 1 else JobState.RUNNING
        return JobStatus(state, share, last)

    def events(self, job_id: str) -> Sequence[ProgressEvent]:
        """Return the invented events up to now.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._job(job_id)
        return self._events(job, self._share(job))

    def cancel(self, job_id: str) -> None:
        """Stop the clock of the job, unless it already ended.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._job(job_id)
        with self._lock:
            if self._share(job) < 1:
                job.stopped = self._clock() if job.stopped is None else job.stopped
                job.is_cancelled = True

    def pause(self, job_id: str) -> None:
        """Stop the clock of the job for a while, unless it already ended.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._job(job_id)
        with self._lock:
            if job.stopped is None and self._share(job) < 1:
                job.stopped = self._clock()

    def resume(self, job_id: str) -> None:
        """Let the clock of a paused job go on.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._job(job_id)
        with self._lock:
            if job.stopped is not None and not job.is_cancelled:
                job.started += self._clock() - job.stopped
                job.stopped = None

    def prepare(self) -> None:
        """Do nothing: there is nothing to load."""

    def _job(self, job_id: str) -> _Job:
        with self._lock:
            if job_id not in self._jobs:
                raise UnknownJobError(job_id=job_id)
            return self._jobs[job_id]

    def _share(self, job: _Job) -> float:
        until = self._clock() if job.stopped is None else job.stopped
        return min(1.0, (until - job.started) / self._duration)

    def _events(self, job: _Job, share: float) -> list[ProgressEvent]:
        events = [self._event(Phase.LOADING, 0.0)]
        if share >= LOADING_SHARE:
            events.append(self._event(Phase.TRAINING, LOADING_SHARE))
        for step in range(1, STEPS + 1):
            at = LOADING_SHARE + (EXPORTING_SHARE - LOADING_SHARE) * step / STEPS
            if at <= share:
                events.append(self._event(Phase.TRAINING, at, step, job.epochs))
        if share >= 1:
            events.append(self._event(Phase.DONE, 1.0, STEPS, job.epochs))
        return events

    def _event(
        self, phase: Phase, at: float, step: int = 0, epochs: int = 0
    ) -> ProgressEvent:
        loss = LAST_LOSS + (FIRST_LOSS - LAST_LOSS) * math.exp(-DECAY * step / STEPS)
        return ProgressEvent(
            phase,
            step=step,
            total_steps=STEPS,
            epoch=epochs * step / STEPS,
            train_loss=loss if step else None,
            seconds=at * self._duration,
            seconds_left=(1 - at) * self._duration,
        )
