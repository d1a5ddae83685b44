"""Keep what was read of the openings of prompts, so that none is read twice.

A tuned model is asked with its instruction and the nearest example before the question.
Of a participant's examples there are few: what stands before the question was mostly
read before, and is put back in a millisecond.
"""

import threading
from collections import OrderedDict

from ftcore.chat.adapters import Adapter

MOST_BYTES = 128 * 1024**2  # of all together: 80 openings of the embedded model
FEWEST_TOKENS = 16  # read as fast as put back
MOST_TOKENS = 256  # longer ones have the turns of one conversation, which goes on

Key = tuple[Adapter | None, tuple[int, ...]]


class OpeningShelf:
    """States of contexts that read an opening; those longest unused go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Prepare an empty shelf.

        Args:
            most_bytes: That all states together may take.
        """
        self._most = most_bytes
        self._states: OrderedDict[Key, bytes] = OrderedDict()  # longest unused first
        self._bytes = 0
        self._lock = threading.Lock()

    def takes(self, tokens: int) -> bool:
        """Whether an opening of so many tokens is worth its place."""
        return self._most > 0 and FEWEST_TOKENS <= tokens <= MOST_TOKENS

    def is_full_of(self, adapter: Adapter | None) -> bool:
        """Whether one more state would turn out one of the same adapter's."""
        with self._lock:
            if not self._states:
                return False
            usual = self._bytes // len(self._states)
            next_out, _ = next(iter(self._states))
            return next_out == adapter and self._bytes + usual > self._most

    def find(self, key: Key) -> bytes | None:
        """Return the state of an opening, if it is here."""
        with self._lock:
            state = self._states.get(key)
            if state is not None:
                self._states.move_to_end(key)
            return state

    def put(self, key: Key, state: bytes) -> None:
        """Keep a state, and let go of others if it gets too much."""
        with self._lock:
            self._bytes += len(state) - len(self._states.pop(key, b""))
            self._states[key] = state
            while self._bytes > self._most:
                self._bytes -= len(self._states.popitem(last=False)[1])

    def clear(self) -> None:
        """Let go of all."""
        with self._lock:
            self._states.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._states)
