"""Vectors of texts on disk: only what is new or changed is embedded again."""

import hashlib
import os
import threading
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ftcore.models.embeddings import Embedder, Vectors

MOST_KEPT = 20_000  # vectors of one project: 30 MB


class VectorCache:
    """One file for each project and embedder, by the hash of each text.

    Args:
        folder: Where the files lie; may be emptied at any time.
        embedder: Gives the embedder; asked only when something must be embedded.
    """

    def __init__(self, folder: Path, embedder: Callable[[], Embedder]) -> None:
        self._folder = folder
        self._embedder = embedder
        self._lock = threading.Lock()

    @property
    def is_semantic(self) -> bool:
        """Whether the vectors know meaning, or only spelling."""
        return self._embedder().is_semantic

    def missing(self, project_id: str, texts: Sequence[str]) -> int:
        """Return how many different texts would have to be embedded."""
        known = self._load(project_id)
        return len({key for key in self._keys(texts) if key not in known})

    def vectors(self, project_id: str, texts: Sequence[str]) -> Vectors:
        """Return one unit row for each text, shape ``(len(texts), dim)``."""
        keys = self._keys(texts)
        with self._lock:  # or two tabs would embed the same texts twice
            known = self._load(project_id)
            new = {
                key: text
                for key, text in zip(keys, texts, strict=True)
                if key not in known
            }
            if new:
                made = self._embedder().query(list(new.values()))
                known |= dict(zip(new, made, strict=True))
                self._save(project_id, known)
        if not keys:
            return np.zeros((0, 1), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _keys(self, texts: Sequence[str]) -> list[str]:
        return [
            hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
            for text in texts
        ]

    def _path(self, project_id: str) -> Path:
        return self._folder / f"{project_id}.{self._embedder().name}.npz"

    def _load(self, project_id: str) -> dict[str, Vectors]:
        path = self._path(project_id)
        if not path.is_file():
            return {}
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                keys, rows = archive["keys"].tolist(), archive["vectors"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return {}  # a damaged cache is made again
        return dict(zip(keys, rows, strict=True))

    def _save(self, project_id: str, known: dict[str, Vectors]) -> None:
        newest = list(known.items())[-MOST_KEPT:]
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f".{project_id}.{os.getpid()}.partial.npz"
        keys = np.array([key for key, _ in newest])
        np.savez(partial, keys=keys, vectors=np.stack([row for _, row in newest]))
        partial.replace(self._path(project_id))
