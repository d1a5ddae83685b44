"""Move the queue: start what may start, and copy what happened into the store."""

from collections.abc import Callable, Mapping

from ftcore.errors import FtcoreError, UnknownJobError
from ftcore.jobs.background import BackgroundLoop
from ftcore.storage.records import JobRow
from ftcore.storage.store import Store
from ftcore.training.base import JobState, JobStatus, Trainer, TrainingRequest

INTERVAL_SECONDS = 0.5
INTERRUPTED = "interrupted"
LOCAL = "local"


class JobRunner:
    """A background thread that looks after all jobs of the store.

    Jobs that were running when the server stopped are found again by their id: a
    child that lives on goes on, one that died ends as failed with the code
    ``interrupted``, and the page offers to try again.

    Args:
        store: Where the jobs are kept.
        trainers: Every backend, by name.
        make_request: Builds what a trainer needs from a job's row.
        parallel: Local trainings at once; others run elsewhere and do not count.
    """

    def __init__(
        self,
        store: Store,
        trainers: Mapping[str, Trainer],
        make_request: Callable[[JobRow], TrainingRequest],
        parallel: int = 1,
    ) -> None:
        self._store = store
        self._trainers = trainers
        self._make_request = make_request
        self._parallel = parallel
        self._loop = BackgroundLoop(self.tick, "job-runner", INTERVAL_SECONDS)

    def start(self) -> None:
        """Begin to look after the jobs."""
        self._loop.start()

    def stop(self) -> None:
        """Stop looking; running trainings live on in their own processes."""
        self._loop.stop(timeout=5)

    def tick(self) -> None:
        """Look once at every active job and start those whose turn has come."""
        active = self._store.active_jobs()
        for row in active:
            if row.state == JobState.RUNNING:
                self._copy_status(row)
        active = self._store.active_jobs()
        busy = sum(r.trainer == LOCAL and r.state == JobState.RUNNING for r in active)
        for row in active:
            if row.state != JobState.QUEUED:
                continue
            if row.trainer == LOCAL:
                if busy >= self._parallel:
                    continue
                busy += 1
            self._start(row)

    def _start(self, row: JobRow) -> None:
        if not self._store.start_job(row.id):
            return  # cancelled a moment ago
        try:
            self._trainers[row.trainer].start(self._make_request(row))
        except FtcoreError as error:
            self._store.end_job(row.id, JobState.FAILED, error_code=error.code)

    def _copy_status(self, row: JobRow) -> None:
        try:
            status = self._trainers[row.trainer].status(row.id)
        except UnknownJobError:
            status = JobStatus(JobState.FAILED, error_code=INTERRUPTED)
        if status.state.is_final:
            self._store.end_job(
                row.id,
                status.state,
                progress=status.progress,
                error_code=status.error_code,
                model_dir=status.model_dir,
            )
        elif status.progress != row.progress:
            self._store.update_job(row.id, progress=status.progress)
