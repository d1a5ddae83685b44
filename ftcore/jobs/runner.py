"""Move the queue: start what may start, and copy what happened into the store."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from ftcore.errors import FtcoreError, UnknownJobError
from ftcore.jobs.background import BackgroundLoop
from ftcore.storage.records import JobRow
from ftcore.storage.store import Store
from ftcore.training.base import JobState, JobStatus, Trainer, TrainingRequest

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.2
INTERRUPTED = "interrupted"
LOCAL = "local"
MOST_ATTEMPTS = 3  # a job that kills its process each time must not do so for ever


class JobRunner:
    """A background thread that looks after all jobs of the store.

    Jobs that were running when the server stopped are found again by their id: one
    whose process lives on goes on. One whose process died is begun again from its
    last checkpoint, in its old place of the queue; after some tries in vain it ends
    as failed with the code ``interrupted``, and the page offers to try again.

    Args:
        store: Where the jobs are kept.
        trainers: Every backend, by name.
        make_request: Builds what a trainer needs from a job's row.
        parallel: Local trainings at once; others run elsewhere and do not count.
        on_model: Told the folder of each model that a job has left.
    """

    def __init__(
        self,
        store: Store,
        trainers: Mapping[str, Trainer],
        make_request: Callable[[JobRow], TrainingRequest],
        parallel: int = 1,
        on_model: Callable[[Path], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._trainers = trainers
        self._make_request = make_request
        self._parallel = parallel
        self._on_model = on_model
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
        running = [row for row in active if row.state == JobState.RUNNING]
        busy = sum(row.trainer == LOCAL for row in running)
        trains = {row.participant_id for row in running}
        for row in active:
            is_local = row.trainer == LOCAL
            if row.state != JobState.QUEUED or row.participant_id in trains:
                continue
            if is_local and busy >= self._parallel:
                continue
            if self._start(row):
                busy += is_local
                trains.add(row.participant_id)

    def _start(self, row: JobRow) -> bool:
        """Begin a job or go on with it; false if it is not to run any more."""
        if not self._store.start_job(row.id):
            return False  # cancelled a moment ago
        try:
            self._begin(row)
        except FtcoreError as error:
            self._store.end_job(row.id, JobState.FAILED, error_code=error.code)
            return False
        return True

    def _begin(self, row: JobRow) -> None:
        trainer = self._trainers[row.trainer]
        if row.started_at is not None:
            try:
                trainer.resume(row.id)
            except UnknownJobError:  # it left no trace: begin it anew
                logger.info("job %s is begun anew", row.id)
            else:
                return
        trainer.start(self._make_request(row))

    def _copy_status(self, row: JobRow) -> None:
        try:
            status = self._trainers[row.trainer].status(row.id)
        except UnknownJobError:
            status = JobStatus(JobState.FAILED, error_code=INTERRUPTED)
        if status.error_code == INTERRUPTED and row.attempts < MOST_ATTEMPTS:
            logger.warning("job %s was interrupted: it goes on", row.id)
            self._store.retry_job(row.id, row.attempts + 1)
        elif status.state is JobState.PAUSED:
            self._store.pause_job(row.id, progress=status.progress)
        elif status.state.is_final:
            self._store.end_job(
                row.id,
                status.state,
                progress=status.progress,
                error_code=status.error_code,
                model_dir=status.model_dir,
            )
            if status.model_dir is not None:
                self._on_model(Path(status.model_dir))
        elif status.progress != row.progress:
            self._store.update_job(row.id, progress=status.progress)
