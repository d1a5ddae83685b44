"""A forecast knows how many layers learn, and learns from how long it took."""

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.training.base import Preset, TrainingConfig
from ftcore.training.costs import local_time
from ftcore.training.effort import (
    effort,
    keep_speed,
    knows_speed_of,
    seen_again_of,
    speed_of,
)
from ftcore.training.learners import make_learner
from ftcore.training.lora import LoraLoop, StepReport
from ftcore.training.packing import TokenSequence
from ftcore.training.presets import configure
from ftcore.training.speed import SPEED_FILE, write_speed
from tests.tiny_bases import VOCABULARY, save_llama

LAYERS = 30
BASE = "smollm2-135m-instruct"
PLAIN = TrainingConfig(BASE, Task.CHAT)
# Milliseconds a token of passes over the same lessons, the first of them (with the
# layers below) and each later one: SmolLM2-135M, one thread, median of four runs.
MEASURED = {4: (4.43, 1.34), 8: (4.96, 2.41), 10: (5.29, 2.93), 15: (5.88, 4.15)}
EVERY = 9.3


def chat(count: int) -> Dataset:
    rows = (Example.from_pair(f"¿Y el {i}?", "Eso. " * 9) for i in range(count))
    return Dataset("d", Task.CHAT, tuple(rows))


@pytest.mark.parametrize("layers", MEASURED)
@pytest.mark.parametrize("passes", [1, 2, 4])
def test_effort_agrees_with_what_was_measured(layers: int, passes: int) -> None:
    config = replace(PLAIN, adapted_layers=layers, epochs=passes)
    fresh, again = MEASURED[layers]
    different = -(-passes // 2)
    took = (fresh * different + again * (passes - different)) / passes
    assert effort(config, LAYERS) == pytest.approx(took / EVERY, rel=0.15)


@pytest.mark.parametrize("layers", MEASURED)
def test_a_lesson_seen_again_costs_what_was_measured(tmp_path, layers: int) -> None:
    fresh, again = MEASURED[layers]
    config = replace(PLAIN, adapted_layers=layers)
    assert seen_again_of(tmp_path, config) == pytest.approx(again / fresh, rel=0.15)
    assert seen_again_of(tmp_path, replace(config, base_model="qwen3-0.6b")) == 1
    assert seen_again_of(tmp_path, PLAIN) == 1


@given(st.integers(1, 60), st.integers(1, 12), st.integers(1, 40), st.booleans())
def test_effort_grows_with_the_layers_and_never_exceeds_the_whole(
    layers: int, epochs: int, adapted: int, augment: bool
) -> None:
    config = replace(PLAIN, epochs=epochs, adapted_layers=adapted, augment=augment)
    found = effort(config, layers)
    assert 0 < found <= 1
    assert found <= effort(replace(config, adapted_layers=adapted + 1), layers)
    assert effort(replace(config, adapted_layers=None), layers) == 1
    assert found <= effort(replace(config, base_model="qwen3-0.6b"), layers)


def test_the_first_forecast_knows_the_layers(tmp_path) -> None:
    write_speed(tmp_path, BASE, 100.0)  # all that there is after installing
    quick, balanced, quality = (
        local_time(chat(30), tmp_path, configure(Task.CHAT, preset, 30))
        for preset in (Preset.QUICK, Preset.BALANCED, Preset.QUALITY)
    )
    every = configure(Task.CHAT, Preset.BALANCED, 30, adapted_layers=None)
    slower = local_time(chat(30), tmp_path, every)
    assert quick.seconds < balanced.seconds < 0.75 * slower.seconds
    assert slower.seconds < quality.seconds
    assert balanced.seconds_idle <= balanced.seconds


def test_every_number_of_layers_corrects_itself(tmp_path) -> None:
    top = replace(PLAIN, adapted_layers=10)
    keep_speed(tmp_path, PLAIN, 100.0)
    expected = speed_of(tmp_path, top)
    assert expected == pytest.approx(100 / effort(top, LAYERS))
    assert not knows_speed_of(tmp_path, top)
    keep_speed(tmp_path, top, 0.5 * expected)  # this machine is not as others
    assert knows_speed_of(tmp_path, top)
    assert speed_of(tmp_path, top) == pytest.approx(0.5 * expected)
    assert speed_of(tmp_path, PLAIN) == pytest.approx(100)
    # What was never tried follows from all that was.
    other = replace(PLAIN, adapted_layers=8)
    assert speed_of(tmp_path, other) == pytest.approx(75 / effort(other, LAYERS))


def test_figures_of_before_are_read(tmp_path) -> None:
    (tmp_path / SPEED_FILE).write_text(json.dumps({BASE: 100.0, f"{BASE}@best": 120}))
    assert speed_of(tmp_path, PLAIN) == 100
    keep_speed(tmp_path, PLAIN, 200.0)
    assert speed_of(tmp_path, PLAIN) == 200


def test_the_loop_tells_what_is_left_to_do(tmp_path) -> None:
    rng = random.Random(0)
    lessons = [
        TokenSequence(tuple(rng.randrange(VOCABULARY) for _ in range(size)), 2)
        for size in (5, 6, 7, 8)
    ]
    others = [TokenSequence(lesson.ids[1:], 2) for lesson in lessons]
    reports: list[StepReport] = []
    learner = make_learner(save_llama(tmp_path), 2, 0, 8, 1)
    loop = LoraLoop(learner, 1e-3, 2, 0, reports.append, lambda: False, again=0.5)
    epochs = [lessons, lessons, others]
    loop.run(epochs)
    assert [report.tokens for report in reports[2:4]] != [0, 0]
    efforts = [report.effort for report in reports]
    assert efforts[:2] == [report.tokens for report in reports[:2]]
    assert efforts[2:4] == [report.tokens / 2 for report in reports[2:4]]
    assert efforts[4:] == [report.tokens for report in reports[4:]]
    assert sum(efforts) == loop.effort(epochs) == 26 + 13 + 22
    assert [report.effort_left for report in reports][-2:] == [efforts[-1], 0]
