"""Read the openings of prompts ahead, while nobody asks and the machine is idle."""

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from ftcore.chat.adapters import Adapter
from ftcore.chat.cores import free_cores
from ftcore.data.examples import Message
from ftcore.errors import ChatFailedError

MOST_OPENINGS = 50  # of one model: the workshop's largest dataset
_LOOK_SECONDS = 0.25
_PATIENCE_SECONDS = 60.0  # a machine that trains longer than that is a room's
_NICEST = 19  # so that trainings count, too: they are not to be slowed down

logger = logging.getLogger(__name__)
Conversations = Sequence[Sequence[Message]]
ReadAhead = Callable[[Sequence[Message], Adapter, Callable[[], bool]], bool]


def is_idle() -> bool:
    """Whether nobody else computes on this machine, trainings included."""
    return free_cores(own_nice=_NICEST) >= (os.cpu_count() or 1)


class Preparer:
    """Reads one opening after the other, and leaves off at once when somebody asks.

    Whose model was asked for last comes first: its next question is the likeliest.
    """

    def __init__(
        self,
        read_ahead: ReadAhead,
        is_asked: Callable[[], bool],
        is_idle: Callable[[], bool] = is_idle,
    ) -> None:
        """Prepare to prepare.

        Args:
            read_ahead: Reads what stands before a conversation's last message; false
                if it was told to leave off.
            is_asked: Whether somebody waits for an answer.
            is_idle: Whether the machine has nothing else to do.
        """
        self._read_ahead = read_ahead
        self._is_asked = is_asked
        self._is_idle = is_idle
        self._waiting: OrderedDict[Adapter, Iterator[Sequence[Message]]] = OrderedDict()
        self._is_working = False
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chat-prepare")
        self._is_closed = threading.Event()

    def prepare(
        self, adapter: Adapter, conversations: Callable[[], Conversations]
    ) -> None:
        """Read ahead for a model, before all others.

        Args:
            adapter: The model's.
            conversations: Makes one for each opening; called when there is time.
        """
        with self._lock:
            if self._is_closed.is_set():
                return
            self._waiting.setdefault(adapter, _when_needed(conversations))
            self._waiting.move_to_end(adapter)
            if not self._is_working:
                self._is_working = True
                self._thread.submit(self._work)

    def close(self) -> None:
        """End after the operation under way."""
        self._is_closed.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _work(self) -> None:
        while (adapter := self._latest()) is not None:
            if not self._has_time():
                self._give_up()
                return
            try:
                is_over = self._read_one(adapter)
            except ChatFailedError as error:  # whoever asks is told why
                logger.info("Not read ahead: %s", error)
                is_over = True
            if is_over:
                with self._lock:
                    del self._waiting[adapter]

    def _latest(self) -> Adapter | None:
        with self._lock:
            if not self._waiting:
                self._is_working = False
                return None
            return next(reversed(self._waiting))

    def _read_one(self, adapter: Adapter) -> bool:
        """Whether there was nothing left to read."""
        messages = next(self._waiting[adapter], None)
        if messages is None:
            return True
        if not self._read_ahead(messages, adapter, self._must_leave_off):
            with self._lock:
                self._waiting[adapter] = chain([messages], self._waiting[adapter])
        return False

    def _give_up(self) -> None:
        with self._lock:  # another time
            self._waiting.clear()
            self._is_working = False

    def _has_time(self) -> bool:
        """Wait until nobody needs the machine; false if that takes too long."""
        waited = 0.0
        while self._is_asked() or not self._is_idle():
            if waited >= _PATIENCE_SECONDS or self._is_closed.wait(_LOOK_SECONDS):
                return False
            waited += _LOOK_SECONDS
        return not self._is_closed.is_set()

    def _must_leave_off(self) -> bool:
        return self._is_asked() or self._is_closed.is_set()


def _when_needed(
    conversations: Callable[[], Conversations],
) -> Iterator[Sequence[Message]]:
    yield from conversations()[:MOST_OPENINGS]
