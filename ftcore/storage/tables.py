"""What every part of the store builds on: sessions, and the plainest questions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Engine, Select
from sqlalchemy.orm import Session, sessionmaker

from ftcore.runtime import Clock, IdMaker, new_id, utc_now
from ftcore.storage.records import Base

Row = TypeVar("Row", bound=Base)


class Tables:
    """The plumbing of the store; the verbs are its heirs'."""

    def __init__(
        self, engine: Engine, clock: Clock = utc_now, make_id: IdMaker = new_id
    ) -> None:
        self._sessions = sessionmaker(engine, expire_on_commit=False)
        self._engine = engine
        self._clock = clock
        self._make_id = make_id

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _write(self) -> Iterator[Session]:
        with self._sessions.begin() as session:
            yield session

    def _all(self, query: Select[Row], most: int | None = None) -> list[Row]:
        with self._sessions() as session:
            return list(session.scalars(query.limit(most)))

    def _first(self, query: Select[Row]) -> Row | None:
        with self._sessions() as session:
            return session.scalars(query.limit(1)).first()

    def _add(self, row: Row) -> Row:
        with self._write() as session:
            session.add(row)
        return row

    def _set(self, table: type[Base], row_id: str, **fields: object) -> None:
        with self._write() as session:
            row = session.get_one(table, row_id)
            for name, value in fields.items():
                setattr(row, name, value)
