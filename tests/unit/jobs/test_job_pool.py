"""Real processes: they stay, they are killed, and no work is lost."""

from contextlib import suppress

import psutil
import pytest

from ftcore.data.examples import Task
from ftcore.training.base import JobState, Phase, Preset, TrainingRequest
from ftcore.training.checkpoint import STATE
from ftcore.training.jobfolder import JobFolder
from ftcore.training.local import LocalTrainer
from ftcore.training.pool import WorkerPool
from ftcore.training.presets import configure
from tests.waiting import eventually

PATIENCE = 500.0


@pytest.fixture
def trainer(settings):
    yield LocalTrainer(settings)
    for worker in WorkerPool(settings).workers():
        with suppress(psutil.NoSuchProcess):
            psutil.Process(worker.pid).kill()


@pytest.fixture
def request_of(make_dataset):
    def make(job_id: str, task: Task, size: int, **config: object) -> TrainingRequest:
        dataset = make_dataset(size, task=task)
        chosen = configure(task, Preset.QUICK, size, **config)
        return TrainingRequest(job_id, dataset, chosen)

    return make


def is_over(trainer: LocalTrainer, job_id: str) -> bool:
    return trainer.status(job_id).state.is_final


def pid_of(settings, job_id: str) -> int:
    born = JobFolder(settings.jobs_dir / job_id).read_pid()
    assert born is not None
    return born[0]


@pytest.mark.slow
def test_one_worker_does_job_after_job_and_a_new_server_finds_it(
    settings, trainer, request_of
):
    trainer.prepare()
    (worker,) = WorkerPool(settings).workers()
    for name in ("first", "second"):
        server = LocalTrainer(settings)  # each job by a server that was just started
        server.start(request_of(name, Task.CLASSIFICATION, 24))
        assert pid_of(settings, name) == worker.pid
        eventually(lambda name=name, server=server: is_over(server, name), PATIENCE)
        assert server.status(name).state is JobState.SUCCEEDED
        eventually(lambda: worker.inbox.is_free, PATIENCE)
    first, second = (
        (settings.jobs_dir / name / "model" / "classifier.npz").read_bytes()
        for name in ("first", "second")
    )
    assert first == second  # nothing of one job is left for the next
    WorkerPool(settings).dismiss()
    eventually(lambda: not WorkerPool(settings).workers(), PATIENCE)
    assert list((settings.data_dir / "pool").iterdir()) == []


@pytest.mark.slow
def test_a_training_outlives_a_pause_and_a_kill_and_others_do_not_notice(
    settings, trainer, request_of
):
    chat = request_of("chat", Task.CHAT, 6, epochs=4, batch_size=1, patience=0)
    job = JobFolder(settings.jobs_dir / "chat")

    def steps():
        events = trainer.events("chat")
        return [e.step for e in events if e.step and e.phase is Phase.TRAINING]

    trainer.start(chat)
    eventually(lambda: bool(steps()), PATIENCE)
    trainer.pause("chat")
    eventually(lambda: trainer.status("chat").state is JobState.PAUSED, PATIENCE)
    paused_at = steps()[-1]
    assert 0 < paused_at < trainer.events("chat")[-1].total_steps

    (worker,) = WorkerPool(settings).workers()
    eventually(lambda: worker.inbox.is_free, PATIENCE)
    other = request_of("other", Task.CLASSIFICATION, 24)
    trainer.start(other)  # the pause made room for it
    assert pid_of(settings, "other") == worker.pid
    trainer.resume("chat")  # in a second worker, beside it
    assert pid_of(settings, "chat") != worker.pid
    eventually(lambda: len(steps()) > paused_at, PATIENCE)
    assert (job.checkpoint_dir / STATE).is_file()
    psutil.Process(pid_of(settings, "chat")).kill()
    eventually(lambda: trainer.status("chat").state is JobState.FAILED, PATIENCE)
    assert trainer.status("chat").error_code == "interrupted"

    again = LocalTrainer(settings)
    again.resume("chat")
    eventually(lambda: is_over(again, "chat") and is_over(again, "other"), PATIENCE)
    assert again.status("chat").state is JobState.SUCCEEDED
    assert again.status("other").state is JobState.SUCCEEDED
    # None is lost; what came after the last checkpoint is done and told again.
    assert sorted(set(steps())) == list(range(1, steps()[-1] + 1))
    assert (job.model_dir / "adapter.gguf").is_file()
