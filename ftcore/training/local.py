"""Train on this machine, in a child process that outlives the page."""

import logging
import time
from collections.abc import Sequence

import psutil

from ftcore.data.examples import Dataset
from ftcore.errors import TrainingFailedError, UnknownJobError
from ftcore.settings import Settings
from ftcore.training.base import (
    Availability,
    Forecast,
    JobState,
    JobStatus,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)
from ftcore.training.capacity import threads_of_each, worker_count
from ftcore.training.costs import local_time
from ftcore.training.inbox import Task
from ftcore.training.jobfolder import JobFolder
from ftcore.training.pool import WorkerPool, living_process

logger = logging.getLogger(__name__)

GRACE_SECONDS = 20.0  # the longest step seen on a busy machine took ten
INTERRUPTED = "interrupted"
_STARTING_SECONDS = 30.0  # to hand a written job to a worker
_TRIES = 3  # workers that may leave at the very moment when they are needed


class LocalTrainer:
    """Writes job folders, hands them to the pool's workers and watches them.

    Args:
        settings: Where jobs and base models lie, and how many threads to use.
        grace_seconds: How long a cancelled worker may take to stop by itself.
    """

    name = "local"

    def __init__(
        self, settings: Settings, grace_seconds: float = GRACE_SECONDS
    ) -> None:
        self._settings = settings
        self._grace = grace_seconds
        self._pool = WorkerPool(settings)

    def availability(self) -> Availability:
        """Return that it is open: it needs nothing but this machine."""
        return Availability(is_open=True)

    def forecast(
        self, dataset: Dataset, config: TrainingConfig, exam: int | None = None
    ) -> Forecast:
        """Estimate time and memory from what this machine showed; it is free."""
        return local_time(
            dataset, self._settings.models_dir, config, exam=exam
        ).forecast

    def start(self, request: TrainingRequest) -> str:
        """Write the job folder and hand it to a worker."""
        job = self._folder(request.job_id)
        job.write_request(request)
        self._hand(job, JobStatus(JobState.RUNNING))
        return request.job_id

    def resume(self, job_id: str) -> None:
        """Hand the folder to a worker again: it goes on from the last checkpoint.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._known(job_id)
        status = self.status(job_id)
        if status.state not in {JobState.PAUSED, JobState.FAILED}:
            return
        job.clear_pause()
        self._hand(job, JobStatus(JobState.RUNNING, status.progress, status.last))

    def prepare(self) -> None:
        """Start a worker, so that the first job need not wait for it."""
        try:
            self._pool.warm_up()
        except OSError:
            logger.warning("no worker could be started ahead of time", exc_info=True)

    def _hand(self, job: JobFolder, status: JobStatus) -> None:
        threads = threads_of_each(self._settings, worker_count(self._settings))
        for _ in range(_TRIES):
            worker = self._pool.hire()
            job.write_pid(worker.pid, worker.started)
            job.write_status(status)
            if self._pool.hand(worker, Task(str(job.path), threads)):
                return
        raise TrainingFailedError(reason="no_worker")

    def status(self, job_id: str) -> JobStatus:
        """Look at the folder; a child that died without a word was interrupted.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._known(job_id)
        status = job.read_status() or JobStatus(JobState.RUNNING)
        if not _is_at_work(status):
            return status
        process = self._process(job)
        if process is None:
            if job.read_pid() is None and job.age_seconds < _STARTING_SECONDS:
                return status  # somebody is handing it over right now
            # It may have written its last word between our two looks.
            status = job.read_status() or status
            return self._bury(job, status) if _is_at_work(status) else status
        asked = job.cancel_asked_at()
        if asked is not None and time.time() - asked > self._grace:
            _kill(process)
        return status

    def events(self, job_id: str) -> Sequence[ProgressEvent]:
        """Return the events of the folder.

        Raises:
            UnknownJobError: No such job.
        """
        return self._known(job_id).read_events()

    def cancel(self, job_id: str) -> None:
        """Ask the child to stop; :meth:`status` kills it if it does not.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._known(job_id)
        if not job.is_cancel_asked():
            job.ask_cancel()
        status = self.status(job_id)
        if status.state is JobState.PAUSED:  # nobody is there to heed it
            self._bury(job, status)

    def pause(self, job_id: str) -> None:
        """Ask the worker to keep the state and take another job.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._known(job_id)
        if _is_at_work(self.status(job_id)):
            job.ask_pause()

    def _bury(self, job: JobFolder, status: JobStatus) -> JobStatus:
        if job.is_cancel_asked():
            final = JobStatus(JobState.CANCELLED, status.progress, status.last)
        else:
            final = JobStatus(
                JobState.FAILED, status.progress, status.last, error_code=INTERRUPTED
            )
        job.write_status(final)
        return final

    def _process(self, job: JobFolder) -> psutil.Process | None:
        """Return the living child of a job, whoever started it."""
        written = job.read_pid()
        return None if written is None else living_process(*written)

    def _folder(self, job_id: str) -> JobFolder:
        return JobFolder(self._settings.jobs_dir / job_id)

    def _known(self, job_id: str) -> JobFolder:
        job = self._folder(job_id)
        if not job.exists():
            raise UnknownJobError(job_id=job_id)
        return job


def _is_at_work(status: JobStatus) -> bool:
    return not status.state.is_final and status.state is not JobState.PAUSED


def _kill(process: psutil.Process) -> None:
    try:
        family = [*process.children(recursive=True), process]
        for member in family:
            member.kill()
    except psutil.NoSuchProcess:
        return  # it ended by itself in the meantime
