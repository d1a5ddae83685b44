"""Reading ahead waits for an idle machine, and gives way to whoever asks."""

import threading
from pathlib import Path

import pytest

from ftcore.chat import preparing
from ftcore.chat.adapters import Adapter
from ftcore.chat.preparing import MOST_OPENINGS, Preparer
from ftcore.data.examples import Message, Role
from ftcore.errors import ChatFailedError

ADAPTER, OTHER = Adapter(Path("a.gguf"), 1, 1), Adapter(Path("b.gguf"), 1, 1)


def questions(count=2):
    return [[Message(Role.USER, str(number))] for number in range(count)]


class Reader:
    """Notes what it is told to read."""

    def __init__(self, *, leaves_off=0):
        self.read = []
        self.leaves_off = leaves_off

    def __call__(self, messages, adapter, is_stopped):
        if self.leaves_off:
            self.leaves_off -= 1
            return False
        self.read.append(messages[0].content)
        return True


def prepared(reader, count=2, is_asked=lambda: False, is_idle=lambda: True):
    preparer = Preparer(reader, is_asked, is_idle)
    preparer.prepare(ADAPTER, lambda: questions(count))
    preparer._thread.shutdown(wait=True)
    return preparer


def test_each_opening_is_read_once_while_it_waits(monkeypatch):
    monkeypatch.setattr(preparing, "_LOOK_SECONDS", 0.001)
    idle = threading.Event()
    reader = Reader()
    preparer = Preparer(reader, lambda: False, idle.is_set)
    for _ in range(2):
        preparer.prepare(ADAPTER, questions)
    idle.set()
    preparer._thread.shutdown(wait=True)
    assert reader.read == ["0", "1"]


def test_whose_model_was_asked_last_comes_first():
    preparer, read = None, []

    def reads(messages, adapter, _is_stopped):
        read.append((adapter.path.name, messages[0].content))
        if len(read) == 1:  # somebody else asks meanwhile
            preparer.prepare(OTHER, questions)
        return True

    preparer = Preparer(reads, lambda: False, lambda: True)
    preparer.prepare(ADAPTER, lambda: questions(3))
    preparer._thread.shutdown(wait=True)
    names = [f"{name[0]}{number}" for name, number in read]
    assert names == ["a0", "b0", "b1", "a1", "a2"]


def test_one_that_left_off_is_begun_anew():
    reader = Reader(leaves_off=2)
    prepared(reader)
    assert reader.read == ["0", "1"]


def test_no_more_than_a_dataset_of_the_workshop_is_read():
    reader = Reader()
    prepared(reader, MOST_OPENINGS + 9)
    assert len(reader.read) == MOST_OPENINGS


@pytest.mark.parametrize("asked", [True, False])
def test_it_waits_while_somebody_asks_or_computes(monkeypatch, asked):
    monkeypatch.setattr(preparing, "_LOOK_SECONDS", 0.001)
    busy = iter([True, True, True])
    reader = Reader()
    if asked:
        prepared(reader, is_asked=lambda: next(busy, False))
    else:
        prepared(reader, is_idle=lambda: not next(busy, False))
    assert reader.read == ["0", "1"]
    assert next(busy, None) is None


def test_in_a_room_that_trains_it_gives_up_and_may_be_asked_again(monkeypatch):
    monkeypatch.setattr(preparing, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(preparing, "_PATIENCE_SECONDS", 0.003)
    idle = threading.Event()
    reader = Reader()
    preparer = Preparer(reader, lambda: False, idle.is_set)
    preparer.prepare(ADAPTER, questions)
    preparer._thread.submit(int).result()  # the one before it has ended
    assert reader.read == []
    idle.set()
    preparer.prepare(ADAPTER, questions)
    preparer._thread.submit(int).result()
    assert reader.read == ["0", "1"]
    preparer.close()


def test_a_new_model_waits_for_nobody_but_who_asks(monkeypatch):
    monkeypatch.setattr(preparing, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(preparing, "_PATIENCE_SECONDS", 0.003)
    asked = iter([True, True])
    reader = Reader(leaves_off=1)
    preparer = Preparer(reader, lambda: next(asked, False), lambda: False)
    preparer.prepare(ADAPTER, questions)  # of a room that trains: never read
    preparer.welcome(OTHER, [Message(Role.USER, "new")])
    preparer._thread.shutdown(wait=True)
    assert reader.read == ["new"]
    assert next(asked, None) is None


def test_new_models_do_not_keep_a_room_waiting_for_a_quiet_moment(monkeypatch):
    monkeypatch.setattr(preparing, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(preparing, "_PATIENCE_SECONDS", 0.004)
    reader, looks = Reader(), []

    def is_idle():  # a training ends every second look, for ever
        looks.append(len(looks))
        if looks[-1] % 2 and looks[-1] < 100:
            preparer.welcome(OTHER, [Message(Role.USER, "new")])
        return False

    preparer = Preparer(reader, lambda: False, is_idle)
    preparer.prepare(ADAPTER, questions)
    preparer._thread.submit(int).result()
    assert set(reader.read) == {"new"}
    assert len(looks) < 10  # it gave the openings up, as without new models
    preparer.close()


def test_a_new_model_comes_before_all_others():
    preparer, read = None, []

    def reads(messages, adapter, _is_stopped):
        read.append((adapter.path.name[0], messages[0].content))
        if len(read) == 1:  # a job has ended meanwhile
            preparer.welcome(OTHER, [Message(Role.USER, "new")])
        return True

    preparer = Preparer(reads, lambda: False, lambda: True)
    preparer.prepare(ADAPTER, lambda: questions(3))
    preparer._thread.shutdown(wait=True)
    assert read == [("a", "0"), ("b", "new"), ("a", "1"), ("a", "2")]


def test_an_engine_that_fails_is_not_asked_on():
    failures = []

    def fails(_messages, adapter, _is_stopped):
        failures.append(adapter)
        raise ChatFailedError(reason="broken")

    preparer = Preparer(fails, lambda: False, lambda: True)
    preparer.prepare(ADAPTER, questions)
    preparer.welcome(OTHER, questions()[0])
    preparer._thread.shutdown(wait=True)  # nothing escapes
    assert sorted(failures, key=str) == [ADAPTER, OTHER]  # in either order


def test_after_the_end_nothing_begins():
    reader = Reader()
    preparer = Preparer(reader, lambda: False, lambda: True)
    preparer.close()
    preparer.prepare(ADAPTER, questions)
    preparer.welcome(ADAPTER, questions()[0])
    assert reader.read == []
