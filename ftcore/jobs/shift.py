"""One worker's shift: job after job from its inbox, until nobody needs it."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ftcore.jobs.desk import Desk
from ftcore.jobs.stopwatch import Stopwatch
from ftcore.runtime import return_memory
from ftcore.training.base import Phase
from ftcore.training.inbox import Inbox, Task
from ftcore.training.jobfolder import JobFolder
from ftcore.training.pool import forget

logger = logging.getLogger(__name__)

IDLE_SECONDS = 300.0  # longer than a participant looks at a screen
MOST_BYTES = 3 * 1024**3  # a worker that holds more after a job is replaced
_LOOK_SECONDS = 0.1


def serve(
    inbox: Inbox,
    desk: Desk,
    watch: Stopwatch,
    *,
    idle_seconds: float = IDLE_SECONDS,
    most_bytes: int = MOST_BYTES,
) -> None:
    """Do what comes into the inbox, until it is idle for long, too big or told to end.

    Args:
        inbox: Where the tasks come from; removed at the end.
        desk: Runs them.
        watch: Has counted since the process was born; the first job pays for that.
        idle_seconds: How long to wait for the next task.
        most_bytes: Memory that may be held between two jobs.
    """
    idle_since = time.monotonic()
    is_warm = False
    while True:
        task = inbox.look()
        if task is not None:
            _do(task, desk, watch)
            return_memory()
            inbox.done()
            watch, idle_since = Stopwatch(Phase.WAITING), time.monotonic()
        elif not is_warm:
            desk.warm_up()
            is_warm = True
        if _should_leave(inbox, idle_since, idle_seconds, most_bytes) and inbox.leave():
            forget(inbox)
            return
        if task is None:
            time.sleep(_LOOK_SECONDS)


def _should_leave(
    inbox: Inbox, idle_since: float, idle_seconds: float, most_bytes: int
) -> bool:
    return (
        inbox.is_end_asked
        or not inbox.path.is_dir()  # the whole workshop was deleted
        or time.monotonic() - idle_since > idle_seconds
        or psutil.Process().memory_info().rss > most_bytes
    )


def _do(task: Task, desk: Desk, watch: Stopwatch) -> None:
    job = JobFolder(Path(task.folder))
    watch.enter(Phase.LOADING)
    with _output_to(job.log):
        logger.info("process %d takes the job", os.getpid())
        desk.run(job, task.threads, watch)


@contextmanager
def _output_to(log: Path) -> Iterator[None]:
    """Send all that this process writes, libraries in C too, to a file for a while."""
    kept = os.dup(1), os.dup(2)
    with log.open("ab") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    try:
        yield
    finally:
        for stream, old in zip((1, 2), kept, strict=True):
            os.dup2(old, stream)
            os.close(old)
