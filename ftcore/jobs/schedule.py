"""Forecast when the jobs of a queue begin and end, with several workers at once."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_SANE_PACE = (0.2, 10.0)  # beyond, the clock or the forecast was wrong, not the machine


@dataclass(frozen=True, slots=True)
class Turn:
    """When a waiting job begins and ends, in seconds from now."""

    start: float
    end: float


def schedule(
    running: Sequence[float], waiting: Sequence[float], workers: int
) -> list[Turn]:
    """Return the turn of each waiting job, in the order of the queue.

    Each one goes to the worker that is free first, as the runner does it.

    Args:
        running: Seconds left of each running job.
        waiting: Seconds that each waiting job will take, first to start first.
        workers: Jobs at once; more may be running when that number was just lowered.
    """
    free = [max(0.0, seconds) for seconds in running]
    free += [0.0] * max(0, workers - len(free))
    free = heapq.nlargest(max(1, workers), free)  # the rest will not be replaced
    heapq.heapify(free)
    turns = []
    for seconds in waiting:
        start = free[0]
        heapq.heapreplace(free, start + max(0.0, seconds))
        turns.append(Turn(start, start + max(0.0, seconds)))
    return turns


def pace(measured: Sequence[tuple[float, float]]) -> float:
    """Return by how much forecasts are to be stretched, going by jobs that are done.

    Args:
        measured: Of each job, the seconds that were forecast and those that it took.

    Returns:
        The median ratio; 1 if nothing is known.
    """
    ratios = [took / known for known, took in measured if known > 0 and took > 0]
    if not ratios:
        return 1.0
    least, most = _SANE_PACE
    return min(max(median(ratios), least), most)
