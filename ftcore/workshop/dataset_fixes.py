"""Mend the examples with one click, after showing what that would do."""

from collections.abc import Callable, Collection

from ftcore.data.changes import FixResult, rebuild
from ftcore.data.fixes import apply_all, apply_fix
from ftcore.storage.records import DatasetRow
from ftcore.workshop.dataset_edits import DatasetEdits, Edit, Params
from ftcore.workshop.dataset_folder import KeptDataset

MASK = "personal_data"  # code of the fix that is told as masking
NEAR = "near_duplicate"  # its rows are those found by meaning, when they were


class DatasetFixes(DatasetEdits):
    """Verbs that mend; each keeps a version, and a look at it keeps nothing."""

    def preview_fix(
        self, participant_id: str, code: str, rows: Collection[int] | None = None
    ) -> FixResult:
        """Return what :meth:`fix` would do, and keep nothing.

        Raises:
            StepLockedError: There are no examples yet.
        """
        row = self._context.dataset(self._context.project(participant_id))
        return self._fixed(row, self._versions.read(row), code, rows)

    def fix(
        self,
        participant_id: str,
        code: str,
        rows: Collection[int] | None = None,
        *,
        base: str | None = None,
    ) -> FixResult:
        """Mend what the findings of one code are about, as a new version.

        Args:
            participant_id: Whose examples.
            code: Code of the findings; ``can_fix`` says which can be mended.
            rows: Positions from 1; ``None`` mends all that need it.
            base: Version that the participant was looking at.

        Raises:
            StepLockedError: There are no examples yet.
            StaleVersionError: ``base`` is not the current version.
        """
        told = "mask" if code == MASK else "fix"
        return self._mend(
            participant_id,
            lambda kept, row: self._fixed(row, kept, code, rows),
            (told, {"code": code}),
            base,
        )

    def preview_all(self, participant_id: str) -> FixResult:
        """Return what :meth:`fix_all` would do, and keep nothing.

        Raises:
            StepLockedError: There are no examples yet.
        """
        row = self._context.dataset(self._context.project(participant_id))
        return self._all_fixed(self._versions.read(row), row)

    def fix_all(self, participant_id: str, *, base: str | None = None) -> FixResult:
        """Apply every safe fix as one new version; errors as :meth:`fix`."""
        return self._mend(participant_id, self._all_fixed, ("fix_all", {}), base)

    def _mend(
        self,
        participant_id: str,
        mend: Callable[[KeptDataset, DatasetRow], FixResult],
        told: tuple[str, Params],
        base: str | None,
    ) -> FixResult:
        self._context.dataset(self._context.project(participant_id))
        results: list[FixResult] = []

        def edit(kept: KeptDataset, row: DatasetRow) -> Edit:
            result = mend(kept, row)
            results.append(result)
            code, params = told
            return Edit(result.dataset, code, {**params, "count": len(result.changes)})

        self._edit(participant_id, edit, base)
        return results[0]

    def _fixed(
        self,
        row: DatasetRow,
        kept: KeptDataset,
        code: str,
        rows: Collection[int] | None,
    ) -> FixResult:
        chosen = None if rows is None else frozenset(rows)
        if code != NEAR:
            return apply_fix(kept.dataset, code, chosen)
        found = self._substance.of(row, kept).findings
        named = {f.line for f in found if f.code == NEAR and f.line is not None}
        out = named if chosen is None else named & chosen
        return rebuild(kept.dataset, dict.fromkeys(out))

    def _all_fixed(self, kept: KeptDataset, row: DatasetRow) -> FixResult:
        return apply_all(kept.dataset, self._substance.of(row, kept).findings)
