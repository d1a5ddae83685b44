"""How far a download is and how long it takes to end."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_SETTLING_SECONDS = 1.0  # before the speed of a connection says anything


@dataclass(slots=True)
class Pace:
    """The progress of one download.

    Attributes:
        clock: Seconds from any start.
        done: Bytes that are here.
        total: Bytes in all; 0 as long as it is not known.
    """

    clock: Callable[[], float] = time.monotonic
    done: int = 0
    total: int = 0
    _begun: tuple[float, int] | None = field(default=None, init=False)

    def look(self, done: int, total: int) -> None:
        """Note how far it is; the first bytes may be an earlier attempt's."""
        self.done, self.total = done, total
        if self._begun is None or done < self._begun[1]:
            self._begun = (self.clock(), done)

    @property
    def share(self) -> float:
        """What is here of the whole, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at the speed so far, or ``None`` if it is too early."""
        if self._begun is None:
            return None
        seconds, came = self.clock() - self._begun[0], self.done - self._begun[1]
        if seconds < _SETTLING_SECONDS or came <= 0:
            return None
        return (self.total - self.done) * seconds / came
