"""One battery for every trainer of the registry."""

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import psutil
import pytest

from ftcore.data.examples import Dataset, Example, Task
from ftcore.errors import TrainerClosedError, UnknownJobError, UnknownTrainerError
from ftcore.settings import Settings
from ftcore.texts import catalog, text
from ftcore.training.base import (
    JobState,
    JobStatus,
    Preset,
    Trainer,
    TrainingRequest,
)
from ftcore.training.jobfolder import JobFolder
from ftcore.training.local import LocalTrainer
from ftcore.training.pool import WorkerPool
from ftcore.training.presets import configure
from ftcore.training.registry import TRAINERS, create_trainer, create_trainers
from ftcore.training.simulated import SimulatedTrainer
from tests.waiting import wait_for_end

LOOK_SECONDS = 2.0  # a look that takes longer blocks the page; calm ones take 1 ms


@pytest.fixture(params=sorted(TRAINERS))
def trainer(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Trainer]:
    if request.param == "simulated":
        yield SimulatedTrainer(duration_seconds=0.5)
        return
    if request.param == "local":
        made = LocalTrainer(settings, grace_seconds=1.0)
        yield made
        end_children(settings)
        return
    yield create_trainer(request.param, settings)


def end_children(settings: Settings) -> None:
    for worker in WorkerPool(settings).workers():
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(worker.pid)
            process.kill()
            process.wait(10)


def labelled() -> Dataset:
    texts = [f"El servidor {i} no responde" for i in range(6)]
    calm = [f"Gracias por el informe {i}" for i in range(6)]
    examples = [Example.from_pair(t, "urgente") for t in texts]
    examples += [Example.from_pair(t, "normal") for t in calm]
    return Dataset("correos", Task.CLASSIFICATION, tuple(examples))


def a_request(job_id: str) -> TrainingRequest:
    dataset = labelled()
    config = configure(dataset.task, Preset.QUICK, len(dataset))
    return TrainingRequest(job_id, dataset, config, title="Correos")


def start_if_open(trainer: Trainer, job_id: str) -> str:
    if not trainer.availability().is_open:
        with pytest.raises(TrainerClosedError):
            trainer.start(a_request(job_id))
        pytest.skip("closed trainers start nothing, which was just shown")
    return trainer.start(a_request(job_id))


def test_name_is_the_one_of_the_registry(settings: Settings) -> None:
    for name, trainer in create_trainers(settings).items():
        assert trainer.name == name
    with pytest.raises(UnknownTrainerError):
        create_trainer("magia", settings)


def test_every_trainer_and_reason_has_words(trainer: Trainer) -> None:
    for field in ("title", "summary", "needs", "cost_note"):
        assert text(f"trainers.{trainer.name}.{field}")
    availability = trainer.availability()
    reason_key = f"trainers.{trainer.name}.reasons.{availability.reason}"
    assert availability.is_open or reason_key in catalog()


def test_forecast_is_positive_and_free_only_where_open(trainer: Trainer) -> None:
    dataset = labelled()
    forecast = trainer.forecast(dataset, configure(dataset.task, Preset.BALANCED, 12))
    assert forecast.seconds > 0
    assert (forecast.usd > 0) is not trainer.availability().is_open


def test_an_unknown_job_is_an_error_everywhere(trainer: Trainer) -> None:
    verbs = (trainer.status, trainer.events)
    for verb in (*verbs, trainer.cancel, trainer.pause, trainer.resume):
        with pytest.raises(UnknownJobError):
            verb("nobody-started-this")


def test_start_returns_distinct_ids_at_once(trainer: Trainer) -> None:
    before = time.monotonic()
    first = start_if_open(trainer, "job-1")
    second = trainer.start(a_request("job-2"))
    assert time.monotonic() - before < 10
    assert first != second
    for job_id in (first, second):
        before = time.monotonic()
        assert 0 <= trainer.status(job_id).progress <= 1
        assert time.monotonic() - before < LOOK_SECONDS


def test_cancel_ends_the_job_and_may_be_repeated(trainer: Trainer) -> None:
    job_id = start_if_open(trainer, "job-1")
    trainer.cancel(job_id)
    trainer.cancel(job_id)
    status = wait_for_end(trainer, job_id, 60)
    assert status.state is JobState.CANCELLED
    assert status.model_dir is None
    trainer.cancel(job_id)
    assert trainer.status(job_id).state is JobState.CANCELLED


def test_getting_ready_returns_at_once_and_may_be_repeated(trainer: Trainer) -> None:
    before = time.monotonic()
    for _ in range(3):
        trainer.prepare()
    assert time.monotonic() - before < LOOK_SECONDS


def test_pausing_and_resuming_what_ended_changes_nothing(trainer: Trainer) -> None:
    job_id = start_if_open(trainer, "job-1")
    trainer.cancel(job_id)
    ended = wait_for_end(trainer, job_id, 60)
    trainer.pause(job_id)
    trainer.resume(job_id)
    assert trainer.status(job_id).state is ended.state


def test_a_paused_job_rests_until_it_is_resumed_or_cancelled() -> None:
    now = [0.0]
    trainer = SimulatedTrainer(duration_seconds=10.0, clock=lambda: now[0])
    trainer.start(a_request("job-1"))
    now[0] = 4.0
    trainer.pause("job-1")
    trainer.pause("job-1")
    now[0] = 100.0
    assert trainer.status("job-1").state is JobState.PAUSED
    assert trainer.status("job-1").progress == 0.4
    trainer.resume("job-1")
    trainer.resume("job-1")
    now[0] = 105.0
    assert trainer.status("job-1").state is JobState.RUNNING
    assert trainer.status("job-1").progress == 0.9
    trainer.pause("job-1")
    trainer.cancel("job-1")
    assert trainer.status("job-1").state is JobState.CANCELLED
    trainer.resume("job-1")
    assert trainer.status("job-1").state is JobState.CANCELLED


@pytest.mark.slow
def test_a_job_left_alone_succeeds_with_events_in_order(trainer: Trainer) -> None:
    job_id = start_if_open(trainer, "job-1")
    status = wait_for_end(trainer, job_id, 300)
    assert status.state is JobState.SUCCEEDED, status
    assert status.progress == 1.0
    seconds = [event.seconds for event in trainer.events(job_id)]
    assert len(seconds) > 2
    assert seconds == sorted(seconds)
    trainer.cancel(job_id)  # too late: harmless
    assert trainer.status(job_id).state is JobState.SUCCEEDED


def test_local_job_whose_child_died_was_interrupted(settings: Settings) -> None:
    trainer = LocalTrainer(settings)
    job_id = trainer.start(a_request("job-1"))
    end_children(settings)
    status = trainer.status(job_id)
    assert (status.state, status.error_code) == (JobState.FAILED, "interrupted")
    assert LocalTrainer(settings).status(job_id) == status  # also after a restart
    LocalTrainer(settings).resume(job_id)
    assert trainer.status(job_id).state is JobState.RUNNING
    end_children(settings)


def test_local_job_is_found_again_by_another_server(settings: Settings) -> None:
    job_id = LocalTrainer(settings).start(a_request("job-1"))
    another = LocalTrainer(settings, grace_seconds=0.5)
    assert another.status(job_id).state is JobState.RUNNING
    another.cancel(job_id)
    assert wait_for_end(another, job_id, 60).state is JobState.CANCELLED
    end_children(settings)


def test_a_stubborn_child_is_killed_after_the_grace_period(settings: Settings) -> None:
    trainer = LocalTrainer(settings, grace_seconds=0.0)
    job_id = trainer.start(a_request("job-1"))
    born = JobFolder(settings.jobs_dir / job_id).read_pid()
    assert born is not None
    psutil.Process(born[0]).suspend()  # it cannot look at the cancel file any more
    trainer.cancel(job_id)
    assert wait_for_end(trainer, job_id, 60).state is JobState.CANCELLED


def test_a_recycled_process_id_is_not_taken_for_the_child(settings: Settings) -> None:
    job = JobFolder(settings.jobs_dir / "old")
    job.write_request(replace(a_request("old")))
    job.write_status(JobStatus(JobState.RUNNING, 0.4))
    job.write_pid(psutil.Process().pid, started=1.0)  # this test, but born in 1970
    status = LocalTrainer(settings).status("old")
    assert (status.state, status.error_code) == (JobState.FAILED, "interrupted")
    assert psutil.Process().is_running()
