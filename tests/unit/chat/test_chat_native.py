"""The C interface is used only where it is what we know."""

import importlib.metadata

import pytest

from ftcore.chat import native
from ftcore.chat.cores import free_cores
from ftcore.chat.lanes import open_lanes, open_native_lanes
from ftcore.chat.server_lane import ServerLanes


@pytest.fixture
def fresh(monkeypatch):
    """Look at the library again, as another process would."""
    monkeypatch.setattr("ftcore.chat.lanes.load_native", native.load_native.__wrapped__)


def opened(tmp_path):
    return open_native_lanes(tmp_path / "none.gguf", context=64, slots=1)


def test_this_machine_has_it():
    assert native.load_native() is not None


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [("_CONTEXT_DEFAULTS", "type_v", 2), ("_MODEL_DEFAULTS", "load_mode", 0)],
)
def test_another_layout_is_refused(fresh, monkeypatch, tmp_path, table, field, value):
    changed = {**getattr(native, table), field: value}
    monkeypatch.setattr(native, table, changed)
    assert opened(tmp_path) is None


def test_another_version_is_refused(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "2027.1.1")
    assert opened(tmp_path) is None


def test_a_library_without_the_functions_is_refused(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(native, "_LONG", {"llama_not_there": (None, ())})
    assert opened(tmp_path) is None


def test_then_servers_answer(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(native, "VERSION", "0")
    lanes = open_lanes(tmp_path / "none.gguf", context=64, slots=2)
    assert isinstance(lanes, ServerLanes)
    assert len(lanes.lanes) == 2


def a_process(proc, pid, states, nice=0):
    """Write a process as the kernel shows it, with one thread for each state."""

    def facts(state):
        return f"{pid} (a) name) {state} " + "0 " * 15 + f"{nice} {len(states)} 0 0"

    folder = proc / str(pid)
    for thread, state in enumerate(states):
        (folder / "task" / str(thread)).mkdir(parents=True)
        (folder / "task" / str(thread) / "stat").write_text(facts(state))
    (folder / "stat").write_text(facts(states[0]))


@pytest.mark.parametrize(
    ("load", "others", "cores", "free"),
    [
        ("0.1 0.2 0.3 1/200 7", [], 2, 2),
        ("9 9 9 2/200 7", [("R", 0)], 2, 1),
        ("9 9 9 40/200 7", [("SRR", 0), ("R", 0)], 2, 1),
        ("9 9 9 40/200 7", [], 2, 2),  # of the host's: none is ours
        ("0 0 0 3/9 1", [("SR", 0), ("SR", 5), ("S", 0)], 8, 6),
        ("9 9 9 3/200 7", [("RR", 19), ("R", 19)], 2, 2),  # trainings give way
        ("nothing", [], 4, 1),
    ],
)
def test_only_cores_that_nobody_needs_are_free(tmp_path, load, others, cores, free):
    (tmp_path / "loadavg").write_text(load)
    (tmp_path / "self").mkdir()
    a_process(tmp_path, 100, "SR")  # who asks
    for number, (states, nice) in enumerate(others):
        a_process(tmp_path, number, states, nice)
    assert free_cores(tmp_path, cores, own_nice=0) == free


def test_to_a_training_the_other_trainings_do_not_give_way(tmp_path):
    (tmp_path / "loadavg").write_text("9 9 9 2/200 7")
    a_process(tmp_path, 100, "R", nice=19)  # who asks
    assert free_cores(tmp_path, 2, own_nice=19) == 2
    a_process(tmp_path, 101, "R", nice=19)
    assert free_cores(tmp_path, 2, own_nice=19) == 1
    assert free_cores(tmp_path, 2, own_nice=0) == 2


def test_where_the_kernel_says_nothing_one_core_is_free(tmp_path):
    assert free_cores(tmp_path / "none", 8) == 1
