"""How many trainings this machine takes at once, and with how many threads."""

import os
from pathlib import Path

import psutil

from ftcore.settings import Settings

WORKER_BYTES = 2 * 1024**3  # one training of the embedded model at its peak
RESERVED_BYTES = 2 * 1024**3  # the web server, its chats and the system
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def usable_cores() -> int:
    """Return the processor cores that this process may run on."""
    if hasattr(psutil.Process, "cpu_affinity"):  # macOS has none
        return len(psutil.Process().cpu_affinity())
    return os.cpu_count() or 1


def usable_memory(limit_file: Path = _CGROUP_LIMIT) -> int:
    """Return the bytes of memory of this machine, or of its container if less.

    Args:
        limit_file: Where Linux says what a container may use.
    """
    machine = int(psutil.virtual_memory().total)
    try:
        written = limit_file.read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(written)) if written.isdigit() else machine


def worker_count(
    settings: Settings, cores: int | None = None, memory: int | None = None
) -> int:
    """Return how many trainings run at once: as many as cores and memory allow.

    Two workers of one thread each do more than one of two: threads wait for each
    other after every product, processes never.

    Args:
        settings: ``parallel_jobs`` overrides; 0 chooses.
        cores: Cores to count on; this process's own unless given.
        memory: Bytes to count on; this machine's unless given.
    """
    if settings.parallel_jobs:
        return settings.parallel_jobs
    available = usable_memory() if memory is None else memory
    fitting = (available - RESERVED_BYTES) // WORKER_BYTES
    return max(1, min(usable_cores() if cores is None else cores, fitting))


def threads_of_each(settings: Settings, workers: int, cores: int | None = None) -> int:
    """Return the threads of one training when ``workers`` of them share the machine.

    Args:
        settings: ``training_threads`` overrides; 0 chooses.
        workers: Trainings at once.
        cores: Cores to count on; this process's own unless given.
    """
    if settings.training_threads:
        return settings.training_threads
    found = usable_cores() if cores is None else cores
    return max(1, found // max(1, workers))
