"""The verbs of the store on the playground: answers, thumbs and saved cases."""

from sqlalchemy import func, select, update

from ftcore.storage.records import SavedCaseRow, TrialRow
from ftcore.storage.tables import Tables


class TrialTable(Tables):
    """Verbs on what a participant tried, and on what is worth trying again."""

    def add_trial(self, job_id: str, **fields: object) -> TrialRow:
        """Keep an answer; it ends the conversation with its arm."""
        return self._add(
            TrialRow(
                id=self._make_id(), job_id=job_id, created_at=self._clock(), **fields
            )
        )

    def trial(self, trial_id: str) -> TrialRow | None:
        """Return one answer by its id."""
        return self._first(select(TrialRow).where(TrialRow.id == trial_id))

    def trials(self, job_id: str) -> list[TrialRow]:
        """Return every answer of a model, oldest first, conversation or not."""
        mine = select(TrialRow).where(TrialRow.job_id == job_id)
        return self._all(mine.order_by(TrialRow.created_at, TrialRow.id))

    def like_trial(self, trial_id: str, liked: bool | None) -> None:
        """Keep a thumb; another one replaces it and ``None`` takes it back."""
        self._set(TrialRow, trial_id, liked=liked)

    def leave_trials(self, job_id: str, trial_id: str | None = None) -> None:
        """Take one answer, or all of a model, out of the conversation."""
        change = update(TrialRow).where(
            TrialRow.job_id == job_id, TrialRow.left_at.is_(None)
        )
        if trial_id is not None:
            change = change.where(TrialRow.id == trial_id)
        with self._write() as session:
            session.execute(change.values(left_at=self._clock()))

    def return_trials(self, job_id: str) -> None:
        """Bring back the answers that left the conversation last, together."""
        mine = TrialRow.job_id == job_id
        newest = select(func.max(TrialRow.left_at)).where(mine).scalar_subquery()
        change = update(TrialRow).where(mine, TrialRow.left_at == newest)
        with self._write() as session:
            session.execute(change.values(left_at=None))

    def add_case(self, project_id: str, question: str, answer: str) -> SavedCaseRow:
        """Keep a question with its right answer."""
        return self._add(
            SavedCaseRow(
                id=self._make_id(),
                project_id=project_id,
                question=question,
                answer=answer,
                created_at=self._clock(),
            )
        )

    def saved_case(self, case_id: str) -> SavedCaseRow | None:
        """Return one case by its id, removed or not."""
        return self._first(select(SavedCaseRow).where(SavedCaseRow.id == case_id))

    def saved_cases(self, project_id: str) -> list[SavedCaseRow]:
        """Return the cases of a project that are not removed, oldest first."""
        mine = select(SavedCaseRow).where(
            SavedCaseRow.project_id == project_id, SavedCaseRow.removed_at.is_(None)
        )
        return self._all(mine.order_by(SavedCaseRow.created_at, SavedCaseRow.id))

    def remove_case(self, case_id: str, *, removed: bool = True) -> None:
        """Take a case away, or bring it back."""
        moment = self._clock() if removed else None
        self._set(SavedCaseRow, case_id, removed_at=moment)
