"""The shelf of adapters keeps what is in use and lets the rest go."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.adapters import Adapter, AdapterShelf
from ftcore.errors import ChatFailedError


class Engine:
    """Counts what is loaded, as llama.cpp would hold it."""

    def __init__(self):
        self.held = {}
        self.loads = 0

    def load(self, path):
        if path.name == "broken":
            raise ChatFailedError(reason="broken")
        self.loads += 1
        self.held[self.loads] = path
        return self.loads

    def free(self, handle):
        del self.held[handle]  # a second time would raise


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def clock():
    return Clock()


def adapter(name, modified_ns=0):
    return Adapter(Path(str(name)), modified_ns, 1)


def shelf_of(engine, clock, most=3):
    return AdapterShelf(
        engine.load, engine.free, most=most, idle_seconds=60, clock=clock
    )


def use(shelf, one):
    shelf.take(one)
    shelf.put_back(one)


def test_one_load_serves_all_who_use_it(engine, clock):
    shelf = shelf_of(engine, clock)
    assert shelf.take(adapter("a")) == shelf.take(adapter("a"))
    assert engine.loads == 1


def test_the_longest_unused_goes_when_there_are_too_many(engine, clock):
    shelf = shelf_of(engine, clock)
    for clock.now, name in enumerate("abcad"):
        use(shelf, adapter(name))
    assert shelf.loaded == {adapter(name) for name in "cad"}


def test_what_is_in_use_stays_even_if_there_are_too_many(engine, clock):
    shelf = shelf_of(engine, clock, most=1)
    for name in "abc":
        shelf.take(adapter(name))
    assert len(engine.held) == 3
    shelf.put_back(adapter("b"))
    assert shelf.loaded == {adapter("a"), adapter("c")}


def test_idle_ones_go_and_can_come_back(engine, clock):
    shelf = shelf_of(engine, clock)
    use(shelf, adapter("a"))
    clock.now = 30
    use(shelf, adapter("b"))
    clock.now = 61
    assert shelf.drop_idle()
    assert shelf.loaded == {adapter("b")}
    assert not shelf.drop_idle()
    use(shelf, adapter("a"))
    assert engine.loads == 3


def test_one_in_use_is_never_idle(engine, clock):
    shelf = shelf_of(engine, clock)
    shelf.take(adapter("a"))
    clock.now = 1000
    assert not shelf.drop_idle()
    assert engine.held


def test_a_newer_file_replaces_the_older_once_nobody_uses_that(engine, clock):
    shelf = shelf_of(engine, clock)
    shelf.take(adapter("a", 1))
    use(shelf, adapter("a", 2))
    assert len(engine.held) == 2
    shelf.put_back(adapter("a", 1))
    assert shelf.loaded == {adapter("a", 2)}


def test_a_broken_one_takes_no_place(engine, clock):
    shelf = shelf_of(engine, clock)
    with pytest.raises(ChatFailedError):
        shelf.take(adapter("broken"))
    assert not shelf.loaded
    use(shelf, adapter("a"))


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.integers(0, 40)), max_size=60))
def test_it_never_frees_twice_nor_keeps_more_than_allowed(steps):
    engine, clock = Engine(), Clock()
    shelf = shelf_of(engine, clock)
    taken = []
    for name, pause in steps:
        clock.now += pause
        one = adapter(name)
        if one in taken:
            taken.remove(one)
            shelf.put_back(one)
        else:
            handle = shelf.take(one)
            taken.append(one)
            assert engine.held[handle] == one.path
        assert set(taken) <= shelf.loaded
        assert len(shelf.loaded) <= max(3, len(taken))
        assert len(engine.held) == len(shelf.loaded)
    shelf.close()
    assert not engine.held
