"""Wait for what goes on in other processes."""

import time

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
