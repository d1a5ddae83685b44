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

    What a new model's prompts all begin with comes first, and beside trainings, too: it
    is short, and read once. Then whose model was asked for last: its next question is
    the likeliest.
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
        self._new: OrderedDict[Adapter, Sequence[Message]] = OrderedDict()
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
            self._waiting.setdefault(adapter, _when_needed(conversations))
            self._waiting.move_to_end(adapter)
            self._begin()

    def welcome(self, adapter: Adapter, conversation: Sequence[Message]) -> None:
        """Read at once what all prompts of a new model begin with.

        Args:
            adapter: The model's.
            conversation: Any, without an example.
        """
        with self._lock:
            self._new[adapter] = conversation
            self._begin()

    def close(self) -> None:
        """End after the operation under way."""
        self._is_closed.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _begin(self) -> None:
        if not self._is_working and not self._is_closed.is_set():
            self._is_working = True
            self._thread.submit(self._work)

    def _work(self) -> None:
        waited = 0.0
        while self._has_work():
            if not self._has_time():
                if waited >= _PATIENCE_SECONDS or self._is_closed.wait(_LOOK_SECONDS):
                    self._give_up()
                    return
                waited += _LOOK_SECONDS
                continue
            if self._new:
                self._read_beginning()
            else:
                waited = 0.0
                self._read_opening()

    def _has_work(self) -> bool:
        with self._lock:
            self._is_working = bool(self._new or self._waiting)
            return self._is_working

    def _has_time(self) -> bool:
        return not self._is_asked() and (bool(self._new) or self._is_idle())

    def _read_beginning(self) -> None:
        with self._lock:
            adapter, messages = self._new.popitem()
        if self._read(messages, adapter) is False:
            with self._lock:
                self._new.setdefault(adapter, messages)

    def _read_opening(self) -> None:
        with self._lock:
            adapter = next(reversed(self._waiting))
        messages = next(self._waiting[adapter], None)
        is_read = None if messages is None else self._read(messages, adapter)
        with self._lock:
            if messages is None or is_read is None:
                del self._waiting[adapter]
            elif not is_read:
                self._waiting[adapter] = chain([messages], self._waiting[adapter])

    def _read(self, messages: Sequence[Message], adapter: Adapter) -> bool | None:
        """Whether it was read and not broken off; ``None`` if it cannot be."""
        try:
            return self._read_ahead(messages, adapter, self._must_leave_off)
        except ChatFailedError as error:  # whoever asks is told why
            logger.info("Not read ahead: %s", error)
            return None

    def _give_up(self) -> None:
        with self._lock:  # another time
            self._new.clear()
            self._waiting.clear()
            self._is_working = False

    def _must_leave_off(self) -> bool:
        return self._is_asked() or self._is_closed.is_set()


def _when_needed(
    conversations: Callable[[], Conversations],
) -> Iterator[Sequence[Message]]:
    yield from conversations()[:MOST_OPENINGS]
