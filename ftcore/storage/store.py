"""One class over the database: the store's verbs, no SQL anywhere else."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from ftcore.storage.job_table import ACTIVE_STATES, JobTable
from ftcore.storage.records import (
    ApiKeyRow,
    DatasetRow,
    EvaluationRow,
    ParticipantRow,
    ProjectRow,
    RatingRow,
)
from ftcore.storage.trial_table import TrialTable

NUMBERING_ATTEMPTS = 20  # more than the tabs of one person that save at once


class Store(JobTable, TrialTable):
    """Keeps participants, projects, datasets, jobs, keys, evaluations and ratings.

    Rows come back detached: reading them is safe anywhere, changing them does
    nothing. Every write is one transaction.

    Args:
        engine: Database with the newest schema (``open_database``).
        clock: Gives the time of every write.
        make_id: Gives the id of every new row.
    """

    # --- participants and projects ---------------------------------------------

    def see_participant(self, participant_id: str) -> ParticipantRow:
        """Return the participant, noting the visit; the first visit creates the row."""
        now = self._clock()
        with self._write() as session:
            row = session.get(ParticipantRow, participant_id)
            if row is None:
                row = ParticipantRow(
                    id=participant_id, nickname="", created_at=now, seen_at=now
                )
                session.add(row)
            row.seen_at = now
        return row

    def name_participant(self, participant_id: str, nickname: str) -> None:
        """Set the name that the room sees."""
        self._set(ParticipantRow, participant_id, nickname=nickname)

    def participants(self) -> list[ParticipantRow]:
        """Return everybody, first come first."""
        return self._all(select(ParticipantRow).order_by(ParticipantRow.created_at))

    def add_project(self, participant_id: str, **fields: object) -> ProjectRow:
        """Start a project; it becomes the participant's current one."""
        row = ProjectRow(
            id=self._make_id(),
            participant_id=participant_id,
            created_at=self._clock(),
            tool=None,
            checklist={},
            **fields,
        )
        return self._add(row)

    def update_project(self, project_id: str, **fields: object) -> None:
        """Change fields of a project."""
        self._set(ProjectRow, project_id, **fields)

    def project(self, project_id: str) -> ProjectRow | None:
        """Return one project by its id."""
        return self._first(select(ProjectRow).where(ProjectRow.id == project_id))

    def projects(self) -> list[ProjectRow]:
        """Return every project, the newest first."""
        return self._all(select(ProjectRow).order_by(ProjectRow.created_at.desc()))

    def current_project(self, participant_id: str) -> ProjectRow | None:
        """Return the newest project of a participant."""
        mine = select(ProjectRow).where(ProjectRow.participant_id == participant_id)
        return self._first(mine.order_by(ProjectRow.created_at.desc()))

    # --- datasets --------------------------------------------------------------

    def add_dataset(
        self, project_id: str, dataset_id: str, **fields: object
    ) -> DatasetRow:
        """Keep a version of the dataset; it becomes the project's current one.

        Its number follows the highest one of the project, in the same statement; of
        two that arrive at once the database lets one through, and the other retries.
        """
        values = {"id": dataset_id, "project_id": project_id, **fields}
        for _ in range(NUMBERING_ATTEMPTS - 1):
            try:
                return self._add_numbered(values)
            except IntegrityError:
                continue
        return self._add_numbered(values)

    def datasets(self, project_id: str) -> list[DatasetRow]:
        """Return the versions of a project's dataset, newest first."""
        mine = select(DatasetRow).where(DatasetRow.project_id == project_id)
        return self._all(mine.order_by(DatasetRow.number.desc()))

    def _add_numbered(self, values: Mapping[str, object]) -> DatasetRow:
        mine = DatasetRow.project_id == values["project_id"]
        highest = select(func.coalesce(func.max(DatasetRow.number), 0)).where(mine)
        following = highest.scalar_subquery() + 1
        row = DatasetRow(created_at=self._clock(), number=following, **values)
        with self._write() as session:
            session.add(row)
            session.flush()
            session.refresh(row)
        return row

    # --- keys of the endpoint --------------------------------------------------

    def replace_api_key(self, job_id: str, participant_id: str) -> ApiKeyRow:
        """Give a model a new key; the one that it had ends."""
        values = {"job_id": job_id, "participant_id": participant_id}
        try:
            return self._merge_api_key(values)
        except IntegrityError:  # another tab made the first one at the same moment
            return self._merge_api_key(values)

    def delete_api_key(self, job_id: str) -> None:
        """End a model's key; nothing happens if it has none."""
        with self._write() as session:
            session.execute(delete(ApiKeyRow).where(ApiKeyRow.job_id == job_id))

    def api_key_of(self, job_id: str) -> ApiKeyRow | None:
        """Return the key of a model, if it has one."""
        return self._first(select(ApiKeyRow).where(ApiKeyRow.job_id == job_id))

    def api_key(self, key_id: str) -> ApiKeyRow | None:
        """Return one key by its id."""
        return self._first(select(ApiKeyRow).where(ApiKeyRow.id == key_id))

    def _merge_api_key(self, values: Mapping[str, object]) -> ApiKeyRow:
        row = ApiKeyRow(id=self._make_id(), created_at=self._clock(), **values)
        with self._write() as session:
            return session.merge(row)

    # --- evaluations -----------------------------------------------------------

    def add_evaluation(self, job_id: str, **fields: object) -> EvaluationRow:
        """Ask for an evaluation of a job's model."""
        row = EvaluationRow(
            id=self._make_id(),
            job_id=job_id,
            state="queued",
            created_at=self._clock(),
            **fields,
        )
        return self._add(row)

    def update_evaluation(self, evaluation_id: str, **fields: object) -> None:
        """Change fields of an evaluation."""
        self._set(EvaluationRow, evaluation_id, **fields)

    def latest_evaluation(self, job_id: str) -> EvaluationRow | None:
        """Return the newest evaluation of a job's model."""
        mine = select(EvaluationRow).where(EvaluationRow.job_id == job_id)
        return self._first(mine.order_by(EvaluationRow.created_at.desc()))

    def active_evaluations(self) -> list[EvaluationRow]:
        """Return the evaluations that are not done, oldest first."""
        active = EvaluationRow.state.in_(ACTIVE_STATES)
        return self._all(
            select(EvaluationRow).where(active).order_by(EvaluationRow.created_at)
        )

    # --- ratings ---------------------------------------------------------------

    def rate(self, project_id: str, rater_id: str, criterion: str, value: int) -> None:
        """Keep a judgement; a second one by the same person replaces the first."""
        with self._write() as session:
            session.merge(
                RatingRow(
                    project_id=project_id,
                    rater_id=rater_id,
                    criterion=criterion,
                    value=value,
                    updated_at=self._clock(),
                )
            )

    def ratings(self, project_id: str) -> list[RatingRow]:
        """Return all judgements of a project."""
        mine = select(RatingRow).where(RatingRow.project_id == project_id)
        return self._all(mine.order_by(RatingRow.rater_id, RatingRow.criterion))

    def count_participants(self) -> int:
        """Return how many people have come."""
        with self._sessions() as session:
            return session.scalar(select(func.count(ParticipantRow.id))) or 0
