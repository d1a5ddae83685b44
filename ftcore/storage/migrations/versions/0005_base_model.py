"""Keep which base model a project learns on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; nobody has chosen yet, so the usual one is taken."""
    op.add_column("projects", sa.Column("base_model", sa.String(64)))


def downgrade() -> None:
    """Forget the choices."""
    op.drop_column("projects", "base_model")
