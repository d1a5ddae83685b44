"""A whole job in a child process: the folder tells how it went."""

import subprocess
import sys

import pytest

from ftcore.data.examples import Example, Task
from ftcore.jobs.desk import progress_of
from ftcore.jobs.pipeline import load_evaluation
from ftcore.models.trained import load_trained
from ftcore.settings import ROOT
from ftcore.training.base import (
    JobState,
    Phase,
    Preset,
    ProgressEvent,
    TrainingRequest,
)
from ftcore.training.jobfolder import JobFolder
from ftcore.training.local import LocalTrainer
from ftcore.training.presets import configure
from tests.waiting import wait_for_end


@pytest.fixture
def request_of(make_dataset):
    def make(job_id: str, size: int = 24) -> TrainingRequest:
        dataset = make_dataset(size, task=Task.CLASSIFICATION)
        config = configure(Task.CLASSIFICATION, Preset.QUICK, len(dataset))
        return TrainingRequest(job_id, dataset, config, title="Correos")

    return make


@pytest.mark.slow
def test_a_job_leaves_a_model_with_its_evaluation(settings, request_of):
    trainer = LocalTrainer(settings)
    trainer.start(request_of("whole"))
    status = wait_for_end(trainer, "whole")
    assert status.state is JobState.SUCCEEDED
    folder = JobFolder(settings.jobs_dir / "whole").model_dir
    assert status.model_dir == str(folder)
    assert load_trained(folder).labels == ("normal", "urgente")
    assert load_evaluation(folder).arms[0].records
    phases = [event.phase for event in trainer.events("whole")]
    assert phases[0] is Phase.LOADING
    assert phases[-1] is Phase.DONE
    shares = [progress_of(event) for event in trainer.events("whole")]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.slow
def test_a_job_cancelled_before_it_begins_leaves_no_model(settings, request_of):
    folder = JobFolder(settings.jobs_dir / "stopped")
    folder.write_request(request_of("stopped"))
    folder.ask_cancel()
    done = subprocess.run(
        [sys.executable, "-m", "ftcore.jobs.worker", str(folder.path)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert folder.read_status().state is JobState.CANCELLED
    assert not (folder.model_dir / "model.json").exists()


@pytest.mark.slow
def test_an_unusable_dataset_fails_with_its_code(settings, make_dataset, request_of):
    request = request_of("one-class")
    alike = tuple(Example.from_pair(f"texto {i}", "siempre igual") for i in range(12))
    dataset = type(request.dataset)("alike", Task.CLASSIFICATION, alike)
    folder = JobFolder(settings.jobs_dir / "one-class")
    folder.write_request(TrainingRequest("one-class", dataset, request.config))
    subprocess.run(
        [sys.executable, "-m", "ftcore.jobs.worker", str(folder.path)],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    status = folder.read_status()
    assert status.state is JobState.FAILED
    assert status.error_code


def test_progress_never_goes_back():
    story = [
        ProgressEvent(Phase.LOADING),
        *(ProgressEvent(Phase.TRAINING, step=s, total_steps=4) for s in range(5)),
        ProgressEvent(Phase.EXPORTING),
        ProgressEvent(Phase.EVALUATING, seconds=90, seconds_left=10.0),
        ProgressEvent(Phase.EVALUATING, seconds=99, seconds_left=1.0),
        ProgressEvent(Phase.DONE),
    ]
    shares = [progress_of(event) for event in story]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
