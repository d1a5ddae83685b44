"""See how many cores nobody uses at the moment, or would give up at once."""

import os
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_GIVES_WAY = 10  # niceness from which on a process leaves its core to whoever wants it
_STATE, _NICE, _THREADS = 0, 16, 17  # places in `stat`, after the name; man 5 proc
_RUNNING = "R"


def free_cores(proc: Path = _PROC, cores: int | None = None) -> int:
    """Return how many threads could run now without waiting, the caller's included.

    llama.cpp's threads wait for each other after every step of every layer. Where one
    of them has to wait for a core, all do: beside another who computes, two threads
    took a hundred times as long as one. Trainings do not count: they give way, and
    beside two of them two threads read a prompt 1.4 times as fast as one.

    Args:
        proc: What the kernel says; 1 is returned where it says nothing.
        cores: Of this machine, unless told otherwise.
    """
    try:
        running = int((proc / "loadavg").read_text().split()[3].partition("/")[0])
        if running > 1:  # of the whole host, and of those who give way
            running = sum(_running_threads(proc))
    except (OSError, ValueError, IndexError):
        return 1
    return max(1, (cores or os.cpu_count() or 1) - max(0, running - 1))


def _running_threads(proc: Path) -> Iterator[int]:
    """Yield the threads that run now of each process that does not give way."""
    for process in os.scandir(proc):
        if not process.name.isdigit():
            continue
        facts = _facts(f"{process.path}/stat")
        if not facts or int(facts[_NICE]) >= _GIVES_WAY:
            continue
        if int(facts[_THREADS]) == 1:
            yield facts[_STATE] == _RUNNING
            continue
        try:
            tasks = [task.path for task in os.scandir(f"{process.path}/task")]
        except OSError:  # it has just ended
            continue
        yield sum(_facts(f"{task}/stat")[:1] == [_RUNNING] for task in tasks)


def _facts(stat: str) -> list[str]:
    """Return the fields after the name, which may hold blanks itself."""
    try:
        with open(stat, "rb") as file:  # noqa: PTH123 (hundreds: a Path is dearer)
            return file.read().rpartition(b")")[2].decode("ascii").split()
    except OSError:
        return []
