"""A database of before keeps its rows, its jobs and its order, up and down."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, event, inspect, text

from ftcore.storage.database import MIGRATIONS, migrate, open_database
from ftcore.storage.store import Store

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
OLD = ("ana", "luis")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path: Path, empty):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'a.db'}"
        return
    url = request.getfixturevalue("postgres_url")
    yield url
    empty(url)


@pytest.fixture
def old_engine(url):
    """A database as version 0001 left it, with two people's datasets and jobs."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def enforce(connection, _record):
            connection.execute("PRAGMA foreign_keys=ON")

    migrate(engine, "0001")
    with engine.begin() as connection:
        for who in OLD:
            at = {"who": who, "at": START}
            connection.execute(
                text("INSERT INTO participants VALUES (:who, :who, :at, :at)"), at
            )
            connection.execute(
                text(
                    "INSERT INTO projects VALUES (:who, :who, 'own', NULL, 'n', 'o',"
                    " NULL, '{}', :at)"
                ),
                at,
            )
        for number, (who, origin) in enumerate(
            [("ana", "upload"), ("luis", "upload"), ("ana", "template"), ("ana", "hub")]
        ):
            row = {"id": f"d{number}", "who": who, "origin": origin}
            row["at"] = START + timedelta(minutes=number)
            connection.execute(
                text(
                    "INSERT INTO datasets VALUES (:id, :who, 'f.csv', :origin, 'chat',"
                    " 12, 'x', :at)"
                ),
                row,
            )
            connection.execute(
                text(
                    "INSERT INTO jobs VALUES (:id, :who, :who, :id, 'local', 'queued',"
                    " '{}', 1, 0, NULL, NULL, :at, NULL, NULL)"
                ),
                row,
            )
    yield engine
    engine.dispose()


def downgrade(engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_datasets_of_before_become_versions(old_engine):
    migrate(old_engine)
    store = Store(old_engine)
    rows = store.datasets("ana")
    assert [(r.number, r.id, r.parent_id) for r in rows] == [
        (3, "d3", "d2"),
        (2, "d2", "d0"),
        (1, "d0", None),
    ]
    assert [r.change["code"] for r in rows] == ["import", "template", "import"]
    assert [r.import_id for r in rows] == ["d3", None, "d0"]
    assert {r.author_id for r in rows} == {"ana"}
    assert {r.held_out for r in rows} == {None}
    assert [(r.number, r.id) for r in store.datasets("luis")] == [(1, "d1")]
    assert store.job("d2").dataset_id == "d2"


def test_the_next_version_follows_them(old_engine):
    migrate(old_engine)
    row = Store(old_engine).add_dataset(
        "ana",
        "new",
        filename="f",
        origin="upload",
        task="chat",
        rows=1,
        fingerprint="y",
        change={"code": "edit", "params": {"año": 1}},
        held_out=[1, 3],
    )
    assert row.number == 4
    again = Store(old_engine).datasets("ana")[0]
    assert (again.id, again.held_out) == ("new", [1, 3])
    assert again.change == {"code": "edit", "params": {"año": 1}}


def test_going_down_and_up_again_loses_no_row(old_engine):
    migrate(old_engine)
    downgrade(old_engine, "0001")
    columns = {c["name"] for c in inspect(old_engine).get_columns("datasets")}
    assert "number" not in columns
    with old_engine.connect() as connection:
        found = connection.execute(text("SELECT id FROM datasets ORDER BY id")).all()
        jobs = connection.execute(text("SELECT count(*) FROM jobs")).scalar()
    assert [row.id for row in found] == ["d0", "d1", "d2", "d3"]
    assert jobs == 4
    migrate(old_engine)
    assert [r.number for r in Store(old_engine).datasets("ana")] == [3, 2, 1]


def test_a_database_of_today_is_opened_without_alembic(url, monkeypatch):
    open_database(url).dispose()

    def refuse(*_):
        raise AssertionError("Nothing had to be migrated.")

    monkeypatch.setattr(command, "upgrade", refuse)
    engine = open_database(url)
    assert inspect(engine).has_table("api_keys")
    engine.dispose()


def test_versions_kept_at_once_get_a_number_each(url):
    engine = open_database(url)
    store = Store(engine)
    store.see_participant("ana")
    project = store.add_project(
        "ana", use_case="own", template=None, name="n", objective="o"
    )
    numbers: list[int] = []
    gate = threading.Barrier(6)

    def keep(at: int) -> None:
        gate.wait()
        row = store.add_dataset(
            project.id,
            f"d{at}",
            filename="f",
            origin="upload",
            task="chat",
            rows=1,
            fingerprint="y",
        )
        numbers.append(row.number)

    threads = [threading.Thread(target=keep, args=(at,)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    assert [r.number for r in store.datasets(project.id)] == [6, 5, 4, 3, 2, 1]
    engine.dispose()
