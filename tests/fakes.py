"""Hand-made doubles that behave like the real thing, only faster."""

from collections.abc import Sequence

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

    def move(self, job_id: str, progress: float) -> None:
        """Let a job get on."""
        event = ProgressEvent(Phase.TRAINING, step=1, total_steps=2, seconds_left=5.0)
        self.statuses[job_id] = JobStatus(JobState.RUNNING, progress, event)

    def finish(self, job_id: str, model_dir: str) -> None:
        """Let a job end well."""
        self.statuses[job_id] = JobStatus(JobState.SUCCEEDED, 1.0, None, model_dir)
