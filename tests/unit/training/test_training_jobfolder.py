"""A job folder gives back what was written into it."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.errors import UnknownJobError
from ftcore.training.base import (
    JobState,
    JobStatus,
    Phase,
    Preset,
    ProgressEvent,
    TrainingRequest,
)
from ftcore.training.jobfolder import JobFolder
from ftcore.training.presets import configure

SYSTEM = Message(Role.SYSTEM, "Sé amable\u2028y breve.")
TURNS = (SYSTEM, Message(Role.USER, "¿Qué?"), Message(Role.ASSISTANT, "Eso."))
DATASET = Dataset("tienda", Task.CHAT, (Example(TURNS), Example.from_pair("a", "b")))
REQUEST = TrainingRequest(
    "job-1",
    DATASET,
    configure(Task.CHAT, Preset.QUALITY, 2, seed=5),
    system_prompt="Eres la tienda.",
    refusal="No lo sé.",
    test=(Example.from_pair("¿Y eso?", "Nada."),),
    title="Tienda de Ana",
)


@pytest.mark.parametrize("held_out", [None, (2,)])
@pytest.mark.parametrize("test", [REQUEST.test, None])
def test_a_request_comes_back_whole(
    tmp_path: Path, test: tuple[Example, ...] | None, held_out: tuple[int, ...] | None
) -> None:
    job = JobFolder(tmp_path / "job-1")
    request = replace(REQUEST, test=test, held_out=held_out, dataset_version=3)
    job.write_request(request)
    assert JobFolder(tmp_path / "job-1").read_request() == request


def test_a_job_of_before_versions_were_counted_still_runs(tmp_path: Path) -> None:
    job = JobFolder(tmp_path / "job-1")
    job.write_request(REQUEST)
    path = tmp_path / "job-1" / "request.json"
    values = json.loads(path.read_text())
    for name in ("is_chosen", "dataset_version"):
        del values[name]
    path.write_text(json.dumps(values))
    assert job.read_request() == REQUEST


def test_a_folder_without_request_is_no_job(tmp_path: Path) -> None:
    with pytest.raises(UnknownJobError):
        JobFolder(tmp_path / "job-9").read_request()


def test_events_come_back_in_order_and_half_a_line_is_left(tmp_path: Path) -> None:
    job = JobFolder(tmp_path)
    assert job.read_events() == []
    events = [ProgressEvent(Phase.TRAINING, step=i, seconds=i / 3) for i in range(5)]
    for event in events:
        job.append_event(event)
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"phase": "trai')  # the writer was cut
    assert job.read_events() == events


def test_status_comes_back(tmp_path: Path) -> None:
    job = JobFolder(tmp_path)
    assert job.read_status() is None
    event = ProgressEvent(Phase.DONE, step=3, train_loss=0.5)
    status = JobStatus(JobState.SUCCEEDED, 1.0, event, model_dir="x")
    job.write_status(status)
    assert job.read_status() == status


def test_a_reader_never_sees_half_a_status(tmp_path: Path) -> None:
    job = JobFolder(tmp_path)
    job.write_status(JobStatus(JobState.RUNNING))
    done = threading.Event()

    def write() -> None:
        for i in range(200):
            job.write_status(JobStatus(JobState.RUNNING, i / 200))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        status = job.read_status()
        assert status is not None
        assert 0 <= status.progress < 1
    writer.join()


def test_asking_to_cancel_leaves_a_mark(tmp_path: Path) -> None:
    job = JobFolder(tmp_path)
    assert not job.is_cancel_asked()
    assert job.cancel_asked_at() is None
    job.ask_cancel()
    assert job.is_cancel_asked()
    assert job.cancel_asked_at() is not None


def test_steps_done_again_after_a_kill_count_once(tmp_path: Path) -> None:
    job = JobFolder(tmp_path)
    before = [ProgressEvent(Phase.TRAINING, step=at, train_loss=1.0) for at in range(6)]
    again = [ProgressEvent(Phase.TRAINING, step=at, train_loss=2.0) for at in (4, 5, 6)]
    loading = ProgressEvent(Phase.LOADING)
    for event in [loading, *before]:
        job.append_event(event)
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"phase": "trai\n')  # what a kill may leave
    for event in [loading, ProgressEvent(Phase.TRAINING), *again]:
        job.append_event(event)
    found = job.read_events()
    steps = [event.step for event in found if event.step]
    assert steps == [1, 2, 3, 4, 5, 6]
    assert [e.train_loss for e in found if e.step] == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]


def test_a_pause_is_asked_and_forgotten(tmp_path: Path) -> None:
    job = JobFolder(tmp_path)
    assert not job.is_pause_asked()
    job.clear_pause()
    job.ask_pause()
    assert job.is_pause_asked()
    job.clear_pause()
    assert not job.is_pause_asked()
