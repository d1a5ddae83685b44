"""Let the queue be fair, and remember how often a job was begun again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NEW = ("turn", "attempts")


def upgrade() -> None:
    """Add the columns; jobs of before were first turns, begun once."""
    for name in NEW:
        column = sa.Column(name, sa.Integer, nullable=False, server_default="0")
        op.add_column("jobs", column)


def downgrade() -> None:
    """Forget turns and attempts."""
    for name in NEW:
        op.drop_column("jobs", name)
