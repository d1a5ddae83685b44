"""Create the first tables.

Written out column by column: a migration must not change when the classes do.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _id(name: str = "id") -> sa.Column[str]:
    return sa.Column(name, sa.String(64), primary_key=True)


def _ref(name: str, target: str, *, index: bool = True) -> sa.Column[str]:
    key = sa.ForeignKey(f"{target}.id")
    return sa.Column(name, sa.String(64), key, nullable=False, index=index)


def upgrade() -> None:
    """Create all tables, those that others point to first."""
    _create_people_and_projects()
    _create_jobs_and_judgements()


def _create_people_and_projects() -> None:
    op.create_table(
        "participants",
        _id(),
        sa.Column("nickname", sa.String(120), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
    )
    op.create_table(
        "projects",
        _id(),
        _ref("participant_id", "participants"),
        sa.Column("use_case", sa.String(64), nullable=False),
        sa.Column("template", sa.String(64)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("objective", sa.Text, nullable=False),
        sa.Column("tool", sa.String(64)),
        sa.Column("checklist", sa.JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "datasets",
        _id(),
        _ref("project_id", "projects"),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("task", sa.String(64), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )


def _create_jobs_and_judgements() -> None:
    op.create_table(
        "jobs",
        _id(),
        _ref("project_id", "projects"),
        _ref("participant_id", "participants"),
        _ref("dataset_id", "datasets", index=False),
        sa.Column("trainer", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sa.Column("forecast_seconds", sa.Float, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        sa.Column("error_code", sa.String(64)),
        sa.Column("model_dir", sa.Text),
        sa.Column("queued_at", TIME, nullable=False),
        sa.Column("started_at", TIME),
        sa.Column("ended_at", TIME),
        sa.Index("ix_jobs_state_queued", "state", "queued_at"),
    )
    op.create_table(
        "evaluations",
        _id(),
        _ref("job_id", "jobs"),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("payload", sa.JSON),
        sa.Column("error_code", sa.String(64)),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "ratings",
        sa.Column(
            "project_id", sa.String(64), sa.ForeignKey("projects.id"), primary_key=True
        ),
        sa.Column(
            "rater_id",
            sa.String(64),
            sa.ForeignKey("participants.id"),
            primary_key=True,
        ),
        sa.Column("criterion", sa.String(64), primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
    )


def downgrade() -> None:
    """Drop all tables."""
    for name in (
        "ratings",
        "evaluations",
        "jobs",
        "datasets",
        "projects",
        "participants",
    ):
        op.drop_table(name)
