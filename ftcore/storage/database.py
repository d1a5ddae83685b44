"""Open the database and bring its schema up to date."""

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy import text as statement
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_MS = 10_000  # longer than the longest write of thirty participants


def open_database(url: str) -> Engine:
    """Connect to ``url`` and run the migrations that are missing.

    Args:
        url: SQLAlchemy URL; ``postgres://`` and ``postgresql://`` use psycopg.

    Returns:
        An engine whose schema is the newest.
    """
    engine = create_engine(_with_driver(url), pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    migrate(engine)
    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to ``revision``; does nothing if it is there already."""
    if revision == "head" and _is_newest(engine):
        return  # without Alembic, whose import the first page would wait for
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _is_newest(engine: Engine) -> bool:
    """Whether the database has had the migration of the highest number."""
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    try:
        with engine.connect() as connection:
            found = connection.scalar(
                statement("SELECT version_num FROM alembic_version")
            )
    except SQLAlchemyError:  # a database without any table
        return False
    return found is not None and newest.startswith(f"{found}_")


def _with_driver(url: str) -> str:
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _prepare_sqlite(engine: Engine) -> None:
    database = make_url(str(engine.url)).database
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        # WAL lets thirty pages read while the runner writes.
        for pragma in (
            "journal_mode=WAL",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
            "synchronous=NORMAL",
        ):
            connection.execute(f"PRAGMA {pragma}")
