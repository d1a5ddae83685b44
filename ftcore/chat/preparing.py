"""Read the openings of prompts ahead, while nobody asks and the machine is idle."""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

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
    """Reads one opening after the other, and leaves off at once when somebody asks."""

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
        self._known: set[Adapter] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chat-prepare")
        self._is_closed = threading.Event()

    def prepare(
        self, adapter: Adapter, conversations: Callable[[], Conversations]
    ) -> None:
        """Read ahead for a model, if that was not asked for before.

        Args:
            adapter: The model's.
            conversations: Makes one for each opening; called when there is time.
        """
        if adapter in self._known or self._is_closed.is_set():
            return
        self._known.add(adapter)
        self._thread.submit(self._work, adapter, conversations)

    def forget(self) -> None:
        """Start over: what was read ahead has been given back."""
        self._known.clear()

    def close(self) -> None:
        """End after the block under way."""
        self._is_closed.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _work(
        self, adapter: Adapter, conversations: Callable[[], Conversations]
    ) -> None:
        try:
            for messages in conversations()[:MOST_OPENINGS]:
                is_read = False
                while not is_read:
                    if not self._has_time():
                        self._known.discard(adapter)  # another time
                        return
                    is_read = self._read_ahead(messages, adapter, self._must_leave_off)
        except ChatFailedError as error:  # whoever asks is told why
            logger.info("Not read ahead: %s", error)

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
