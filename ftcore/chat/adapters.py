"""Keep the adapters that are in use loaded, and few others."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ftcore.errors import ChatFailedError

MOST_ADAPTERS = 30  # a room; 10 MB each
IDLE_SECONDS = 600.0  # longer than most people look at a page without asking


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter's file, told apart from an older one at the same path."""

    path: Path
    modified_ns: int
    size: int

    @classmethod
    def of(cls, path: Path) -> "Adapter":
        """Look at the file.

        Raises:
            ChatFailedError: It is not there.
        """
        try:
            found = path.stat()
        except OSError as error:
            raise ChatFailedError(reason=f"no adapter at {path}") from error
        return cls(path, found.st_mtime_ns, found.st_size)

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was looked at."""
        try:
            return Adapter.of(self.path) == self
        except ChatFailedError:
            return False


@dataclass(slots=True)
class _Place:
    handle: int
    users: int
    last_used: float


class AdapterShelf:
    """Loads each adapter once for all that use it, and frees it when it may go.

    An adapter goes when nobody has it and it was replaced by a newer file, or was
    not used for a while, or is the one longest unused of too many.
    """

    def __init__(
        self,
        load: Callable[[Path], int],
        free: Callable[[int], None],
        *,
        most: int = MOST_ADAPTERS,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare an empty shelf.

        Args:
            load: Takes the file in; raises ``ChatFailedError`` if it is none.
            free: Gives back what ``load`` returned.
            most: Adapters to keep that nobody has at the moment, and those in use.
            idle_seconds: After how long without use one goes.
            clock: Seconds, rising.
        """
        self._load = load
        self._free = free
        self._most = most
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._places: dict[Adapter, _Place] = {}
        self._lock = threading.Lock()  # held while loading: the engine takes one a time

    @property
    def loaded(self) -> frozenset[Adapter]:
        """What is in memory now."""
        with self._lock:
            return frozenset(self._places)

    def take(self, adapter: Adapter) -> int:
        """Return the handle of an adapter, which stays until it is put back.

        Raises:
            ChatFailedError: The file cannot be loaded.
        """
        with self._lock:
            place = self._places.get(adapter)
            if place is None:
                place = _Place(self._load(adapter.path), 0, self._clock())
                self._places[adapter] = place
            place.users += 1
            place.last_used = self._clock()
            self._tidy()
            return place.handle

    def put_back(self, adapter: Adapter) -> None:
        """Say that one user of ``adapter`` has done with it."""
        with self._lock:
            place = self._places[adapter]
            place.users -= 1
            self._tidy()

    def drop_idle(self) -> bool:
        """Free what was not used for a while; whether anything went."""
        with self._lock:
            return self._tidy()

    def close(self) -> None:
        """Free everything; nobody may use an adapter any more."""
        with self._lock:
            for place in self._places.values():
                self._free(place.handle)
            self._places.clear()

    def _tidy(self) -> bool:
        now = self._clock()
        newest = {adapter.path: adapter for adapter in self._places}
        unused = [(p.last_used, a) for a, p in self._places.items() if not p.users]
        unused.sort(key=lambda pair: pair[0])
        excess = len(self._places) - self._most
        going = [
            adapter
            for rank, (last_used, adapter) in enumerate(unused)
            if rank < excess
            or now - last_used >= self._idle_seconds
            or newest[adapter.path] != adapter
        ]
        for adapter in going:
            self._free(self._places.pop(adapter).handle)
        return bool(going)
