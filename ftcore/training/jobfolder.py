"""A job on disk: what to do, what happened, and whether to stop."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ftcore.data.examples import Dataset
from ftcore.errors import UnknownJobError
from ftcore.models.trained import StoredExample, load_examples, save_examples
from ftcore.training.base import (
    JobState,
    JobStatus,
    Phase,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)

REQUEST = "request.json"
DATASET = "dataset.jsonl"
TEST = "test.jsonl"
EVENTS = "events.jsonl"
STATUS = "status.json"
CANCEL = "cancel"
PAUSE = "pause"
MODEL = "model"
CHECKPOINT = "checkpoint"
LOG = "worker.log"
PID = "pid.json"
TIMINGS = "timings.json"


class JobFolder:
    """Reads and writes one job folder; server and child share nothing else.

    Args:
        path: The folder ``<jobs_dir>/<job_id>``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def model_dir(self) -> Path:
        """Where the model goes."""
        return self.path / MODEL

    @property
    def checkpoint_dir(self) -> Path:
        """Where the training keeps its state, to go on from."""
        return self.path / CHECKPOINT

    @property
    def log(self) -> Path:
        """Where the child's stderr goes."""
        return self.path / LOG

    def exists(self) -> bool:
        """Whether a whole request is here."""
        return (self.path / REQUEST).is_file()

    @property
    def age_seconds(self) -> float:
        """Time since the request was written."""
        return time.time() - (self.path / REQUEST).stat().st_mtime

    def write_request(self, request: TrainingRequest) -> None:
        """Write what to do; ``request.json`` last, so that it marks a whole job."""
        self.path.mkdir(parents=True, exist_ok=True)
        chosen = request.held_out or ()
        numbered = enumerate(request.dataset, 1)
        rows = [StoredExample(e, held_out=row in chosen) for row, e in numbered]
        save_examples(self.path / DATASET, rows)
        if request.test is not None:
            held_out = [StoredExample(e, held_out=True) for e in request.test]
            save_examples(self.path / TEST, held_out)
        self._write(
            REQUEST,
            {
                "job_id": request.job_id,
                "dataset_name": request.dataset.name,
                "config": request.config.to_json(),
                "system_prompt": request.system_prompt,
                "refusal": request.refusal,
                "title": request.title,
                "is_chosen": request.held_out is not None,
                "dataset_version": request.dataset_version,
            },
        )

    def read_request(self) -> TrainingRequest:
        """Return what :meth:`write_request` wrote.

        Raises:
            UnknownJobError: There is no whole request here.
        """
        if not self.exists():
            raise UnknownJobError(job_id=self.path.name)
        values = json.loads((self.path / REQUEST).read_text(encoding="utf-8"))
        config = TrainingConfig.from_json(values["config"])
        stored = load_examples(self.path / DATASET)
        examples = tuple(s.example for s in stored)
        chosen = tuple(row for row, s in enumerate(stored, 1) if s.held_out)
        test = None
        if (self.path / TEST).is_file():
            test = tuple(s.example for s in load_examples(self.path / TEST))
        return TrainingRequest(
            job_id=values["job_id"],
            dataset=Dataset(values["dataset_name"], config.task, examples),
            config=config,
            system_prompt=values["system_prompt"],
            refusal=values["refusal"],
            test=test,
            title=values["title"],
            # A job from before these were written has neither.
            held_out=chosen if values.get("is_chosen") else None,
            dataset_version=values.get("dataset_version", 0),
        )

    def append_event(self, event: ProgressEvent) -> None:
        """Add one line; a single write, so that a reader never sees half a line."""
        with (self.path / EVENTS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(event)) + "\n")

    def read_events(self) -> list[ProgressEvent]:
        """Return the events so far, oldest first.

        Steps that were lost when the child was killed, and done again since, count
        only as they were done in the end.
        """
        path = self.path / EVENTS
        if not path.is_file():
            return []
        lines = path.read_text(encoding="utf-8").split("\n")
        found: list[ProgressEvent] = []
        furthest = 0
        for event in filter(None, map(_parsed, lines[:-1])):  # the last is not ended
            if event.phase is Phase.TRAINING and 0 < event.step <= furthest:
                found = [e for e in found if e.step < event.step]
            furthest = event.step or furthest
            found.append(event)
        return found

    def write_status(self, status: JobStatus) -> None:
        """Replace the status; a reader sees the old one or the new one."""
        self._write(STATUS, asdict(status))

    def read_status(self) -> JobStatus | None:
        """Return the newest status; ``None`` before the first one."""
        path = self.path / STATUS
        if not path.is_file():
            return None
        values = json.loads(path.read_text(encoding="utf-8"))
        values["state"] = JobState(values["state"])
        values["last"] = _event(values["last"]) if values["last"] else None
        return JobStatus(**values)

    def ask_pause(self) -> None:
        """Ask the child to keep its state and end at its next step."""
        (self.path / PAUSE).touch()

    def is_pause_asked(self) -> bool:
        """Whether somebody asked for a pause."""
        return (self.path / PAUSE).exists()

    def clear_pause(self) -> None:
        """Forget that somebody asked for a pause, so that the job may go on."""
        (self.path / PAUSE).unlink(missing_ok=True)

    def ask_cancel(self) -> None:
        """Ask the child to stop at its next step."""
        (self.path / CANCEL).touch()

    def is_cancel_asked(self) -> bool:
        """Whether somebody asked to stop."""
        return (self.path / CANCEL).exists()

    def cancel_asked_at(self) -> float | None:
        """Return when the stop was first asked (seconds of the epoch), if it was."""
        path = self.path / CANCEL
        return path.stat().st_mtime if path.exists() else None

    def write_pid(self, pid: int, started: float) -> None:
        """Keep the child's process id and the time it was born.

        Args:
            pid: Process id.
            started: Birth as the system tells it, in seconds of the epoch: process
                ids are used again, births are not.
        """
        self._write(PID, {"pid": pid, "started": started})

    def read_pid(self) -> tuple[int, float] | None:
        """Return what :meth:`write_pid` wrote; ``None`` before."""
        path = self.path / PID
        if not path.is_file():
            return None
        values = json.loads(path.read_text(encoding="utf-8"))
        return int(values["pid"]), float(values["started"])

    def write_timings(self, timings: Mapping[str, Mapping[str, float]]) -> None:
        """Keep how long each part of the job took, in seconds."""
        self._write(TIMINGS, dict(timings))

    def read_timings(self) -> dict[str, dict[str, float]]:
        """Return what :meth:`write_timings` wrote; nothing before the job's end."""
        path = self.path / TIMINGS
        if not path.is_file():
            return {}
        values: dict[str, dict[str, float]] = json.loads(path.read_text("utf-8"))
        return values

    def _write(self, name: str, values: dict[str, Any]) -> None:
        partial = self.path / f".{name}.{os.getpid()}.partial"
        partial.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        partial.replace(self.path / name)


def _parsed(line: str) -> ProgressEvent | None:
    """Return an event; ``None`` for a line that a killed child left half written."""
    try:
        return _event(json.loads(line))
    except (ValueError, TypeError, KeyError):
        return None


def _event(values: dict[str, Any]) -> ProgressEvent:
    return ProgressEvent(**{**values, "phase": Phase(values["phase"])})
