"""Train on this machine, in a child process that outlives the page."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import psutil

from ftcore.data.examples import Dataset
from ftcore.errors import UnknownJobError
from ftcore.settings import ROOT, Settings
from ftcore.training.base import (
    Availability,
    Forecast,
    JobState,
    JobStatus,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)
from ftcore.training.costs import local_time
from ftcore.training.jobfolder import JobFolder

WORKER = "ftcore.jobs.worker"
NICENESS = 10  # the room's pages and chats come first
GRACE_SECONDS = 20.0  # the longest step seen on a busy machine took ten
INTERRUPTED = "interrupted"
_BIRTH_TOLERANCE = 2.0  # seconds; clocks of the kernel and of the process round


class LocalTrainer:
    """Starts ``python -m ftcore.jobs.worker FOLDER`` and watches the folder.

    Args:
        settings: Where jobs and base models lie, and how many threads to use.
        grace_seconds: How long a cancelled child may take to stop by itself.
    """

    name = "local"

    def __init__(
        self, settings: Settings, grace_seconds: float = GRACE_SECONDS
    ) -> None:
        self._settings = settings
        self._grace = grace_seconds

    def availability(self) -> Availability:
        """Return that it is open: it needs nothing but this machine."""
        return Availability(is_open=True)

    def forecast(self, dataset: Dataset, config: TrainingConfig) -> Forecast:
        """Estimate the time from the speed that this machine showed; it is free."""
        return Forecast(local_time(dataset, self._settings.models_dir, config).seconds)

    def start(self, request: TrainingRequest) -> str:
        """Write the job folder and start the child."""
        job = self._folder(request.job_id)
        job.write_request(request)
        job.write_status(JobStatus(JobState.RUNNING))
        with job.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own module and folder
                [sys.executable, "-m", WORKER, str(job.path)],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # it goes on when the server stops
            )
        # Somebody must take note of its end, or the system keeps it as a zombie.
        threading.Thread(target=child.wait, daemon=True).start()
        process = psutil.Process(child.pid)
        process.nice(NICENESS if os.name == "posix" else None)
        job.write_pid(child.pid, process.create_time())
        return request.job_id

    def status(self, job_id: str) -> JobStatus:
        """Look at the folder; a child that died without a word was interrupted.

        Raises:
            UnknownJobError: No such job.
        """
        job = self._known(job_id)
        status = job.read_status() or JobStatus(JobState.RUNNING)
        if status.state.is_final:
            return status
        process = self._process(job)
        if process is None:
            # It may have written its last word between our two looks.
            status = job.read_status() or status
            return status if status.state.is_final else self._bury(job, status)
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
        if written is None:
            return None
        pid, started = written
        try:
            process = psutil.Process(pid)
            is_same = abs(process.create_time() - started) < _BIRTH_TOLERANCE
            is_dead = process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if is_same and not is_dead else None

    def _environment(self) -> dict[str, str]:
        cores = len(psutil.Process().cpu_affinity()) if _has_affinity() else None
        free = max(1, (cores or os.cpu_count() or 1) - 1)
        threads = str(self._settings.training_threads or free)
        return {
            **os.environ,
            "FTCORE_DATA": str(self._settings.data_dir),
            "FTCORE_MODELS": str(self._settings.models_dir),
            "FTCORE_TRAINING_THREADS": threads,
            "OMP_NUM_THREADS": threads,
            "OMP_WAIT_POLICY": "PASSIVE",  # idle threads must not spin beside a server
        }

    def _folder(self, job_id: str) -> JobFolder:
        return JobFolder(self._settings.jobs_dir / job_id)

    def _known(self, job_id: str) -> JobFolder:
        job = self._folder(job_id)
        if not job.exists():
            raise UnknownJobError(job_id=job_id)
        return job


def _has_affinity() -> bool:
    return hasattr(psutil.Process, "cpu_affinity")  # macOS has none


def _kill(process: psutil.Process) -> None:
    try:
        family = [*process.children(recursive=True), process]
        for member in family:
            member.kill()
    except psutil.NoSuchProcess:
        return  # it ended by itself in the meantime
