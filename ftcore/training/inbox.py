"""Hand jobs to a waiting worker, through a folder that only the two of them know.

A worker's inbox is an empty folder, or one with one task. Both sides rely on what a
file system does in one step: a task is linked into the folder, which fails when the
folder is gone or taken; the worker leaves by removing the folder, which fails when a
task has just arrived. So no job is ever lost between the two, and none runs twice.
"""

import json
import os
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_TASK = "task.json"
_END = ".end"


@dataclass(frozen=True, slots=True)
class Task:
    """One job for a worker.

    Attributes:
        folder: The job folder.
        threads: Threads to compute with.
    """

    folder: str
    threads: int


class Inbox:
    """One worker's inbox.

    Args:
        path: The folder; its name is the worker's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def is_free(self) -> bool:
        """Whether the worker is there and has nothing to do."""
        return self.path.is_dir() and not (self.path / _TASK).exists()

    def open(self) -> None:
        """Make the folder."""
        self.path.mkdir(parents=True, exist_ok=True)

    def put(self, task: Task) -> bool:
        """Hand over a task; false if the worker has left or has one already."""
        draft = self.path.parent / f".{uuid.uuid4().hex}.partial"
        draft.write_text(json.dumps(asdict(task)), encoding="utf-8")
        try:
            os.link(draft, self.path / _TASK)
        except OSError:
            return False
        finally:
            draft.unlink()
        return True

    def look(self) -> Task | None:
        """Return the task that waits here; it stays until :meth:`done`."""
        try:
            values = json.loads((self.path / _TASK).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Task(**values)

    @property
    def is_end_asked(self) -> bool:
        """Whether somebody asked the worker to leave after what it does."""
        return self.path.with_suffix(_END).exists()

    def ask_end(self) -> None:
        """Ask the worker to leave after what it does."""
        self.path.with_suffix(_END).touch()

    def done(self) -> None:
        """Take the task away: the worker is free again."""
        (self.path / _TASK).unlink(missing_ok=True)

    def leave(self) -> bool:
        """Remove the folder; false if a task has just arrived and must be done."""
        try:
            self.path.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    def clear(self) -> None:
        """Remove what a dead worker left."""
        self.done()
        with suppress(OSError):
            self.path.rmdir()
