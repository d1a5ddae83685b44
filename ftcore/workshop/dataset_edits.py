"""Change the examples by hand, choose the exam, and go back to any version."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ftcore.data.differences import match_rows
from ftcore.data.examples import Dataset, Example
from ftcore.data.splitting import plan_split
from ftcore.errors import (
    ExamNeedsClassError,
    ExamNeedsTrainingError,
    NothingHeldOutError,
    StaleVersionError,
    StepLockedError,
)
from ftcore.storage.records import DatasetRow, ProjectRow
from ftcore.workshop.dataset_folder import KeptDataset
from ftcore.workshop.dataset_views import CurrentDataset, DatasetViews
from ftcore.workshop.history import (
    LINES,
    RESTORE,
    after,
    before,
    find_version,
    redo_params,
    restore_params,
    undo_params,
)
from ftcore.workshop.versions import NewVersion

Params = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change makes of the examples, and how it is told."""

    dataset: Dataset
    code: str
    params: Params = field(default_factory=dict)


class DatasetEdits(DatasetViews):
    """Verbs that make a version from the current one.

    A change that leaves the examples as they are makes no version. ``base`` is the
    id of the version that the participant was looking at: if another tab has made a
    newer one, nothing is changed and the participant is told.
    """

    def replace(
        self,
        participant_id: str,
        examples: Sequence[Example],
        *,
        code: str = "edit",
        base: str | None = None,
    ) -> CurrentDataset:
        """Put these examples in place of the current ones: the table after editing.

        A choice of held-out examples follows them to their new positions.

        Raises:
            StepLockedError: There is no version to edit yet.
            StaleVersionError: ``base`` is not the current version.
        """

        def edit(kept: KeptDataset, _row: DatasetRow) -> Edit:
            return Edit(replace(kept.dataset, examples=tuple(examples)), code)

        return self._edit(participant_id, edit, base)

    def add_examples(
        self,
        participant_id: str,
        examples: Sequence[Example],
        *,
        line: int | None = None,
        base: str | None = None,
    ) -> CurrentDataset:
        """Add examples at the end; other arguments and errors as :meth:`replace`.

        Args:
            participant_id: Whose examples.
            examples: What to add.
            line: Line of the file, left out until now, that they are made of.
            base: Version that the participant was looking at.
        """

        def edit(kept: KeptDataset, _row: DatasetRow) -> Edit:
            more = (*kept.dataset.examples, *examples)
            dataset = replace(kept.dataset, examples=more)
            params: Params = {"count": len(examples)}
            if line is not None:
                params = {**params, LINES: [line]}
            return Edit(dataset, "add", params)

        return self._edit(participant_id, edit, base)

    def hold_out(
        self,
        participant_id: str,
        rows: Collection[int] | None,
        *,
        base: str | None = None,
    ) -> CurrentDataset:
        """Choose what the model will be asked.

        Args:
            participant_id: Whose examples.
            rows: Positions from 1, which take along what asks the very same;
                ``None`` lets us choose.
            base: Version that the participant was looking at.

        Raises:
            StepLockedError: There are no examples yet.
            NothingHeldOutError: The choice is empty.
            UnknownRowError: A position is outside the dataset.
            ExamNeedsTrainingError: Nothing would be left to train with.
            ExamNeedsClassError: A class would have no example to train with.
        """
        project = self._context.project(participant_id)
        with self._versions.lock(project):
            row = self._newest(project, base)
            kept = self._versions.read(row)
            held_out = None
            if rows is not None:
                held_out = plan_split(kept.dataset, held_out=rows).held_out
            params = {"count": len(held_out) if held_out else 0}
            new = _following(row, kept, "hold_out", params, held_out)
            self._versions.keep(project, participant_id, new)
        return self._current(participant_id)

    def restore(self, participant_id: str, version_id: str) -> CurrentDataset:
        """Go back to a version: a new one that equals it becomes the current one.

        Raises:
            UnknownVersionError: The project has no such version.
        """
        project = self._context.project(participant_id)
        with self._versions.lock(project):
            target = find_version(self._versions.rows(project), version_id)
            self._go_to(project, participant_id, target, restore_params(target))
        return self._current(participant_id)

    def undo(self, participant_id: str) -> CurrentDataset | None:
        """Go one change back; at the first version nothing happens."""
        project = self._context.project(participant_id)
        with self._versions.lock(project):
            rows = self._versions.rows(project)
            target = before(rows)
            if target is not None:
                self._go_to(project, participant_id, target, undo_params(rows, target))
        return self.current(participant_id)

    def redo(self, participant_id: str) -> CurrentDataset | None:
        """Take one undo back; without one nothing happens."""
        project = self._context.project(participant_id)
        with self._versions.lock(project):
            rows = self._versions.rows(project)
            target = after(rows)
            if target is not None:
                self._go_to(project, participant_id, target, redo_params(rows, target))
        return self.current(participant_id)

    def _go_to(
        self, project: ProjectRow, author_id: str, target: DatasetRow, params: Params
    ) -> None:
        kept = self._versions.read(target)
        new = _following(target, kept, RESTORE, params, target.held_out)
        self._versions.keep(project, author_id, new)

    def _edit(
        self,
        participant_id: str,
        edit: Callable[[KeptDataset, DatasetRow], Edit],
        base: str | None,
    ) -> CurrentDataset:
        project = self._context.project(participant_id)
        with self._versions.lock(project):
            row = self._newest(project, base)
            kept = self._versions.read(row)
            done = edit(kept, row)
            held_out = _moved(row.held_out, kept.dataset, done.dataset)
            now = replace(kept, dataset=done.dataset)
            new = _following(row, now, done.code, done.params, held_out)
            self._versions.keep(project, participant_id, new)
        return self._current(participant_id)

    def _newest(self, project: ProjectRow, base: str | None) -> DatasetRow:
        rows = self._versions.rows(project)
        if not rows:
            raise StepLockedError(step="data", needs="examples")
        if base is not None and rows[0].id != base:
            raise StaleVersionError(current=rows[0].number)
        return rows[0]

    def _current(self, participant_id: str) -> CurrentDataset:
        current = self.current(participant_id)
        if current is None:  # a project that has a version never loses it
            raise StepLockedError(step="train", needs="data")
        return current


def _following(
    row: DatasetRow,
    kept: KeptDataset,
    code: str,
    params: Params,
    held_out: Sequence[int] | None,
) -> NewVersion:
    return NewVersion(kept, code, params, held_out, row.import_id, row.origin)


def _moved(
    held_out: Sequence[int] | None, old: Dataset, new: Dataset
) -> Sequence[int] | None:
    """Return where the chosen examples are now; ``None`` if they cannot be asked."""
    if held_out is None:
        return None
    partners = match_rows(old, new)
    rows = [partners[row] for row in held_out if row in partners]
    try:
        return plan_split(new, held_out=rows).held_out
    except (NothingHeldOutError, ExamNeedsTrainingError, ExamNeedsClassError):
        return None
