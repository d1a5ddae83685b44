"""Lend the lanes of one base model to whoever answers, and take them back."""

import logging
import threading
from collections.abc import Callable

from ftcore.chat.adapters import IDLE_SECONDS, Adapter
from ftcore.chat.lane import Lane, LaneSet
from ftcore.errors import ChatFailedError

_SWEEP_SECONDS = 60.0

logger = logging.getLogger(__name__)


class LaneKeeper:
    """Opens the lanes when first needed; those that nobody has can be lent."""

    def __init__(
        self, open_lanes: Callable[[], LaneSet], clock: Callable[[], float]
    ) -> None:
        """Prepare; nothing is loaded yet.

        Args:
            open_lanes: Opens them.
            clock: Seconds, rising.
        """
        self._open_lanes = open_lanes
        self._clock = clock
        self._lanes: LaneSet | None = None
        self._idle: dict[Lane, float] = {}  # and since when
        self._lock = threading.Lock()
        self._is_closed = threading.Event()

    def opened(self) -> LaneSet:
        """Return all lanes, opened if they were not.

        Raises:
            ChatFailedError: The engine does not take the model.
        """
        with self._lock:
            return self._opened()

    def take(self, adapter: Adapter | None) -> Lane:
        """Lend the idle lane that answers soonest; the caller knows that there is one.

        Raises:
            ChatFailedError: The engine does not take the model.
        """
        with self._lock:
            self._opened()
            lane = min(
                self._idle,
                key=lambda idle: (not idle.holds(adapter), idle.is_started),
            )
            del self._idle[lane]
            return lane

    def put_back(self, lane: Lane) -> None:
        """Take a lane back."""
        with self._lock:
            self._idle[lane] = self._clock()

    def start_another(self) -> None:
        """Have one lane more take its memory now, and not when somebody new asks."""
        with self._lock:
            lane = next((idle for idle in self._idle if not idle.is_started), None)
            if lane is None:
                return
            del self._idle[lane]
        try:
            lane.start()
        except ChatFailedError as error:  # whoever asks it is told why
            logger.info("Not started: %s", error)
        finally:
            self.put_back(lane)

    def make_way(self) -> None:
        """Have whoever reads ahead leave off."""
        with self._lock:
            if self._lanes is not None:
                self._lanes.make_way()

    def drop_idle(self) -> None:
        """Give back what nobody used for a while: contexts first, then adapters."""
        with self._lock:
            if self._lanes is None:
                return
            now = self._clock()
            for lane, since in self._idle.items():
                if now - since >= IDLE_SECONDS:
                    lane.close()
            is_quiet = len(self._idle) == len(self._lanes.lanes)
            if is_quiet and not any(lane.is_started for lane in self._idle):
                self._lanes.rest()
            self._lanes.drop_idle()

    def close(self) -> None:
        """Close all; no lane is lent any more."""
        self._is_closed.set()
        with self._lock:
            lanes, self._lanes = self._lanes, None
        if lanes is not None:
            lanes.close()

    def _opened(self) -> LaneSet:
        if self._lanes is None:
            self._lanes = self._open_lanes()
            self._idle = dict.fromkeys(self._lanes.lanes, self._clock())
            sweep = threading.Thread(target=self._sweep, name="chat-idle", daemon=True)
            sweep.start()
        return self._lanes

    def _sweep(self) -> None:
        while not self._is_closed.wait(_SWEEP_SECONDS):
            self.drop_idle()
