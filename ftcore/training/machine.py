"""What this machine, or the container that we run in, has: cores and memory."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from ftcore.errors import TrainingOutOfMemoryError

MB = 1e6
CGROUPS = Path("/sys/fs/cgroup")
_NO_MEMORY = ("can't allocate memory", "not enough memory")  # words of torch's CPU heap
_NO_LIMIT = 1e15  # bytes; cgroups of version 1 write 'none' as a huge number
_FILES = (  # limit, use and details, in version 2 and in version 1
    ("memory.max", "memory.current", "memory.stat"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
    ),
)


@dataclass(frozen=True, slots=True)
class _Container:
    """What the kernel says of a container's memory, in bytes."""

    limit: float
    used: float
    reclaimable: float


def usable_cores() -> int:
    """Return the processor cores that this process may run on."""
    if hasattr(psutil.Process, "cpu_affinity"):  # macOS has none
        return len(psutil.Process().cpu_affinity())
    return os.cpu_count() or 1


def total_memory_mb(root: Path = CGROUPS) -> float:
    """Return the memory of this machine, or of its container if that is less.

    Args:
        root: Where the kernel tells of control groups, in either version.
    """
    container = _container(root)
    total = float(psutil.virtual_memory().total)
    return min(total, container.limit if container else total) / MB


def free_memory_mb(root: Path = CGROUPS) -> float:
    """Return the memory that this process may still take.

    Of a container that is its own limit, which the system's figures do not show.

    Args:
        root: Where the kernel tells of control groups, in either version.
    """
    free = float(psutil.virtual_memory().available)
    container = _container(root)
    if container is not None:
        free = min(free, container.limit - container.used + container.reclaimable)
    return max(0.0, free) / MB


@contextmanager
def telling_of_memory(batch_size: int) -> Iterator[None]:
    """Turn what says that the memory is full into the error that explains it.

    Args:
        batch_size: Of the training inside.

    Raises:
        TrainingOutOfMemoryError: The memory did not hold what was done inside.
    """
    try:
        yield
    except MemoryError as error:
        raise TrainingOutOfMemoryError(batch_size=batch_size) from error
    except RuntimeError as error:
        if not any(words in str(error).lower() for words in _NO_MEMORY):
            raise
        raise TrainingOutOfMemoryError(batch_size=batch_size) from error


def peak_memory_mb() -> float:
    """Return the most memory that this process has held at once."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / MB
    import resource  # noqa: PLC0415  (only where it exists)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / MB if sys.platform == "darwin" else float(peak) * 1024 / MB


def _container(root: Path) -> _Container | None:
    """Return the limit that holds, or ``None`` if there is none."""
    for limit, used, stat in _FILES:
        most, taken = _bytes_in(root / limit), _bytes_in(root / used)
        if most is not None and most < _NO_LIMIT:
            return _Container(most, taken or 0.0, _reclaimable(root / stat))
    return None


def _bytes_in(path: Path) -> float | None:
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # 'max' is no number: no limit
        return None


def _reclaimable(path: Path) -> float:
    """Return the bytes of files that the kernel drops when memory is wanted."""
    try:
        rows = path.read_text(encoding="ascii").splitlines()
        return next(float(r.split()[1]) for r in rows if r.startswith("inactive_file "))
    except (OSError, StopIteration, ValueError):
        return 0.0
