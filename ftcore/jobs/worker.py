"""The child process of one training: ``python -m ftcore.jobs.worker FOLDER``.

It reads and writes only its job folder, so that a job is a command and a folder.
"""

import logging
import sys
from pathlib import Path

import psutil

from ftcore.errors import FtcoreError, TrainingCancelledError
from ftcore.jobs.pipeline import train_and_evaluate
from ftcore.jobs.stopwatch import STARTING, Stopwatch
from ftcore.settings import load_settings
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


def work(job: JobFolder) -> JobStatus:
    """Run the job of a folder to its end and return the final status."""
    settings = load_settings()
    last: ProgressEvent | None = None
    watch = Stopwatch(STARTING, began=psutil.Process().create_time())
    import ftcore.training.run  # noqa: F401, PLC0415  (torch: counted apart)

    def on_event(event: ProgressEvent) -> None:
        nonlocal last
        last = event
        watch.enter(event.phase)
        job.append_event(event)
        job.write_status(JobStatus(JobState.RUNNING, progress_of(event), event))

    on_event(ProgressEvent(Phase.LOADING))
    try:
        train_and_evaluate(
            job.read_request(),
            job.model_dir,
            models_dir=settings.models_dir,
            on_event=on_event,
            should_stop=job.is_cancel_asked,
            threads=settings.training_threads,
        )
    except TrainingCancelledError:
        return JobStatus(JobState.CANCELLED, progress_of(last) if last else 0.0, last)
    except FtcoreError as error:
        logger.exception("job ended without a model")
        return JobStatus(JobState.FAILED, 0.0, last, error_code=error.code)
    finally:
        job.write_timings(watch.stop())
    return JobStatus(JobState.SUCCEEDED, 1.0, last, model_dir=str(job.model_dir))


def main(arguments: list[str]) -> int:
    """Run one job; a bug is written to the log and ends the job as failed."""
    logging.basicConfig(level=logging.INFO)
    job = JobFolder(Path(arguments[0]))
    try:
        status = work(job)
    except BaseException:  # the page must learn of any end, also of a bug or a signal
        job.write_status(JobStatus(JobState.FAILED, error_code="training_failed"))
        raise
    job.write_status(status)
    return 0 if status.state is JobState.SUCCEEDED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
