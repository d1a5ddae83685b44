"""Every second of a job belongs to one part of it."""

from hypothesis import given
from hypothesis import strategies as st

from ftcore.jobs.stopwatch import Stopwatch

PARTS = ("loading", "training", "exporting")


@given(st.lists(st.tuples(st.sampled_from(PARTS), st.integers(0, 50)), max_size=12))
def test_the_parts_add_up_to_the_whole(steps):
    now = [100.0]
    watch = Stopwatch("starting", 90.0, lambda: now[0], lambda: now[0] / 2)
    for part, seconds in steps:
        watch.enter(part)
        now[0] += seconds
    found = watch.stop()
    assert found["starting"]["seconds"] == 10.0  # before anybody looked
    for part in PARTS:
        expected = sum(seconds for name, seconds in steps if name == part)
        assert found.get(part, {"seconds": 0.0})["seconds"] == expected
    whole = sum(part["seconds"] for part in found.values())
    assert whole == now[0] - 90.0
    assert sum(part["processor"] for part in found.values()) == now[0] / 2


def test_a_later_job_pays_only_for_itself():
    now = [100.0]
    watch = Stopwatch("loading", clock=lambda: now[0], processor=lambda: now[0])
    now[0] += 3
    assert watch.stop() == {"loading": {"seconds": 3.0, "processor": 3.0}}
