"""Hand-made doubles that behave like the real thing, only faster."""

from collections.abc import Sequence
from dataclasses import replace

from ftcore.data.examples import Dataset
from ftcore.errors import TrainerClosedError, UnknownJobError
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


class SteppedTrainer:
    """A trainer whose jobs move only when the test says so."""

    name = "local"

    def __init__(self) -> None:
        self.requests: dict[str, TrainingRequest] = {}
        self.statuses: dict[str, JobStatus] = {}
        self.is_open = True
        self.resumed: list[str] = []
        self.prepared = 0

    def availability(self) -> Availability:
        return Availability(self.is_open, None if self.is_open else "closed")

    def forecast(self, dataset: Dataset, config: TrainingConfig) -> Forecast:
        return Forecast(seconds=10.0 * config.epochs)

    def start(self, request: TrainingRequest) -> str:
        if not self.is_open:
            raise TrainerClosedError(name=self.name, reason="closed")
        self.requests[request.job_id] = request
        event = ProgressEvent(Phase.LOADING)
        self.statuses[request.job_id] = JobStatus(JobState.RUNNING, 0.0, event)
        return request.job_id

    def status(self, job_id: str) -> JobStatus:
        if job_id not in self.statuses:
            raise UnknownJobError(job_id=job_id)
        return self.statuses[job_id]

    def events(self, job_id: str) -> Sequence[ProgressEvent]:
        last = self.status(job_id).last
        return (last,) if last else ()

    def cancel(self, job_id: str) -> None:
        if not self.status(job_id).state.is_final:
            self.statuses[job_id] = JobStatus(JobState.CANCELLED)

    def pause(self, job_id: str) -> None:
        status = self.status(job_id)
        if not status.state.is_final:
            self.statuses[job_id] = replace(status, state=JobState.PAUSED)

    def resume(self, job_id: str) -> None:
        status = self.status(job_id)
        if status.state in {JobState.PAUSED, JobState.FAILED}:
            self.resumed.append(job_id)
            self.statuses[job_id] = replace(
                status, state=JobState.RUNNING, error_code=None
            )

    def prepare(self) -> None:
        self.prepared += 1

    def die(self, job_id: str) -> None:
        """Let a job's process die."""
        self.statuses[job_id] = JobStatus(
            JobState.FAILED, self.status(job_id).progress, error_code="interrupted"
        )

    def move(self, job_id: str, progress: float) -> None:
        """Let a job get on."""
        event = ProgressEvent(Phase.TRAINING, step=1, total_steps=2, seconds_left=5.0)
        self.statuses[job_id] = JobStatus(JobState.RUNNING, progress, event)

    def finish(self, job_id: str, model_dir: str) -> None:
        """Let a job end well."""
        self.statuses[job_id] = JobStatus(JobState.SUCCEEDED, 1.0, None, model_dir)
