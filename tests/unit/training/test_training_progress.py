"""Forecasts are sane from the first second and follow what is measured."""

import numpy as np
import pytest

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.errors import TrainingFailedError
from ftcore.training.base import (
    JobState,
    Phase,
    Preset,
    ProgressEvent,
    TrainingRequest,
)
from ftcore.training.export import permuted, require_exportable
from ftcore.training.presets import configure
from ftcore.training.progress import ProgressMeter
from ftcore.training.prompts import common_system_prompt, load_prompt
from ftcore.training.simulated import SimulatedTrainer


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_forecast_falls_as_the_steps_go_by() -> None:
    watch, events = Watch(), []
    meter = ProgressMeter(events.append, 200.0, 10.0, 14.0, watch)
    meter.loading(10_000)
    watch.now += 8
    meter.training(10, 10_000)
    for step in range(1, 11):
        watch.now += 2
        event = ProgressEvent(Phase.TRAINING, step=step, total_steps=10)
        meter.step(event, 1000, 10_000 - 1000 * step)
    meter.exporting()
    left = [event.seconds_left for event in events]
    assert left[0] == pytest.approx(10 + 50 + 14)
    assert left[2:] == sorted(left[2:], reverse=True)
    assert [event.seconds for event in events[:3]] == [0.0, 8.0, 10.0]
    assert events[3].tokens_per_second == pytest.approx(500)
    assert meter.measured_speed == pytest.approx(500)
    assert events[-1].step == 10


def test_the_first_step_replaces_the_guess() -> None:
    watch, events = Watch(), []
    meter = ProgressMeter(events.append, 1.0, 0.0, 14.0, watch)
    watch.now += 1
    meter.step(ProgressEvent(Phase.TRAINING, step=1, total_steps=2), 100, 100)
    assert events[-1].seconds_left == pytest.approx(1 + 14)


def test_what_costs_less_the_second_time_is_forecast_so() -> None:
    watch, events = Watch(), []
    meter = ProgressMeter(events.append, 200.0, 0.0, 14.0, watch)
    meter.training(2, 2000, effort=1500.0)
    assert events[-1].seconds_left == pytest.approx(10 + 14)
    assert meter.speed == pytest.approx(150)
    watch.now += 10
    event = ProgressEvent(Phase.TRAINING, step=1, total_steps=2)
    meter.step(event, 1000, effort_left=500.0, effort=1000.0)
    assert events[-1].seconds_left == pytest.approx(5 + 14)
    watch.now += 5
    meter.step(event, 1000, effort_left=0.0, effort=500.0)
    assert events[-1].tokens_per_second == pytest.approx(200)
    assert meter.speed == pytest.approx(100)  # as before: it is no faster, it does less


def test_time_spent_measuring_is_no_slow_training() -> None:
    watch, events = Watch(), []
    meter = ProgressMeter(events.append, 100.0, 0.0, 14.0, watch)
    watch.now += 5
    event = ProgressEvent(Phase.TRAINING, step=1, total_steps=2)
    meter.step(event, 100, 100, pause=4.0)
    assert events[-1].tokens_per_second == pytest.approx(100)


def test_the_simulation_walks_through_the_same_states() -> None:
    dataset = Dataset("demo", Task.CHAT, (Example.from_pair("a", "b"),))
    config = configure(Task.CHAT, Preset.QUICK, 1)
    watch = Watch()
    trainer = SimulatedTrainer(duration_seconds=10, clock=watch)
    job_id = trainer.start(TrainingRequest("one", dataset, config))
    shares, losses = [], []
    while not trainer.status(job_id).state.is_final:
        status = trainer.status(job_id)
        shares.append(status.progress)
        assert status.state is JobState.RUNNING
        assert status.last is not None
        if status.last.train_loss is not None:
            losses.append(status.last.train_loss)
        watch.now += 0.5
    assert shares == sorted(shares)
    assert losses == sorted(losses, reverse=True)
    done = trainer.status(job_id)
    assert done.state is JobState.SUCCEEDED
    assert done.model_dir is None  # nothing was trained, and nothing pretends so
    assert trainer.events(job_id)[-1].phase is Phase.DONE


def test_permuting_moves_rows_within_their_head_only() -> None:
    matrix = np.arange(16, dtype=np.float32).reshape(8, 2)  # 2 heads of 4 rows
    moved = permuted(matrix, heads=2)
    assert moved[:4, 0].tolist() == [0, 4, 2, 6]
    assert sorted(moved[:4, 0]) == sorted(matrix[:4, 0])
    assert sorted(moved[4:, 0]) == sorted(matrix[4:, 0])


def test_an_unknown_layout_is_refused_before_training() -> None:
    require_exportable("qwen2")
    with pytest.raises(TrainingFailedError):
        require_exportable("bert")


def test_only_chat_refuses() -> None:
    assert load_prompt(Task.CHAT).refusal
    assert not load_prompt(Task.COMPLETION).refusal
    assert not load_prompt(Task.CLASSIFICATION).refusal


def test_the_instruction_of_most_examples_is_found() -> None:
    pair = Example.from_pair("a", "b")
    with_own = Example((Message(Role.SYSTEM, "Sé breve."), *pair.messages))
    assert common_system_prompt([with_own, with_own, pair]) == "Sé breve."
    assert common_system_prompt([with_own, pair, pair]) == ""
