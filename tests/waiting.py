"""Wait for what goes on in other processes."""

import time
from collections.abc import Callable

import pytest

from ftcore.training.base import JobStatus, Trainer


def wait_for_end(trainer: Trainer, job_id: str, seconds: float = 120) -> JobStatus:
    """Return how a job ended; fail the test if it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status = trainer.status(job_id)
        if status.state.is_final:
            return status
        time.sleep(0.1)
    pytest.fail(f"job still {trainer.status(job_id)} after {seconds} s")


def eventually(is_so: Callable[[], object], seconds: float = 60) -> None:
    """Return as soon as something is so; fail the test if it never is."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"not so after {seconds} s")
        time.sleep(0.02)
