"""The queue moves: one local job at a time, in order, through restarts."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ftcore.data.examples import Task
from ftcore.jobs.background import BackgroundLoop
from ftcore.jobs.runner import MOST_ATTEMPTS, JobRunner
from ftcore.storage.database import open_database
from ftcore.storage.store import Store
from ftcore.training.base import (
    JobState,
    JobStatus,
    TrainingConfig,
    TrainingRequest,
)
from tests.fakes import SteppedTrainer


@pytest.fixture
def store(settings):
    store = Store(open_database(settings.database_url))
    yield store
    store.close()


@pytest.fixture
def trainer():
    return SteppedTrainer()


@pytest.fixture
def make_runner(store, trainer, make_dataset):
    def request(row) -> TrainingRequest:
        config = TrainingConfig(base_model="tiny", task=Task.CHAT)
        return TrainingRequest(row.id, make_dataset(), config)

    def make(parallel: int = 1, on_model=lambda _: None, **trainers) -> JobRunner:
        known = {"local": trainer, **trainers}
        return JobRunner(store, known, request, parallel, on_model)

    return make


def queue(store: Store, job_id: str, participant: str = "ana", trainer: str = "local"):
    store.see_participant(participant)
    project = store.add_project(
        participant, use_case="own", template=None, name="n", objective="o"
    )
    store.add_dataset(
        project.id,
        f"d-{job_id}",
        filename="f",
        origin="upload",
        task="chat",
        rows=1,
        fingerprint="x",
    )
    return store.add_job(
        id=job_id,
        project_id=project.id,
        participant_id=participant,
        dataset_id=f"d-{job_id}",
        trainer=trainer,
        state="queued",
        config={},
        forecast_seconds=10.0,
    )


def states(store: Store, *ids: str) -> list[str]:
    return [store.job(job_id).state for job_id in ids]


def one_running(store: Store, make_runner: Callable[..., JobRunner]) -> JobRunner:
    """Let ``a`` run while ``b`` of somebody else waits."""
    queue(store, "a")
    queue(store, "b", "luis")
    runner = make_runner()
    runner.tick()
    return runner


def test_one_local_job_runs_and_the_next_one_waits_its_turn(
    store, trainer, make_runner
):
    runner = one_running(store, make_runner)
    assert states(store, "a", "b") == ["running", "queued"]
    trainer.move("a", 0.5)
    runner.tick()
    assert store.job("a").progress == 0.5
    trainer.finish("a", "/models/a")
    runner.tick()
    assert states(store, "a", "b") == ["succeeded", "running"]
    assert store.job("a").model_dir == "/models/a"


def test_a_model_is_told_of_once_and_a_job_without_one_never(
    store, trainer, make_runner
):
    models = []
    for name in ("a", "b"):
        queue(store, name, name)
    runner = make_runner(parallel=2, on_model=models.append)
    runner.tick()
    trainer.finish("a", "/models/a")
    trainer.cancel("b")
    for _ in range(2):
        runner.tick()
    assert models == [Path("/models/a")]


def test_two_workers_run_two_jobs(store, make_runner):
    for name in ("a", "b", "c"):
        queue(store, name, name)
    make_runner(parallel=2).tick()
    assert states(store, "a", "b", "c") == ["running", "running", "queued"]


def test_a_remote_trainer_does_not_wait_for_the_local_one(store, make_runner):
    other = SteppedTrainer()
    queue(store, "a")
    queue(store, "b", "luis", trainer="simulated")
    make_runner(simulated=other).tick()
    assert states(store, "a", "b") == ["running", "running"]


def test_a_job_whose_trainer_forgot_it_is_begun_anew(store, trainer, make_runner):
    queue(store, "a")
    store.start_job("a")  # a server that died after this left nothing else
    make_runner().tick()
    assert store.job("a").state == "running"
    assert store.job("a").attempts == 1
    assert list(trainer.requests) == ["a"]
    assert trainer.resumed == []


def test_a_job_whose_process_died_goes_on_before_those_who_wait(
    store, trainer, make_runner
):
    runner = one_running(store, make_runner)
    trainer.move("a", 0.5)
    runner.tick()
    trainer.die("a")
    runner.tick()
    assert states(store, "a", "b") == ["running", "queued"]
    assert trainer.resumed == ["a"]
    assert store.job("a").progress == 0.5


def test_a_job_that_keeps_dying_ends_as_interrupted_and_frees_its_place(
    store, trainer, make_runner
):
    runner = one_running(store, make_runner)
    for _ in range(MOST_ATTEMPTS):
        trainer.die("a")
        runner.tick()
        assert store.job("a").state == "running"
    trainer.die("a")
    runner.tick()
    assert states(store, "a", "b") == ["failed", "running"]
    assert store.job("a").error_code == "interrupted"


def test_a_paused_job_frees_its_place_and_goes_on_when_queued_again(
    store, trainer, make_runner
):
    runner = one_running(store, make_runner)
    trainer.move("a", 0.5)
    trainer.pause("a")
    runner.tick()
    assert states(store, "a", "b") == ["paused", "running"]
    assert store.resume_job("a")
    trainer.finish("b", "/models/b")
    runner.tick()
    assert states(store, "a", "b") == ["running", "succeeded"]
    assert trainer.resumed == ["a"]
    assert list(trainer.requests) == ["a", "b"]


def test_nobody_trains_twice_at_once(store, make_runner):
    queue(store, "a", "ana")
    queue(store, "b", "ana")
    queue(store, "c", "luis")
    make_runner(parallel=3).tick()
    assert states(store, "a", "b", "c") == ["running", "queued", "running"]


def test_a_job_that_lives_on_is_found_again_by_a_new_server(
    store, trainer, make_runner
):
    queue(store, "a")
    make_runner().tick()
    trainer.move("a", 0.7)
    make_runner().tick()
    assert store.job("a").state == "running"
    assert store.job("a").progress == 0.7


def test_a_closed_trainer_fails_the_job_with_its_reason(store, trainer, make_runner):
    trainer.is_open = False
    queue(store, "a")
    make_runner().tick()
    assert store.job("a").state == "failed"
    assert store.job("a").error_code == "trainer_closed"


def test_a_cancelled_job_never_starts(store, trainer, make_runner):
    queue(store, "a")
    store.end_job("a", JobState.CANCELLED)
    make_runner().tick()
    assert trainer.requests == {}


def test_a_failure_keeps_its_code(store, trainer, make_runner):
    queue(store, "a")
    runner = make_runner()
    runner.tick()
    trainer.statuses["a"] = JobStatus(JobState.FAILED, error_code="training_failed")
    runner.tick()
    assert store.job("a").error_code == "training_failed"


def wait_until(condition, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_the_thread_starts_jobs_by_itself_and_stops(store, make_runner):
    queue(store, "a")
    runner = make_runner()
    runner.start()
    try:
        assert wait_until(lambda: store.job("a").state == "running")
    finally:
        runner.stop()
    queue(store, "b", "luis")
    store.end_job("a", JobState.CANCELLED)
    assert not wait_until(lambda: store.job("b").state == "running", seconds=1)


def test_a_loop_outlives_a_failed_look(caplog):
    looks: list[int] = []

    def tick() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise OSError("the database was away")

    loop = BackgroundLoop(tick, "loop", 0.01)
    assert not loop.is_running()
    loop.start()
    assert wait_until(lambda: len(looks) >= 3)
    loop.stop(timeout=5)
    assert loop.is_stopping()
    assert not loop.is_running()
    assert "the database was away" in caplog.text
