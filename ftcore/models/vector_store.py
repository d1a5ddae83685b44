"""Vectors of texts on disk: what one process embedded, no other embeds again."""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from ftcore.models.embeddings import Embedder, Vectors

MOST_KEPT = 50_000  # vectors of all projects: 80 MB
_AT_ONCE = 8  # texts embedded, some tenths of a second
_ASKED_AT_ONCE = 500  # SQLite takes a thousand and more
_PATIENCE_SECONDS = 5.0  # another process writes a few milliseconds
_KEY_BYTES = 16
_STORED = np.dtype("<f4")
_MAKE = (
    "CREATE TABLE IF NOT EXISTS vectors"
    " (place INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, row BLOB NOT NULL)"
)
_FIND = "SELECT key, row FROM vectors WHERE key IN"
_COUNT = "SELECT count(*) FROM vectors"
_KEEP = "INSERT OR IGNORE INTO vectors (key, row) VALUES (?, ?)"
_DROP_OLDEST = "DELETE FROM vectors WHERE place <= (SELECT max(place) FROM vectors) - ?"

logger = logging.getLogger(__name__)
Key = bytes


class VectorStore:
    """One SQLite file that may be emptied or deleted at any time.

    A file that is damaged, or on a disk that is full, is as good as none: texts are
    then embedded again.

    Args:
        path: The file; its folder is made when something is kept.
        most: Vectors that stay; the oldest go first.
    """

    def __init__(self, path: Path, most: int = MOST_KEPT) -> None:
        self._path = path
        self._most = most

    def __len__(self) -> int:
        """Return how many vectors are there."""
        count = 0

        def look(file: sqlite3.Connection) -> None:
            nonlocal count
            (count,) = file.execute(_COUNT).fetchone()

        if self._path.is_file():
            self._open(look)
        return count

    def find(self, keys: Sequence[Key]) -> dict[Key, Vectors]:
        """Return the vectors that are there, each of shape ``(dim,)``."""
        found: dict[Key, Vectors] = {}

        def look(file: sqlite3.Connection) -> None:
            for begin in range(0, len(keys), _ASKED_AT_ONCE):
                some = keys[begin : begin + _ASKED_AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = file.execute(f"{_FIND} ({marks})", some)
                found.update((key, np.frombuffer(row, _STORED)) for key, row in rows)

        if self._path.is_file():
            self._open(look)
        return {key: row.astype(np.float32) for key, row in found.items()}

    def keep(self, vectors: Mapping[Key, Vectors]) -> None:
        """Keep vectors of shape ``(dim,)``; what is there already stays."""
        rows = [(key, row.astype(_STORED).tobytes()) for key, row in vectors.items()]

        def write(file: sqlite3.Connection) -> None:
            file.executemany(_KEEP, rows)
            file.execute(_DROP_OLDEST, (self._most,))

        self._open(write)

    def _open(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something with the file, whole or not at all."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            opened = sqlite3.connect(self._path, timeout=_PATIENCE_SECONDS)
            with closing(opened) as file, file:
                file.execute(_MAKE)
                work(file)
        except (sqlite3.OperationalError, OSError) as error:  # busy, full, not ours
            logger.info("no vectors kept: %s", error)
        except (sqlite3.DatabaseError, ValueError) as error:
            logger.warning("the file of vectors is made anew: %s", error)
            # The journal too: it would be played into the new file.
            journal = self._path.with_name(f"{self._path.name}-journal")
            for path in (self._path, journal):
                path.unlink(missing_ok=True)


class KeptEmbedder:
    """An embedder that looks into a store first.

    For the texts of datasets: they are embedded once, whatever is done with them. A
    vector is the very one that was made, to the last bit.

    Args:
        embedder: Gives what makes the missing ones; its name is part of every key.
        store: Where the vectors stay.
    """

    def __init__(self, embedder: Callable[[], Embedder], store: VectorStore) -> None:
        self._embedder = embedder
        self._store = store
        self._lock = threading.Lock()  # or two tabs would embed the same texts twice

    @property
    def name(self) -> str:
        """The vector space."""
        return self._embedder().name

    @property
    def is_semantic(self) -> bool:
        """Whether it knows meaning, or only spelling."""
        return self._embedder().is_semantic

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return one float32 unit row for each text, as a search query."""
        return self._vectors("query", texts)

    def passage(self, texts: Sequence[str]) -> Vectors:
        """Return one float32 unit row for each text, as a thing to be found."""
        return self._vectors("passage", texts)

    def missing(self, queries: Sequence[str]) -> int:
        """Return how many different queries would have to be embedded."""
        keys = {self._key("query", text) for text in queries}
        return len(keys) - len(self._store.find(list(keys)))

    def _vectors(self, kind: str, texts: Sequence[str]) -> Vectors:
        keys = [self._key(kind, text) for text in texts]
        if not keys:
            return self._embed(kind, [])
        asked = dict(zip(keys, texts, strict=True))
        known = self._store.find(list(asked))
        missing = [key for key in asked if key not in known]
        for begin in range(0, len(missing), _AT_ONCE):
            some = missing[begin : begin + _AT_ONCE]
            known |= self._made(kind, {key: asked[key] for key in some})
        return np.stack([known[key] for key in keys])

    def _made(self, kind: str, new: Mapping[Key, str]) -> dict[Key, Vectors]:
        """Embed a few texts, unless another thread has done it meanwhile."""
        with self._lock:
            found = self._store.find(list(new))
            left = [key for key in new if key not in found]
            if left:
                rows = self._embed(kind, [new[key] for key in left])
                made = dict(zip(left, rows, strict=True))
                self._store.keep(made)
                found |= made
        return found

    def _embed(self, kind: str, texts: list[str]) -> Vectors:
        rows: Vectors = getattr(self._embedder(), kind)(texts)
        return rows

    def _key(self, kind: str, text: str) -> Key:
        told = f"{self.name}\0{kind}\0{text}".encode("utf-8", "replace")
        return hashlib.sha256(told).digest()[:_KEY_BYTES]
