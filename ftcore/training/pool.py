"""The training processes of this machine: started when needed, used again, found again.

They outlive the server. Each is known by a file ``<name>.json`` (who it is) beside its
inbox ``<name>/``, so that a new server finds the workers of the one before.
"""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from ftcore.runtime import THREAD_WAITING
from ftcore.settings import ROOT, Settings
from ftcore.training.capacity import threads_of_each, worker_count
from ftcore.training.inbox import Inbox, Task

WORKER = "ftcore.jobs.worker"
NICENESS = 19  # the least: the pages and chats of the room come first
_FREED_SECONDS, _FREED_LOOK_SECONDS = 3.0, 0.05
_BIRTH_TOLERANCE = 2.0  # seconds; clocks of the kernel and of the process round
# Freed memory must go back to the system: glibc keeps one arena a thread otherwise.
_ENVIRONMENT = {**THREAD_WAITING, "MALLOC_ARENA_MAX": "2"}


@dataclass(frozen=True, slots=True)
class Worker:
    """A living training process.

    Attributes:
        inbox: Where it takes its jobs from.
        pid: Process id.
        started: Birth as the system tells it, in seconds of the epoch.
    """

    inbox: Inbox
    pid: int
    started: float


class WorkerPool:
    """Starts workers, and hands each one job at a time.

    Args:
        settings: Where jobs, base models and the pool itself lie.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir / "pool"
        self._lock = threading.Lock()  # pages warm up while the runner starts jobs

    def workers(self) -> list[Worker]:
        """Return the living workers; what dead ones left is removed."""
        return list(self._living())

    def hire(self) -> Worker:
        """Return a worker that has nothing to do; a new one if there is none.

        A job is known to be over a moment before its worker is free again. Where as
        many live as may work at once, that one is waited for: another would load
        everything anew, and hold its memory for nothing.
        """
        deadline = time.monotonic() + _FREED_SECONDS
        with self._lock:
            while True:
                living = list(self._living())
                free = [worker for worker in living if worker.inbox.is_free]
                if free:
                    return free[0]
                is_full = len(living) >= worker_count(self._settings)
                if not is_full or time.monotonic() > deadline:
                    return self._start()
                time.sleep(_FREED_LOOK_SECONDS)

    def warm_up(self) -> None:
        """Start a worker unless there is one; it loads what every job needs."""
        with self._lock:
            if not any(True for _ in self._living()):
                self._start()

    def dismiss(self) -> None:
        """Ask every worker to leave after what it does."""
        for worker in self._living():
            worker.inbox.ask_end()

    def hand(self, worker: Worker, task: Task) -> bool:
        """Give a hired worker its task; false if it has left in the meantime."""
        return worker.inbox.put(task)

    def _start(self) -> Worker:
        inbox = Inbox(self._folder / uuid.uuid4().hex[:12])
        inbox.open()
        with inbox.path.with_suffix(".log").open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own module and folder
                [sys.executable, "-m", WORKER, "--pool", str(inbox.path)],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # it goes on when the server stops
            )
        # Somebody must take note of its end, or the system keeps it as a zombie.
        threading.Thread(target=child.wait, daemon=True).start()
        process = psutil.Process(child.pid)
        give_way(process)
        worker = Worker(inbox, child.pid, process.create_time())
        card = {"pid": worker.pid, "started": worker.started}
        inbox.path.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
        return worker

    def _living(self) -> Iterator[Worker]:
        for card in sorted(self._folder.glob("*.json")):
            values = _read(card)
            if values is None:
                continue
            inbox = Inbox(card.with_suffix(""))
            pid, started = int(values["pid"]), float(values["started"])
            if living_process(pid, started) is None:
                forget(inbox)
            else:
                yield Worker(inbox, pid, started)

    def _environment(self) -> dict[str, str]:
        threads = threads_of_each(self._settings, worker_count(self._settings))
        return {
            **os.environ,
            **_ENVIRONMENT,
            "OMP_NUM_THREADS": str(threads),
            "FTCORE_DATA": str(self._settings.data_dir),
            "FTCORE_MODELS": str(self._settings.models_dir),
        }


def forget(inbox: Inbox) -> None:
    """Remove what tells of a worker that is no more."""
    inbox.clear()
    for suffix in (".json", ".log", ".end"):
        inbox.path.with_suffix(suffix).unlink(missing_ok=True)


def living_process(pid: int, started: float) -> psutil.Process | None:
    """Return a process if it lives and is the one that was born then.

    Process ids are used again, births are not.
    """
    try:
        process = psutil.Process(pid)
        is_same = abs(process.create_time() - started) < _BIRTH_TOLERANCE
        is_dead = process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if is_same and not is_dead else None


def give_way(process: psutil.Process) -> None:
    """Let the pages and the chat go before a training.

    Linux shares the processor among sessions first, and a worker is a session of its
    own: there its own niceness counts for nothing, only the session's.
    """
    process.nice(NICENESS if os.name == "posix" else None)
    session = Path(f"/proc/{process.pid}/autogroup")
    if session.exists():
        with contextlib.suppress(OSError):  # a sandbox may show it and refuse it
            session.write_text(str(NICENESS), encoding="ascii")


def _read(card: Path) -> Mapping[str, float] | None:
    try:
        values: Mapping[str, float] = json.loads(card.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):  # just gone, or half written
        return None
    return values
