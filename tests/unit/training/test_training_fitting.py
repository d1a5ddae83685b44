"""What does not fit is refused with what would; the room decides what is advised."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.errors import TrainingDoesNotFitError
from ftcore.texts import error_texts, text
from ftcore.training import memory, packing
from ftcore.training.base import Forecast, Preset, TrainingConfig
from ftcore.training.costs import local_time
from ftcore.training.examples import WINDOW_TOKENS
from ftcore.training.fitting import (
    BESIDE_OTHERS,
    LEAST_RANK,
    Limits,
    Short,
    fit,
    recommend,
    shortened,
)
from ftcore.training.machine import MB, free_memory_mb
from ftcore.training.memory import MemoryRun, learn_memory, read_memory, write_memory
from ftcore.training.presets import (
    configure,
    layer_choices,
    most_seconds,
    parameter_ranges,
)
from ftcore.training.speed import read_best_speed, read_speed, write_speed

BASE = "smollm2-135m-instruct"
configs = st.builds(
    TrainingConfig,
    st.just(BASE),
    st.just(Task.CHAT),
    epochs=st.integers(1, 20),
    lora_rank=st.integers(1, 16).map(lambda n: 4 * n),
    batch_size=st.integers(1, 16),
)


def forecast(config: TrainingConfig) -> Forecast:
    """A machine where rank, batch and epochs cost what they may cost."""
    needed = 1000.0 + 20 * config.lora_rank + 150 * min(4, config.batch_size)
    return Forecast(27 + 40.0 * config.epochs, memory_mb=needed)


@given(configs, st.floats(900, 4000), st.floats(20, 1200))
def test_what_is_suggested_fits_and_asks_for_less(
    config: TrainingConfig, free: float, seconds: float
) -> None:
    limits = Limits(free, seconds)
    found = fit(config, forecast, limits)
    asked = forecast(config)
    fits = asked.memory_mb <= free and asked.seconds <= seconds
    assert (found.short is None) == fits
    if fits:
        found.require()
        return
    least = replace(config, batch_size=1, lora_rank=LEAST_RANK, epochs=1)
    if found.suggestion is None:
        smallest = forecast(least)
        assert smallest.memory_mb > free - 20 * 4 or smallest.seconds > seconds
    else:
        taken = forecast(found.suggestion)
        assert taken.memory_mb <= free
        assert taken.seconds <= seconds
        assert found.changes
        assert replace(config, **found.changes) == found.suggestion
        assert all(v < getattr(config, n) for n, v in found.changes.items())
        assert fit(found.suggestion, forecast, limits).short is None
    with pytest.raises(TrainingDoesNotFitError) as caught:
        found.require()
    problem, fix = error_texts(caught.value)
    assert found.problem() in problem
    assert fix == found.advice()


@given(configs, st.floats(20, 1200))
def test_shortening_keeps_as_many_epochs_as_fit(
    config: TrainingConfig, seconds: float
) -> None:
    found = shortened(config, forecast, seconds)
    if found is None:
        assert forecast(replace(config, epochs=1)).seconds > seconds
        return
    assert forecast(found).seconds <= seconds
    if found.epochs < config.epochs:
        assert forecast(replace(found, epochs=found.epochs + 1)).seconds > seconds


def test_the_words_say_what_is_asked_and_what_would_do() -> None:
    config = TrainingConfig(BASE, Task.CHAT, batch_size=4, lora_rank=16)
    found = fit(config, forecast, Limits(memory_mb=1400.0))
    assert found.short is Short.MEMORY
    assert found.problem() == text("fitting.memory", need="1,9", most="1,4")
    assert found.changes == {"batch_size": 1, "lora_rank": 8}
    assert found.change_words() == "lotes de 1 y rango 8"
    late = fit(replace(config, epochs=20), forecast, Limits(seconds=600.0))
    assert late.short is Short.TIME
    assert late.changes == {"epochs": 14}
    hopeless = fit(config, forecast, Limits(memory_mb=10.0))
    assert hopeless.advice() == text("fitting.nothing.memory")


@given(
    st.lists(st.floats(5, 5000), min_size=3, max_size=3).map(sorted),
    st.floats(0, 60),
)
def test_the_advice_suits_the_room(times: list[float], waiting: float) -> None:
    plans = {p: Forecast(t) for p, t in zip(Preset, times, strict=True)}
    advice = recommend(plans, waiting, 600.0)
    assert text(f"presets.because.{advice.because}", waiting=3)
    if waiting and times[1] * (waiting + 1) > 600 / BESIDE_OTHERS:
        assert (advice.preset, advice.because) == (Preset.QUICK, "room")
    if times[1] > 600:
        assert advice.preset is Preset.QUICK
    if advice.preset is Preset.QUALITY:
        assert not waiting
        assert times[2] <= 60
    busier = recommend(plans, waiting + 10, 600.0)
    assert list(Preset).index(busier.preset) <= list(Preset).index(advice.preset)


def test_thirty_that_would_only_just_fit_are_advised_to_be_quick() -> None:
    """Half a minute alone is no longer half a minute beside twenty-nine others."""
    plans = {
        preset: Forecast(seconds)
        for preset, seconds in zip(Preset, (20.0, 30.0, 70.0), strict=True)
    }
    assert recommend(plans, 14.5, 600.0).preset is Preset.QUICK
    assert recommend(plans, 5.0, 600.0).preset is Preset.BALANCED


@given(
    st.sampled_from([Task.CHAT, Task.COMPLETION]),
    st.sampled_from(Preset),
    st.integers(1, 5_000),
    st.floats(20, 5_000),
)
def test_a_preset_of_a_slow_machine_takes_no_more_than_its_time(
    task: Task, preset: Preset, size: int, speed: float
) -> None:
    config = configure(task, preset, size)

    def here(one: TrainingConfig) -> Forecast:
        return Forecast(27 + size * 150 * one.epochs / speed)

    found = shortened(config, here, most_seconds(preset)) or config
    assert 1 <= found.epochs <= config.epochs
    assert here(found).seconds <= most_seconds(preset) or found == config
    for name, limits in parameter_ranges(found).items():
        assert limits.minimum <= getattr(found, name) <= limits.maximum


@given(configs, st.lists(st.integers(1, 3000), max_size=30))
def test_memory_grows_with_rank_batch_and_layers(
    config: TrainingConfig, lengths: list[int]
) -> None:
    model = memory.MemoryModel(900.0, 19.0, 1.2, 0.001, 30)
    need = model.need_mb(config, lengths)
    assert need > model.fixed_mb
    assert model.need_mb(replace(config, lora_rank=64), lengths) >= need
    assert model.need_mb(replace(config, batch_size=16), lengths) >= need
    top = model.need_mb(replace(config, adapted_layers=8), lengths)
    assert top < need
    assert model.need_mb(config, [WINDOW_TOKENS]) <= model.need_mb(config, [])


def test_the_limits_of_other_modules_are_theirs() -> None:
    assert memory.PACK_TOKENS == packing.PACK_TOKENS
    assert memory.WINDOW_TOKENS == WINDOW_TOKENS


@given(st.integers(1, 64), st.integers(20, 200), st.integers(1, 6))
def test_what_was_held_once_is_forecast_again(
    tmp_path_factory: pytest.TempPathFactory, rank: int, tokens: int, batch: int
) -> None:
    assume(batch * tokens <= memory.PACK_TOKENS)
    prepared = tmp_path_factory.mktemp("hf")
    (prepared / "config.json").write_text(
        '{"num_hidden_layers": 30, "num_attention_heads": 9}'
    )
    weights = 300_000 * rank
    computed = 1.5 * batch * tokens
    later = (memory.BYTES_PER_WEIGHT - memory.LOADED_BYTES) * weights / MB
    square = 0.00108 * batch * tokens**2
    run = MemoryRun(
        1000.0, 1000 + later + computed + square, weights, rank, [tokens] * batch
    )
    model = learn_memory(run, prepared)
    write_memory(prepared, BASE, model)
    config = TrainingConfig(BASE, Task.CHAT, lora_rank=rank, batch_size=batch)
    found = read_memory(prepared, BASE, 135).need_mb(config, [tokens] * batch)
    assert found == pytest.approx(run.peak_mb)
    assert model.layers == 30


def test_a_container_s_limit_counts(tmp_path: Path) -> None:
    everything = free_memory_mb(tmp_path)
    (tmp_path / "memory.max").write_text("300000000\n")
    (tmp_path / "memory.current").write_text("250000000\n")
    assert free_memory_mb(tmp_path) == 50
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 20000000\n")
    assert free_memory_mb(tmp_path) == 70
    (tmp_path / "memory.max").write_text("max\n")
    assert free_memory_mb(tmp_path) == pytest.approx(everything, rel=0.2)
    old = tmp_path / "memory"
    old.mkdir()
    (old / "memory.limit_in_bytes").write_text("9223372036854771712")
    (old / "memory.usage_in_bytes").write_text("5")
    assert free_memory_mb(tmp_path) == pytest.approx(everything, rel=0.2)


def test_a_busy_moment_refuses_nothing(tmp_path: Path) -> None:
    examples = tuple(Example.from_pair(f"¿Y {i}?", "Eso. " * 20) for i in range(30))
    dataset = Dataset("demo", Task.CHAT, examples)
    config = configure(Task.CHAT, Preset.BALANCED, 30)
    write_speed(tmp_path, config.base_model, 400.0)
    idle = local_time(dataset, tmp_path, config)
    for _ in range(4):
        write_speed(tmp_path, config.base_model, 10.0)
    busy = local_time(dataset, tmp_path, config)
    assert read_speed(tmp_path, config.base_model) < 50
    assert read_best_speed(tmp_path, config.base_model) == 400.0
    assert busy.seconds > 2 * idle.seconds
    assert busy.seconds_idle == idle.seconds_idle
    assert busy.forecast.least_seconds == idle.forecast.least_seconds
    assert busy.memory_mb == idle.memory_mb > 500


def test_only_layers_that_there_are_may_be_chosen() -> None:
    assert layer_choices(30)[-1] is None
    assert layer_choices(8) == [4, None]
    assert layer_choices(2) == [None]
