"""The child process that trains: ``python -m ftcore.jobs.worker FOLDER``.

It reads and writes only its job folder, so that a job is a command and a folder. With
``--pool INBOX`` in place of the folder it takes one job after another from its inbox.
"""

import logging
import sys
from pathlib import Path

import psutil

from ftcore.jobs.desk import Desk
from ftcore.jobs.shift import serve
from ftcore.jobs.stopwatch import STARTING, Stopwatch
from ftcore.settings import load_settings
from ftcore.training.base import JobState
from ftcore.training.inbox import Inbox
from ftcore.training.jobfolder import JobFolder

POOL_OPTION = "--pool"


def main(arguments: list[str]) -> int:
    """Run one job, or serve an inbox until nobody needs it any more."""
    logging.basicConfig(level=logging.INFO)
    settings = load_settings()
    watch = Stopwatch(STARTING, began=psutil.Process().create_time())
    import ftcore.training.run  # noqa: F401, PLC0415  (torch: counted apart)

    desk = Desk(settings)
    try:
        if arguments[0] == POOL_OPTION:
            serve(Inbox(Path(arguments[1])), desk, watch)
            return 0
        job = JobFolder(Path(arguments[0]))
        status = desk.run(job, settings.training_threads, watch)
    finally:
        desk.close()
    return 0 if status.state is JobState.SUCCEEDED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
