"""Presets become whole configurations with sane forecasts."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.errors import UnknownBaseModelError
from ftcore.settings import Settings
from ftcore.texts import text
from ftcore.training.base import Preset, TrainingConfig
from ftcore.training.local import LocalTrainer
from ftcore.training.presets import (
    ANSWER_SECONDS,
    STARTUP_SECONDS,
    configure,
    describe,
    finishing_seconds,
    forecast_seconds,
    loading_seconds,
    parameter_ranges,
)
from ftcore.training.speed import (
    DEFAULT_TEXTS_PER_SECOND,
    DEFAULT_TOKENS_PER_SECOND,
    read_speed,
    write_speed,
)


def chat(size: int) -> Dataset:
    pairs = [
        Example.from_pair(f"¿Cuánto cuesta el artículo {i}?", "Cuesta dos euros." * 4)
        for i in range(size)
    ]
    return Dataset("tienda", Task.CHAT, tuple(pairs))


@given(st.sampled_from(Task), st.sampled_from(Preset), st.integers(1, 100_000))
def test_every_preset_lies_within_its_sliders(
    task: Task, preset: Preset, size: int
) -> None:
    config = configure(task, preset, size)
    for name, limits in parameter_ranges(config).items():
        assert limits.default == getattr(config, name)
        assert limits.minimum <= limits.default <= limits.maximum, name
    assert TrainingConfig.from_json(config.to_json()) == config
    assert all(text(key) for key in describe(config))


@given(st.integers(5, 300), st.floats(50, 1000))
def test_a_better_preset_never_takes_less_time(size: int, speed: float) -> None:
    dataset = chat(size)
    times = [
        forecast_seconds(dataset, configure(Task.CHAT, preset, size), speed)
        for preset in (Preset.QUICK, Preset.BALANCED, Preset.QUALITY)
    ]
    assert times == sorted(times)


def test_thirty_examples_take_about_a_minute_where_cpus_are_quick() -> None:
    dataset = chat(30)
    config = configure(Task.CHAT, Preset.BALANCED, 30)
    assert 30 < forecast_seconds(dataset, config, 450.0) < 120


def test_quick_goes_over_thirty_examples_once_and_the_others_at_least_twice() -> None:
    passes = [configure(Task.CHAT, preset, 30).epochs for preset in Preset]
    assert passes[0] == 1
    assert min(passes[1:]) >= 2
    assert configure(Task.CHAT, Preset.QUICK, 10).epochs == 3


@pytest.mark.parametrize(
    ("preset", "size", "passes"),
    [("balanced", 111, 2), ("balanced", 112, 1), ("quality", 1000, 2)],
)
def test_a_hundred_examples_are_long_enough_in_one_pass(preset, size, passes) -> None:
    assert configure(Task.CHAT, Preset(preset), size).epochs == passes


def test_changes_of_the_participant_win() -> None:
    config = configure(Task.CHAT, Preset.QUICK, 30, seed=7, epochs=9, augment=False)
    assert (config.epochs, config.augment, config.seed) == (9, False, 7)


def test_an_unknown_base_model_is_named() -> None:
    with pytest.raises(UnknownBaseModelError):
        configure(Task.CHAT, Preset.QUICK, 30, "gpt-5")


def test_chat_consults_the_nearest_example_and_classification_cannot() -> None:
    assert configure(Task.CHAT, Preset.BALANCED, 30).use_nearest
    assert not configure(Task.CLASSIFICATION, Preset.BALANCED, 30).use_nearest


def test_forecasts_follow_the_speed_that_was_measured(
    settings: Settings, tmp_path: Path
) -> None:
    settings = replace(settings, models_dir=tmp_path / "models")
    trainer, dataset = LocalTrainer(settings), chat(30)
    config = configure(Task.CHAT, Preset.BALANCED, 30)
    before = trainer.forecast(dataset, config).seconds
    write_speed(settings.models_dir, config.base_model, 2000.0)
    assert trainer.forecast(dataset, config).seconds < before


def test_speed_is_remembered_by_model_and_smoothed(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    assert read_speed(folder, "one") == DEFAULT_TOKENS_PER_SECOND
    write_speed(folder, "one", 400.0)
    write_speed(folder, "two", 90.0)
    assert read_speed(folder, "one") == 400.0
    write_speed(folder, "one", 100.0)
    assert read_speed(folder, "one") == 250.0
    assert read_speed(folder, "two") == 90.0


def test_what_a_pass_leaves_out_takes_no_time() -> None:
    """Each pass shows as many as it may; the others are only found and asked."""
    few, many = chat(16), chat(160)
    config = configure(Task.CHAT, Preset.QUICK, 160)
    assert config.most_examples == 16
    whole = replace(config, most_examples=None)

    def learning(dataset: Dataset, config: TrainingConfig, rows: int) -> float:
        seconds = forecast_seconds(dataset, config, 100.0, rows=rows)
        around = loading_seconds(Task.CHAT, rows, DEFAULT_TEXTS_PER_SECOND)
        return seconds - around - finishing_seconds(Task.CHAT, rows // 5)

    short, long = learning(few, config, 16), learning(many, config, 160)
    assert long == pytest.approx(short, rel=0.1)
    assert learning(many, whole, 160) > 8 * long
    assert learning(few, config, 160) == pytest.approx(long, rel=0.1)


def test_many_examples_are_found_and_asked_by_a_machine_s_own_speed() -> None:
    thousand, slow, quick = 1_000, 20.0, 40.0
    assert loading_seconds(Task.CHAT, thousand, slow) == STARTUP_SECONDS + 100
    assert loading_seconds(Task.CHAT, thousand, quick) == STARTUP_SECONDS + 50
    assert loading_seconds(Task.COMPLETION, thousand, slow) == STARTUP_SECONDS + 50
    answers = finishing_seconds(Task.CHAT, 200) - finishing_seconds(Task.CHAT, 0)
    assert answers == 200 * ANSWER_SECONDS
    dataset = chat(30)
    config = configure(Task.CHAT, Preset.BALANCED, 30)
    times = [
        forecast_seconds(dataset, config, 400.0, texts_per_second=speed)
        for speed in (slow, quick)
    ]
    assert times[0] - times[1] == pytest.approx(1.5)


def test_a_known_exam_counts_with_its_own_questions() -> None:
    dataset, config = chat(28), configure(Task.CHAT, Preset.BALANCED, 28)
    guessed = forecast_seconds(dataset, config, 300.0)
    assert guessed == forecast_seconds(dataset, config, 300.0, exam=6)  # a fifth
    more = forecast_seconds(dataset, config, 300.0, exam=10) - guessed
    assert more == pytest.approx(4 * ANSWER_SECONDS)
    none = guessed - forecast_seconds(dataset, config, 300.0, exam=0)
    assert none == pytest.approx(6 * ANSWER_SECONDS)
