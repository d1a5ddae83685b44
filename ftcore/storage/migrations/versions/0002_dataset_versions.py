"""Make every dataset a version: who changed what, from which one.

Columns are added in place, never by copying the table: SQLite would have to drop the
old one, which the foreign keys of the jobs forbid.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDEX = "ix_datasets_project_number"
NEW = ("number", "author_id", "parent_id", "import_id", "change", "held_out")
CODES = {"template": "template"}  # every other origin was a file


def upgrade() -> None:
    """Add the columns, and number what is there by its time."""
    for name, kind, default in (
        ("number", sa.Integer, "0"),
        ("change", sa.JSON, "{}"),
    ):
        column = sa.Column(name, kind, nullable=False, server_default=default)
        op.add_column("datasets", column)
    op.add_column("datasets", sa.Column("held_out", sa.JSON))
    for name, target in (
        ("author_id", "participants.id"),
        ("parent_id", "datasets.id"),
        ("import_id", "datasets.id"),
    ):
        column = sa.Column(name, sa.String(64), sa.ForeignKey(target))
        op.add_column("datasets", column, inline_references=True)
    _fill()
    op.create_index(INDEX, "datasets", ["project_id", "number"], unique=True)


def _fill() -> None:
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT d.id, d.project_id, d.origin, p.participant_id FROM datasets d "
            "JOIN projects p ON p.id = d.project_id ORDER BY d.created_at, d.id"
        )
    ).all()
    last: dict[str, tuple[int, str | None]] = {}
    for dataset_id, project_id, origin, author_id in rows:
        number, parent_id = last.get(project_id, (0, None))
        code = CODES.get(origin, "import")
        bind.execute(
            sa.text(
                "UPDATE datasets SET number = :number, author_id = :author, "
                "parent_id = :parent, import_id = :source, change = :change "
                "WHERE id = :id"
            ),
            {
                "id": dataset_id,
                "number": number + 1,
                "author": author_id,
                "parent": parent_id,
                "source": dataset_id if code == "import" else None,
                "change": json.dumps({"code": code, "params": {}}),
            },
        )
        last[project_id] = (number + 1, dataset_id)


def downgrade() -> None:
    """Forget how versions came about; the examples stay."""
    op.drop_index(INDEX, "datasets")
    for name in NEW:
        op.drop_column("datasets", name)
