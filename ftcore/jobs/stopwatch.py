"""Say where the time of a job went."""

import time
from collections.abc import Callable

STARTING = "starting"  # the interpreter and the libraries
Seconds = Callable[[], float]


class Stopwatch:
    """Adds up the time of each part of a job, one part after another.

    Beside the clock's time it keeps the processor's: on a busy machine only that one
    says what a part costs.

    Args:
        part: Name of the part under way.
        began: When it began, in seconds of the epoch; now unless given. The
            processor's time then counts from the process's birth.
        clock: Seconds of the epoch.
        processor: Processor seconds of this process.
    """

    def __init__(
        self,
        part: str,
        began: float | None = None,
        clock: Seconds = time.time,
        processor: Seconds = time.process_time,
    ) -> None:
        self._clock, self._processor = clock, processor
        self._part = part
        self._began = clock() if began is None else began
        self._worked = processor() if began is None else 0.0
        self._found: dict[str, dict[str, float]] = {}

    def enter(self, part: str) -> None:
        """End the part under way and begin another, or go on with it."""
        now, worked = self._clock(), self._processor()
        sums = self._found.setdefault(self._part, {"seconds": 0.0, "processor": 0.0})
        sums["seconds"] += now - self._began
        sums["processor"] += worked - self._worked
        self._part, self._began, self._worked = part, now, worked

    def stop(self) -> dict[str, dict[str, float]]:
        """End the last part; return the seconds of each, by the clock and worked."""
        self.enter(self._part)
        return self._found
