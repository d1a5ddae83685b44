"""As many trainings at once as the machine holds, and never none."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ftcore.settings import Settings, load_settings
from ftcore.training.capacity import threads_of_each, usable_memory, worker_count

GB = 1024**3
AUTOMATIC = load_settings({"FTCORE_DATA": "/nowhere"})


def test_a_free_space_runs_two_of_one_thread():
    assert worker_count(AUTOMATIC, cores=2, memory=16 * GB) == 2
    assert threads_of_each(AUTOMATIC, 2, cores=2) == 1


def test_memory_is_a_limit_too():
    assert worker_count(AUTOMATIC, cores=8, memory=8 * GB) == 3
    assert worker_count(AUTOMATIC, cores=8, memory=1 * GB) == 1


def test_the_settings_have_the_last_word():
    chosen = replace(AUTOMATIC, parallel_jobs=5, training_threads=3)
    assert worker_count(chosen, cores=1, memory=GB) == 5
    assert threads_of_each(chosen, 5, cores=1) == 3


@given(st.integers(1, 64), st.integers(0, 256 * GB))
def test_workers_and_threads_never_exceed_the_cores(cores, memory):
    workers = worker_count(AUTOMATIC, cores, memory)
    assert 1 <= workers <= cores
    assert 1 <= workers * threads_of_each(AUTOMATIC, workers, cores) <= cores


def test_a_container_may_have_less_than_the_machine(tmp_path):
    limit = tmp_path / "memory.max"
    whole = usable_memory(limit)  # no such file
    limit.write_text("max\n")
    assert usable_memory(limit) == whole
    limit.write_text(f"{GB}\n")
    assert usable_memory(limit) == GB


def test_settings_of_this_test_are_automatic():
    assert isinstance(AUTOMATIC, Settings)
    assert AUTOMATIC.parallel_jobs == AUTOMATIC.training_threads == 0
