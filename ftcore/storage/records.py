"""The tables, one class each; rows leave the store detached and are only read."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    String,
    Text,
    TypeDecorator,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = dict[str, object]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite, which keeps no zone, gets it back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Return the time in UTC, whatever the database made of its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of all tables."""

    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        str: String(64),
        datetime: UtcDateTime(),
        Json: JSON,
    }


class ParticipantRow(Base):
    """Somebody in the room, known by a signed cookie alone."""

    __tablename__ = "participants"

    id: Mapped[str] = mapped_column(primary_key=True)
    nickname: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ProjectRow(Base):
    """What a participant builds in the fifty minutes; the newest one is current."""

    __tablename__ = "projects"

    id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participants.id"), index=True
    )
    use_case: Mapped[str]
    template: Mapped[str | None]
    name: Mapped[str] = mapped_column(String(200))
    objective: Mapped[str] = mapped_column(Text)
    tool: Mapped[str | None]
    base_model: Mapped[str | None]
    checklist: Mapped[Json] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]


class DatasetRow(Base):
    """One version of a project's examples; the one of highest number is current.

    ``change`` says how it came about (``{"code": …, "params": {…}}``), ``parent_id``
    from which version, ``import_id`` which version's folder keeps the file that it
    descends from, and ``held_out`` which positions the participant wants asked.
    """

    __tablename__ = "datasets"
    __table_args__ = (
        Index("ix_datasets_project_number", "project_id", "number", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    origin: Mapped[str]
    task: Mapped[str]
    rows: Mapped[int]
    fingerprint: Mapped[str]
    created_at: Mapped[datetime]
    number: Mapped[int] = mapped_column(server_default="0")
    author_id: Mapped[str | None] = mapped_column(ForeignKey("participants.id"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))
    import_id: Mapped[str | None] = mapped_column(ForeignKey("datasets.id"))
    change: Mapped[Json] = mapped_column(JSON, default=dict, server_default="{}")
    held_out: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))


class JobRow(Base):
    """One training; its model lies in the job's folder.

    ``turn`` counts what its participant had trained of late when it was queued: those
    who have not trained yet come first. ``attempts`` counts how often it was begun
    again after its process had died.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_queued", "state", "queued_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    participant_id: Mapped[str] = mapped_column(
        ForeignKey("participants.id"), index=True
    )
    dataset_id: Mapped[str] = mapped_column(ForeignKey("datasets.id"))
    trainer: Mapped[str]
    state: Mapped[str]
    config: Mapped[Json]
    forecast_seconds: Mapped[float]
    progress: Mapped[float] = mapped_column(default=0.0)
    error_code: Mapped[str | None]
    model_dir: Mapped[str | None] = mapped_column(Text)
    turn: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ApiKeyRow(Base):
    """What lets programs talk to one model; the key itself is signed, never kept.

    A model has one key at most: making another replaces ``id``.
    """

    __tablename__ = "api_keys"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(ForeignKey("participants.id"))
    id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class EvaluationRow(Base):
    """One run of the held-out examples through all arms of a model.

    ``cases`` is what the arms made of the cases that the participant had saved, an
    evaluation of its own; ``only_cases`` asks for nothing else.
    """

    __tablename__ = "evaluations"

    id: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    state: Mapped[str]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    payload: Mapped[Json | None]
    cases: Mapped[Json | None] = mapped_column(JSON(none_as_null=True))
    only_cases: Mapped[bool] = mapped_column(default=False, server_default=false())
    error_code: Mapped[str | None]
    created_at: Mapped[datetime]


class RatingRow(Base):
    """One judgement, 1 to 5: the owner's by hand, or the vote of somebody else."""

    __tablename__ = "ratings"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    rater_id: Mapped[str] = mapped_column(
        ForeignKey("participants.id"), primary_key=True
    )
    criterion: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
    updated_at: Mapped[datetime]


class TrialRow(Base):
    """One answer in the playground: who gave it, how it was drawn, what it was worth.

    ``liked`` is the participant's thumb: up, down, or none yet. Rows with a
    ``left_at`` are not part of the conversation any more, because it was begun anew
    or the answer asked for again.
    """

    __tablename__ = "trials"

    id: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    arm: Mapped[str]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    options: Mapped[Json] = mapped_column(JSON, default=dict)
    trace: Mapped[Json] = mapped_column(JSON, default=dict)
    liked: Mapped[bool | None]
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class SavedCaseRow(Base):
    """A question with its right answer, kept by the participant to test a project.

    A case with a ``removed_at`` is gone, until the participant thinks better of it.
    """

    __tablename__ = "saved_cases"

    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
