"""See how many cores nobody uses at the moment, or would give up at once."""

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_PROC = Path("/proc")
_GIVES_WAY = 10  # nicer than oneself by so much leaves its core to oneself
_STATE, _NICE, _THREADS = 0, 16, 17  # places in `stat`, after the name; man 5 proc
_RUNNING = "R"
_MOMENT = 0.002  # seconds: whoever only handed a request on has ended by then


def free_cores(
    proc: Path = _PROC, cores: int | None = None, own_nice: int | None = None
) -> int:
    """Return how many threads could run now without waiting, the caller's included.

    llama.cpp's threads wait for each other after every step of every layer. Where one
    of them has to wait for a core, all do: beside another who computes, two threads
    took a hundred times as long as one. Trainings do not count for a server: they give
    way, and beside two of them two threads read a prompt 1.4 times as fast as one. To
    the exam of a training the others do count, which are as nice as it is.

    Args:
        proc: What the kernel says; 1 is returned where it says nothing.
        cores: Of this machine, unless told otherwise.
        own_nice: Niceness of the caller, unless told otherwise.
    """
    try:
        running = int((proc / "loadavg").read_text().split()[3].partition("/")[0])
        if running > 1:  # of the whole host, and of those who give way
            own = os.nice(0) if own_nice is None else own_nice
            found = list(_running_threads(proc, own))
            time.sleep(_MOMENT)
            running = len(_still_running(found))
    except (OSError, ValueError, IndexError):
        return 1
    return max(1, (cores or os.cpu_count() or 1) - max(0, running - 1))


def _running_threads(proc: Path, own_nice: int) -> Iterator[str]:
    """Yield the `stat` of each thread that runs now and does not give way."""
    for process in os.scandir(proc):
        if not process.name.isdigit():
            continue
        own = f"{process.path}/stat"
        facts = _facts(own)
        if not facts or int(facts[_NICE]) - own_nice >= _GIVES_WAY:
            continue
        if int(facts[_THREADS]) == 1:
            yield from _still_running([own])
            continue
        try:
            tasks = [f"{task.path}/stat" for task in os.scandir(f"{process.path}/task")]
        except OSError:  # it has just ended
            continue
        yield from _still_running(tasks)


def _still_running(stats: Sequence[str]) -> list[str]:
    """Return those that run now."""
    return [stat for stat in stats if _facts(stat)[:1] == [_RUNNING]]


def _facts(stat: str) -> list[str]:
    """Return the fields after the name, which may hold blanks itself."""
    try:
        with open(stat, "rb") as file:  # noqa: PTH123 (hundreds: a Path is dearer)
            return file.read().rpartition(b")")[2].decode("ascii").split()
    except OSError:
        return []
