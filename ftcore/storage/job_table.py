"""The verbs of the store on jobs: the queue, and how each job moves through it."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select, update

from ftcore.storage.records import DatasetRow, JobRow, ProjectRow
from ftcore.storage.tables import Tables

ACTIVE_STATES = ("queued", "running")
OPEN_STATES = (*ACTIVE_STATES, "paused")
PREPARING = timedelta(hours=1)  # from one's examples to one's training, at most
SESSION = timedelta(hours=3)  # a workshop and its overtime; the next day all are equal


class JobTable(Tables):
    """Verbs on jobs.

    A job changes its state only from the states that it may: whoever comes too late
    (a cancel after the end, a second server) changes nothing.
    """

    def add_job(self, **fields: object) -> JobRow:
        """Put a job into the queue, behind those of everybody who trained less."""
        now = self._clock()
        mine = JobRow.participant_id == fields["participant_id"]
        trained = select(func.count(JobRow.id)).where(
            mine, JobRow.state == "succeeded", JobRow.queued_at > now - SESSION
        )
        with self._sessions() as session:
            turn = session.scalar(trained) or 0
        return self._add(
            JobRow(queued_at=now, progress=0.0, turn=turn, attempts=0, **fields)
        )

    def update_job(self, job_id: str, **fields: object) -> None:
        """Change fields of a job."""
        self._set(JobRow, job_id, **fields)

    def start_job(self, job_id: str) -> bool:
        """Move a job from queued to running; false if it is not queued any more."""
        return self._move(
            job_id, ("queued",), state="running", started_at=self._clock()
        )

    def pause_job(self, job_id: str, **fields: object) -> bool:
        """Move a job out of the queue for a while; false if it is not active."""
        return self._move(job_id, ACTIVE_STATES, state="paused", **fields)

    def resume_job(self, job_id: str) -> bool:
        """Queue a paused or failed job anew; false if it is neither."""
        return self._move(
            job_id,
            ("paused", "failed"),
            state="queued",
            queued_at=self._clock(),
            ended_at=None,
            error_code=None,
        )

    def retry_job(self, job_id: str, attempts: int) -> bool:
        """Put a running job back to its old place in the queue.

        Args:
            job_id: A job whose process died.
            attempts: How often that has happened now.
        """
        return self._move(job_id, ("running",), state="queued", attempts=attempts)

    def end_job(self, job_id: str, state: str, **fields: object) -> None:
        """Give an open job its final state; one that ended already keeps its own."""
        self._move(job_id, OPEN_STATES, state=state, ended_at=self._clock(), **fields)

    def job(self, job_id: str) -> JobRow | None:
        """Return one job by its id."""
        return self._first(select(JobRow).where(JobRow.id == job_id))

    def jobs(self, project_id: str) -> list[JobRow]:
        """Return the jobs of a project, newest first."""
        mine = select(JobRow).where(JobRow.project_id == project_id)
        return self._all(mine.order_by(JobRow.queued_at.desc()))

    def active_jobs(self, participant_id: str | None = None) -> list[JobRow]:
        """Return the running and queued jobs in the order of the queue.

        Who has trained less comes first; among equals, who came first.
        """
        active = select(JobRow).where(JobRow.state.in_(ACTIVE_STATES))
        if participant_id is not None:
            active = active.where(JobRow.participant_id == participant_id)
        return self._all(active.order_by(JobRow.turn, JobRow.queued_at, JobRow.id))

    def count_about_to_train(self, trainer: str, besides: str) -> int:
        """Return how many people prepared examples of late and trained nothing yet.

        Args:
            trainer: Of those who chose it, or nothing yet.
            besides: The participant who does not count.
        """
        since = self._clock() - PREPARING
        owner = ProjectRow.participant_id
        trained = select(JobRow.id).where(
            JobRow.participant_id == owner, JobRow.queued_at >= since
        )
        count = (
            select(func.count(func.distinct(owner)))
            .join(DatasetRow, DatasetRow.project_id == ProjectRow.id)
            .where(DatasetRow.created_at >= since, owner != besides, ~trained.exists())
            .where(or_(ProjectRow.tool.is_(None), ProjectRow.tool == trainer))
        )
        with self._sessions() as session:
            return session.scalar(count) or 0

    def recent_jobs(self, trainer: str, count: int) -> list[JobRow]:
        """Return the newest jobs of a trainer that ended well, the last one first."""
        done = select(JobRow).where(
            JobRow.trainer == trainer,
            JobRow.state == "succeeded",
            JobRow.started_at.is_not(None),
        )
        return self._all(done.order_by(JobRow.ended_at.desc()), count)

    def _move(self, job_id: str, since: Sequence[str], **fields: object) -> bool:
        """Change a job if it is in one of the states; says whether it was."""
        change = (
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.state.in_(since))
            .values(**fields)
        )
        with self._write() as session:
            return bool(session.execute(change).rowcount == 1)  # type: ignore[attr-defined]
