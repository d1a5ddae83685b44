"""The room's queue as people see it: who is next, and when."""

from collections.abc import Mapping
from dataclasses import dataclass

from ftcore.errors import UnknownJobError
from ftcore.jobs.runner import LOCAL
from ftcore.jobs.schedule import pace, schedule
from ftcore.storage.records import JobRow
from ftcore.storage.store import Store
from ftcore.training.base import JobState, Trainer

_RECENT = 8  # jobs that are done and say how good the forecasts are


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiting job stands.

    Attributes:
        position: Place in the queue, from 1.
        seconds_to_start: Forecast of the wait, in seconds.
        seconds_to_end: Forecast of the time to the end, wait included.
        running: Jobs that run meanwhile.
        workers: Jobs that run at once at most.
    """

    position: int = 0
    seconds_to_start: float = 0.0
    seconds_to_end: float = 0.0
    running: int = 0
    workers: int = 1


NOWHERE = Place()  # of a job that does not wait


class RoomQueue:
    """Works out places from the store's rows and the trainers' own forecasts.

    Args:
        store: Where the jobs are kept.
        trainers: Every backend, by name.
        workers: Local trainings at once.
    """

    def __init__(
        self, store: Store, trainers: Mapping[str, Trainer], workers: int
    ) -> None:
        self._store = store
        self._trainers = trainers
        self.workers = workers

    def places(self) -> dict[str, Place]:
        """Return the place of every waiting job, by its id."""
        active = self._store.active_jobs()
        return {
            job_id: place
            for trainer in {row.trainer for row in active}
            for job_id, place in self._places_of(trainer, active).items()
        }

    def _places_of(self, trainer: str, active: list[JobRow]) -> dict[str, Place]:
        mine = [row for row in active if row.trainer == trainer]
        running = [row for row in mine if row.state == JobState.RUNNING]
        waiting = [row for row in mine if row.state == JobState.QUEUED]
        factor = self._pace(trainer)
        # What runs elsewhere waits for nobody here.
        workers = self.workers if trainer == LOCAL else len(mine)
        turns = schedule(
            [self._seconds_left(row, factor) for row in running],
            [_whole(row, factor) for row in waiting],
            workers,
        )
        return {
            row.id: Place(number, turn.start, turn.end, len(running), workers)
            for number, (row, turn) in enumerate(zip(waiting, turns, strict=True), 1)
        }

    def _pace(self, trainer: str) -> float:
        done = self._store.recent_jobs(trainer, _RECENT)
        return pace(
            [
                (row.forecast_seconds, (row.ended_at - row.started_at).total_seconds())
                for row in done
                if row.ended_at and row.started_at and not row.attempts
            ]
        )

    def _seconds_left(self, row: JobRow, factor: float) -> float:
        """Return what its owner sees on the page, or the forecast's rest."""
        try:
            last = self._trainers[row.trainer].status(row.id).last
        except UnknownJobError:
            last = None
        if last is None or last.seconds_left is None:
            return _whole(row, factor)
        return last.seconds_left


def _whole(row: JobRow, factor: float) -> float:
    return row.forecast_seconds * factor * (1 - row.progress)
