"""Read the history of a project's examples: what an undo, a redo or a diff needs.

Functions take the versions of one project, newest first, as the store gives them.
"""

from collections.abc import Iterator, Mapping, Sequence

from ftcore.errors import UnknownVersionError
from ftcore.storage.records import DatasetRow

RESTORE = "restore"
BEGINNINGS = ("import", "reread", "hub", "template", "table")  # not made by hand
LINES = "lines"  # param of an addition: the lines of the file that it recovers
_REDO = "redo"  # param of a version that an undo made: what redos bring back


def find_version(rows: Sequence[DatasetRow], version_id: str) -> DatasetRow:
    """Return one version of a project.

    Raises:
        UnknownVersionError: It is not among them.
    """
    for row in rows:
        if row.id == version_id:
            return row
    raise UnknownVersionError(version=version_id)


def change_params(row: DatasetRow) -> dict[str, object]:
    """Return the values that say what a version's change did."""
    found = row.change.get("params")
    return dict(found) if isinstance(found, dict) else {}


def before(rows: Sequence[DatasetRow]) -> DatasetRow | None:
    """Return the version that an undo brings back, if any."""
    by_id = {row.id: row for row in rows}
    if not rows:
        return None
    row = _undone_to(rows[0], by_id)
    return by_id.get(row.parent_id or "")


def edits_since_import(rows: Sequence[DatasetRow]) -> int:
    """Count the changes between the current version and the file it descends from."""
    return sum(1 for _ in _edits(rows))


def recovered_lines(rows: Sequence[DatasetRow]) -> frozenset[int]:
    """Return the lines of the file that were left out and have been added since."""
    lines = (change_params(row).get(LINES) for row in _edits(rows))
    return frozenset(n for found in lines if isinstance(found, list) for n in found)


def _edits(rows: Sequence[DatasetRow]) -> Iterator[DatasetRow]:
    by_id = {row.id: row for row in rows}
    row = rows[0] if rows else None
    while row is not None and row.change.get("code") not in BEGINNINGS:
        if row.change.get("code") == RESTORE:
            row = by_id.get(str(change_params(row)["version"]))
        else:
            yield row
            row = by_id.get(row.parent_id or "")


def undo_params(rows: Sequence[DatasetRow], target: DatasetRow) -> dict[str, object]:
    """Return what the version made by an undo must remember, to be redone."""
    by_id = {row.id: row for row in rows}
    undone = _undone_to(rows[0], by_id).id
    return restore_params(target) | {_REDO: [*_redo_stack(rows), undone]}


def after(rows: Sequence[DatasetRow]) -> DatasetRow | None:
    """Return the version that a redo brings back: the one undone last, if any."""
    stack = _redo_stack(rows)
    return next((row for row in rows if stack and row.id == stack[-1]), None)


def redo_params(rows: Sequence[DatasetRow], target: DatasetRow) -> dict[str, object]:
    """Return what the version made by a redo must remember."""
    return restore_params(target) | {_REDO: _redo_stack(rows)[:-1]}


def restore_params(target: DatasetRow) -> dict[str, object]:
    """Return what the version made by going back must remember."""
    return {"version": target.id, "number": target.number}


def _redo_stack(rows: Sequence[DatasetRow]) -> list[str]:
    found = change_params(rows[0]).get(_REDO) if rows else None
    return [str(version_id) for version_id in found] if isinstance(found, list) else []


def _undone_to(row: DatasetRow, by_id: Mapping[str, DatasetRow]) -> DatasetRow:
    """Follow undos and redos to the version whose place they took."""
    while _REDO in change_params(row):
        row = by_id[str(change_params(row)["version"])]
    return row
