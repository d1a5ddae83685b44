"""Remember what was worked out of versions that never change."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

MOST_EXAMPLES = 60_000  # of all values together: a full room, or six big samples


class Recent(Generic[Value]):
    """Keeps the newest values up to a total size; safe between threads.

    Args:
        most: Total size, in examples, beyond which the oldest values go.
    """

    def __init__(self, most: int = MOST_EXAMPLES) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[int, Value]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, size: int, make: Callable[[], Value]) -> Value:
        """Return the value of ``key``, made now if it is not remembered.

        Args:
            key: What it is about.
            size: Its size, in examples.
            make: Makes it; two threads may both make the first one.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        value = make()
        with self._lock:
            self._kept[key] = size + 1, value
            while sum(kept for kept, _ in self._kept.values()) > self._most:
                self._kept.popitem(last=False)
        return value
