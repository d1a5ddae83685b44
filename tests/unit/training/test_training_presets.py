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
    configure,
    describe,
    forecast_seconds,
    parameter_ranges,
)
from ftcore.training.speed import (
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
    """Each pass shows as many as it may; the others are only consulted."""
    few, many = chat(16), chat(160)
    config = configure(Task.CHAT, Preset.QUICK, 160)
    assert config.most_examples == 16
    whole = replace(config, most_examples=None)
    times = [
        forecast_seconds(few, config, 100.0),
        forecast_seconds(many, config, 100.0),
        forecast_seconds(many, whole, 100.0),
    ]
    assert times[1] == pytest.approx(times[0], rel=0.1)
    assert times[2] > 3 * times[1]
    sample = forecast_seconds(few, config, 100.0, rows=160)
    assert sample == pytest.approx(times[1], rel=0.1)
