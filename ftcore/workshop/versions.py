"""The versions of a project's examples: how one is kept, and which came before."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.runtime import new_id
from ftcore.storage.records import DatasetRow, ProjectRow
from ftcore.workshop.context import Context
from ftcore.workshop.dataset_folder import (
    NO_READING,
    KeptDataset,
    Reading,
    Source,
    load_dataset,
    load_reading,
    load_source,
    save_dataset,
)
from ftcore.workshop.history import change_params
from ftcore.workshop.recent import Recent


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One line of the history of a project's examples.

    Attributes:
        id: Identifier of the version.
        number: Its number in the project, from 1.
        author: Nickname of who made it; may be empty.
        created_at: When, in UTC.
        rows: How many examples it has.
        change: What was done; key of ``data.versions.changes.<change>``.
        params: Values for that text.
        is_current: Whether it would train now.
        trained: Whether a model has been trained with it.
    """

    id: str
    number: int
    author: str
    created_at: datetime
    rows: int
    change: str
    params: Mapping[str, object]
    is_current: bool
    trained: bool


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a change makes of the examples.

    Attributes:
        kept: The examples now.
        code: What was done.
        params: Values for the text that says it.
        held_out: Positions that the participant wants asked; ``None``: ours.
        import_id: Version whose folder keeps the file that they descend from.
        origin: Where they came from first: upload, template, table or hub.
        source: The file that they have just been read from.
    """

    kept: KeptDataset
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    held_out: Sequence[int] | None = None
    import_id: str | None = None
    origin: str = "upload"
    source: Source | None = None


class Versions:
    """Reads and keeps versions; nothing is ever changed or deleted."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._folder = context.settings.data_dir / "datasets"
        self._kept: Recent[KeptDataset] = Recent()
        self._readings: Recent[Reading] = Recent()
        self._locks: dict[str, threading.RLock] = defaultdict(threading.RLock)
        self._guard = threading.Lock()

    @contextmanager
    def lock(self, project: ProjectRow) -> Iterator[None]:
        """Let one change at a time read the newest version and follow it."""
        with self._guard:
            mine = self._locks[project.id]
        with mine:
            yield

    def rows(self, project: ProjectRow) -> list[DatasetRow]:
        """Return the versions of a project, newest first."""
        return self._store.datasets(project.id)

    def read(self, row: DatasetRow) -> KeptDataset:
        """Return the examples of a version."""

        def load() -> KeptDataset:
            return load_dataset(self.folder(row.id), row.filename, Task(row.task))

        return self._kept.get(row.id, row.rows, load)

    def reading(self, row: DatasetRow) -> Reading:
        """Return how the file was read that a version descends from."""
        source = row.import_id
        if source is None:
            return NO_READING
        return self._readings.get(
            source, row.rows, lambda: load_reading(self.folder(source))
        )

    def source(self, row: DatasetRow) -> bytes | None:
        """Return the file that a version descends from, if it was kept."""
        return load_source(self.folder(row.import_id)) if row.import_id else None

    def folder(self, version_id: str) -> Path:
        """Return the folder of a version."""
        return self._folder / version_id

    def keep(self, project: ProjectRow, author_id: str, new: NewVersion) -> DatasetRow:
        """Make ``new`` the current version, unless the current one is the same.

        The folder is whole before the row exists; two at once get two numbers.
        """
        rows = self.rows(project)
        parent = rows[0] if rows else None
        if parent is not None and self._is_same(parent, new):
            return parent
        version_id = new_id()
        save_dataset(self.folder(version_id), new.kept, new.source)
        dataset = new.kept.dataset
        return self._store.add_dataset(
            project.id,
            version_id,
            filename=dataset.name,
            origin=new.origin,
            task=dataset.task.value,
            rows=len(dataset),
            fingerprint=dataset.fingerprint,
            author_id=author_id,
            parent_id=parent.id if parent else None,
            import_id=version_id if new.source else new.import_id,
            change={"code": new.code, "params": dict(new.params)},
            held_out=None if new.held_out is None else sorted(new.held_out),
        )

    def history(self, project: ProjectRow) -> list[DatasetVersion]:
        """Return every version, newest first."""
        trained = {
            job.dataset_id for job in self._store.jobs(project.id) if job.model_dir
        }
        names = {person.id: person.nickname for person in self._store.participants()}
        return [
            DatasetVersion(
                row.id,
                row.number,
                names.get(row.author_id or "", ""),
                row.created_at,
                row.rows,
                str(row.change.get("code", "")),
                change_params(row),
                is_current=place == 0,
                trained=row.id in trained,
            )
            for place, row in enumerate(self.rows(project))
        ]

    def _is_same(self, row: DatasetRow, new: NewVersion) -> bool:
        held_out = None if new.held_out is None else sorted(new.held_out)
        return (
            row.fingerprint == new.kept.dataset.fingerprint
            and row.held_out == held_out
            and self.read(row).test == new.kept.test
            and (new.source is None or self.reading(row) == new.source.reading)
        )
