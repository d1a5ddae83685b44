"""Keep what is tried in the playground, and the cases worth trying again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def _key(name: str, target: str) -> sa.Column[str]:
    key = sa.ForeignKey(f"{target}.id")
    return sa.Column(name, sa.String(64), key, nullable=False, index=True)


def upgrade() -> None:
    """Create both tables; evaluations get a place for the saved cases."""
    op.create_table(
        "trials",
        sa.Column("id", sa.String(64), primary_key=True),
        _key("job_id", "jobs"),
        sa.Column("arm", sa.String(64), nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("options", sa.JSON, nullable=False),
        sa.Column("trace", sa.JSON, nullable=False),
        sa.Column("liked", sa.Boolean),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("left_at", TIME),
    )
    op.create_table(
        "saved_cases",
        sa.Column("id", sa.String(64), primary_key=True),
        _key("project_id", "projects"),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("removed_at", TIME),
    )
    op.add_column("evaluations", sa.Column("cases", sa.JSON))
    only = sa.Column(
        "only_cases", sa.Boolean, nullable=False, server_default=sa.false()
    )
    op.add_column("evaluations", only)


def downgrade() -> None:
    """Forget both."""
    for name in ("only_cases", "cases"):
        op.drop_column("evaluations", name)
    for name in ("saved_cases", "trials"):
        op.drop_table(name)
