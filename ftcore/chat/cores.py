"""See how many cores nobody uses at the moment."""

import os
from pathlib import Path

_LOAD = Path("/proc/loadavg")  # its fourth field: tasks that run now / all tasks


def free_cores(load: Path = _LOAD, cores: int | None = None) -> int:
    """Return how many threads could run now without waiting, the caller's included.

    llama.cpp's threads wait for each other after every step of every layer. Where one
    of them has to wait for a core, all do: beside a training, two threads took a
    hundred times as long as one. So a second one is for an idle machine only.

    Args:
        load: What the kernel says; 1 is returned where it says nothing.
        cores: Of this machine, unless told otherwise.
    """
    try:
        running = int(load.read_text().split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 1
    return max(1, (cores or os.cpu_count() or 1) - max(0, running - 1))
