"""A thread that looks again and again, until it is told to stop."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class BackgroundLoop:
    """Calls ``tick`` every ``interval`` seconds in a thread of its own.

    A tick that fails is written to the log and the next one is made all the same:
    the thread must outlive a passing fault of the database.

    Args:
        tick: One look; short, or asking :meth:`is_stopping` now and then.
        name: Name of the thread.
        interval: Seconds between looks.
    """

    def __init__(self, tick: Callable[[], None], name: str, interval: float) -> None:
        self._tick = tick
        self._name = name
        self._interval = interval
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Ask the thread to end and wait for it, at most ``timeout`` seconds."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout)
            self._thread = None

    def is_running(self) -> bool:
        """Whether the thread was started and not stopped since."""
        return self._thread is not None

    def is_stopping(self) -> bool:
        """Whether a long tick should end early."""
        return self._stopped.is_set()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            try:
                self._tick()
            except Exception:
                logger.exception(
                    "%s: this look failed, the next one may not", self._name
                )
