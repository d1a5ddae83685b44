"""Let whoever reads a prompt go before those who write: they pause for a moment."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 0.6  # that a writer pauses at once, about the longest prompt's time
_A_BATCH_SECONDS = 0.1  # in which every writer comes to its next pause


class RightOfWay:
    """Known to all lanes of a model that answer people in front of a screen.

    A prompt keeps somebody waiting before an empty answer; who already reads an answer
    hardly sees it stand still for some tenths of a second. Without a pause the prompt
    would be read by one thread, in the time of two. No answer waits more than half of
    its time: who has paused goes on for as long before the next pause.

    Args:
        patience: Seconds that a writer pauses at most; 0 has nobody ever wait.
        clock: Seconds, rising.
    """

    def __init__(
        self,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.patience = patience
        self._clock = clock
        self._changed = threading.Condition()
        self._readers = 0
        self._writers: set[Writer] = set()

    @property
    def computing(self) -> int:
        """How many answers are being read for or written now, without those paused."""
        with self._changed:
            return self._readers + sum(not w.is_paused for w in self._writers)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read in here; it begins when the writers have paused, or will not."""
        with self._changed:
            self._readers += 1
            self._changed.wait_for(
                self._have_paused, min(_A_BATCH_SECONDS, self.patience)
            )
        try:
            yield
        finally:
            with self._changed:
                self._readers -= 1
                self._changed.notify_all()

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """Write in here."""
        writer = Writer(self)
        with self._changed:
            self._writers.add(writer)
        try:
            yield writer
        finally:
            with self._changed:
                self._writers.discard(writer)
                self._changed.notify_all()

    def pause(self, writer: "Writer") -> None:
        """Wait while somebody reads, if the writer has not just waited."""
        # Looked at without the lock: hundreds of times an answer.
        if not self._readers or not self.patience:
            return
        with self._changed:
            began = self._clock()
            if began < writer.goes_on_until:
                return
            writer.is_paused = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._readers, self.patience)
            writer.is_paused = False
            ended = self._clock()
            writer.goes_on_until = ended + (ended - began)

    def _have_paused(self) -> bool:
        now = self._clock()
        return all(w.is_paused or now < w.goes_on_until for w in self._writers)


class Writer:
    """One answer that is being written.

    Attributes:
        is_paused: Whether it waits for a reader.
        goes_on_until: When it may be asked to pause again.
    """

    def __init__(self, right: RightOfWay) -> None:
        self._right = right
        self.is_paused = False
        self.goes_on_until = 0.0

    def let_pass(self) -> None:
        """Pause if somebody reads; called between two batches."""
        self._right.pause(self)
