"""What the queue promises: nobody waits for an idle worker, nobody is overtaken."""

from hypothesis import given
from hypothesis import strategies as st

from ftcore.jobs.schedule import pace, schedule

seconds = st.floats(0, 1000)
times = st.lists(seconds, max_size=12)
workers = st.integers(1, 5)


def test_two_workers_take_what_comes_in_turn():
    turns = schedule([30.0], [10.0, 10.0, 10.0, 50.0], workers=2)
    assert [turn.start for turn in turns] == [0, 10, 20, 30]
    assert [turn.end for turn in turns] == [10, 20, 30, 80]


def test_one_worker_makes_a_line():
    turns = schedule([5.0], [10.0, 20.0], workers=1)
    assert [(turn.start, turn.end) for turn in turns] == [(5, 15), (15, 35)]


def test_workers_that_were_taken_away_are_not_counted_on():
    (turn,) = schedule([10.0, 40.0], [1.0], workers=1)
    assert turn.start == 40


@given(times, times, workers)
def test_turns_are_in_order_and_as_long_as_their_jobs(running, waiting, count):
    turns = schedule(running, waiting, count)
    starts = [turn.start for turn in turns]
    assert starts == sorted(starts)
    for turn, length in zip(turns, waiting, strict=True):
        assert turn.end == turn.start + length


@given(times, workers)
def test_an_idle_worker_is_never_left_idle(waiting, count):
    turns = schedule([], waiting, count)
    assert all(turn.start == 0 for turn in turns[:count])
    busiest = max((turn.end for turn in turns), default=0.0)
    assert busiest <= sum(waiting) / count + max(waiting, default=0.0) + 1e-6


@given(st.lists(seconds, min_size=2, max_size=2), times, st.integers(2, 5))
def test_more_workers_never_make_anybody_wait_longer(running, waiting, count):
    fewer, more = (schedule(running, waiting, n) for n in (count, count + 1))
    for slow, quick in zip(fewer, more, strict=True):
        assert quick.start <= slow.start


def test_forecasts_stretch_with_what_was_measured():
    assert pace([]) == 1.0
    assert pace([(10.0, 20.0), (10.0, 30.0), (10.0, 1000.0)]) == 3.0
    assert pace([(0.0, 5.0)]) == 1.0
    assert pace([(1.0, 1e9)]) == 10.0
