"""Run jobs in this process, keeping between them what is slow to load."""

import logging

from ftcore.chat.engines import EnginePool
from ftcore.errors import FtcoreError, TrainingCancelledError, TrainingPausedError
from ftcore.jobs.pipeline import train_and_evaluate
from ftcore.jobs.stopwatch import Stopwatch
from ftcore.models.embeddings import default_embedder
from ftcore.models.vector_store import KeptEmbedder, VectorStore
from ftcore.settings import Settings
from ftcore.training.base import JobState, JobStatus, Phase, ProgressEvent
from ftcore.training.jobfolder import JobFolder

logger = logging.getLogger(__name__)

# Share of the whole that each phase has reached when it begins; measured on the
# embedded model with the balanced preset: training is most of the time.
PHASE_START = {
    Phase.WAITING: 0.0,
    Phase.LOADING: 0.0,
    Phase.TRAINING: 0.1,
    Phase.EXPORTING: 0.85,
    Phase.EVALUATING: 0.88,
    Phase.DONE: 1.0,
}
TRAINING_SHARE = PHASE_START[Phase.EXPORTING] - PHASE_START[Phase.TRAINING]


def progress_of(event: ProgressEvent) -> float:
    """Return the share of the whole job that is done, 0 to 1."""
    share = PHASE_START[event.phase]
    if event.phase is Phase.TRAINING and event.total_steps:
        share += TRAINING_SHARE * event.step / event.total_steps
    if event.phase is Phase.EVALUATING and event.seconds_left is not None:
        whole = event.seconds + event.seconds_left
        share = max(share, event.seconds / whole if whole else share)
    return min(share, 1.0)


class Desk:
    """What one process needs to run jobs, and keeps from one to the next.

    Args:
        settings: Where the base models lie.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engines = EnginePool(settings.models_dir, threads=1)
        store = VectorStore(settings.vectors_file)
        self._embedder = KeptEmbedder(default_embedder, store)

    def warm_up(self) -> None:
        """Load what the next job will most likely need, while nobody waits for it."""
        from ftcore.training.warm_up import warm_up  # noqa: PLC0415  (imports torch)

        warm_up(self._settings.models_dir)

    def close(self) -> None:
        """Give the engines back."""
        self._engines.close()

    def run(self, job: JobFolder, threads: int, watch: Stopwatch) -> JobStatus:
        """Run the job of a folder as far as it goes, and write how that ended.

        Args:
            job: What to do.
            threads: Threads to compute with; 0 chooses.
            watch: Told of each phase; stopped at the end.

        Returns:
            A final status, or that it was paused.
        """
        try:
            status = self._work(job, threads, watch)
        except BaseException:  # the page must learn of any end, also of a bug
            job.write_status(JobStatus(JobState.FAILED, error_code="training_failed"))
            raise
        finally:
            job.write_timings(watch.stop())
        job.write_status(status)
        return status

    def _work(self, job: JobFolder, threads: int, watch: Stopwatch) -> JobStatus:
        before = job.read_status()
        last = before.last if before else None
        furthest = before.progress if before else 0.0

        def on_event(event: ProgressEvent) -> None:
            nonlocal last, furthest
            last, furthest = event, max(furthest, progress_of(event))
            watch.enter(event.phase)
            job.append_event(event)
            job.write_status(JobStatus(JobState.RUNNING, furthest, event))

        on_event(ProgressEvent(Phase.LOADING))
        try:
            train_and_evaluate(
                job.read_request(),
                job.model_dir,
                models_dir=self._settings.models_dir,
                on_event=on_event,
                should_stop=job.is_cancel_asked,
                should_pause=job.is_pause_asked,
                checkpoint_dir=job.checkpoint_dir,
                threads=threads,
                engines=self._engines,
                embedder=self._embedder,
            )
        except TrainingPausedError:
            return JobStatus(JobState.PAUSED, furthest, last)
        except TrainingCancelledError:
            return JobStatus(JobState.CANCELLED, furthest, last)
        except FtcoreError as error:
            logger.exception("job ended without a model")
            return JobStatus(JobState.FAILED, 0.0, last, error_code=error.code)
        return JobStatus(JobState.SUCCEEDED, 1.0, last, model_dir=str(job.model_dir))
