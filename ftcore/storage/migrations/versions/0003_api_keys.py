"""Keep which key lets programs talk to which model."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; no model has a key yet."""
    op.create_table(
        "api_keys",
        sa.Column("job_id", sa.String(64), sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column(
            "participant_id",
            sa.String(64),
            sa.ForeignKey("participants.id"),
            nullable=False,
        ),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Forget the keys: programs need a new one afterwards."""
    op.drop_table("api_keys")
