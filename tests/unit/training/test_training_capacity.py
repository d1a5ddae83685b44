"""As many trainings at once as the machine holds, and never none."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.catalog import load_catalog
from ftcore.settings import Settings, load_settings
from ftcore.training.capacity import (
    threads_of_each,
    worker_count,
    worker_memory_mb,
)
from ftcore.training.machine import free_memory_mb, total_memory_mb
from ftcore.training.memory import MemoryModel, write_memory

GB = 1000.0  # in megabytes
BASE = "smollm2-135m-instruct"
AUTOMATIC = load_settings({"FTCORE_DATA": "/nowhere", "FTCORE_MODELS": "/nowhere"})


def test_a_free_space_runs_two_of_one_thread():
    assert worker_count(AUTOMATIC, cores=2, memory_mb=16 * GB) == 2
    assert threads_of_each(AUTOMATIC, 2, cores=2) == 1


def test_memory_is_a_limit_too():
    assert worker_count(AUTOMATIC, cores=8, memory_mb=10 * GB) == 3
    assert worker_count(AUTOMATIC, cores=8, memory_mb=1 * GB) == 1


def test_the_settings_have_the_last_word():
    chosen = replace(AUTOMATIC, parallel_jobs=5, training_threads=3)
    assert worker_count(chosen, cores=1, memory_mb=GB) == 5
    assert threads_of_each(chosen, 5, cores=1) == 3


@given(st.integers(1, 64), st.floats(0, 256 * GB))
def test_workers_and_threads_never_exceed_the_cores(cores, memory):
    workers = worker_count(AUTOMATIC, cores, memory)
    assert 1 <= workers <= cores
    assert 1 <= workers * threads_of_each(AUTOMATIC, workers, cores) <= cores


def test_what_was_measured_decides_how_many_fit(tmp_path):
    here = replace(AUTOMATIC, models_dir=tmp_path)
    guessed = worker_memory_mb(tmp_path)
    write_memory(tmp_path, BASE, MemoryModel(400.0, 5.0, 0.3, 0.0002, 30))
    assert worker_memory_mb(tmp_path) < guessed / 2
    few = worker_count(AUTOMATIC, cores=64, memory_mb=16 * GB)
    assert worker_count(here, cores=64, memory_mb=16 * GB) > 2 * few


def test_a_larger_base_that_is_here_leaves_room_for_fewer(tmp_path):
    usual = worker_memory_mb(tmp_path)
    larger = load_catalog().find("lfm2-350m")
    place = tmp_path / larger.name / larger.source.file
    place.parent.mkdir()
    place.touch()
    assert worker_memory_mb(tmp_path) > 2 * usual


def test_a_container_may_have_less_than_the_machine(tmp_path):
    whole = total_memory_mb(tmp_path)  # no such file
    limit = tmp_path / "memory.max"
    limit.write_text("max\n")
    assert total_memory_mb(tmp_path) == whole
    limit.write_text("1000000000\n")
    assert total_memory_mb(tmp_path) == 1000
    (tmp_path / "memory.current").write_text("400000000\n")
    assert free_memory_mb(tmp_path) == 600
    assert total_memory_mb(tmp_path) == 1000


def test_a_container_of_the_older_kind_counts_too(tmp_path):
    old = tmp_path / "memory"
    old.mkdir()
    (old / "memory.limit_in_bytes").write_text("500000000")
    (old / "memory.usage_in_bytes").write_text("100000000")
    assert (total_memory_mb(tmp_path), free_memory_mb(tmp_path)) == (500, 400)


def test_settings_of_this_test_are_automatic():
    assert isinstance(AUTOMATIC, Settings)
    assert AUTOMATIC.parallel_jobs == AUTOMATIC.training_threads == 0
