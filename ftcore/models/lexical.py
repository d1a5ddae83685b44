"""How many letters two texts share: what vectors of meaning do not weigh."""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

GRAM_LETTERS = 4  # long enough to tell words apart, short enough to forgive a typo

Scores = npt.NDArray[np.float32]
_Weights = dict[str, float]


def grams(words: str) -> Counter[str]:
    """Count the four-letter pieces of each word, without case or accents."""
    marks = unicodedata.normalize("NFD", words.lower())
    plain = "".join(c for c in marks if not unicodedata.combining(c))
    tokens = "".join(c if c.isalnum() else " " for c in plain).split()
    found: Counter[str] = Counter()
    for token in tokens:
        padded = f" {token} "
        last = max(1, len(padded) - GRAM_LETTERS + 1)
        found.update(padded[i : i + GRAM_LETTERS] for i in range(last))
    return found


@dataclass(slots=True)
class LexicalIndex:
    """TF-IDF cosines over four-letter pieces, by an inverted index.

    Attributes:
        texts: What is searched, in order.
    """

    texts: Sequence[str]
    _rarity: _Weights = field(init=False)
    _postings: dict[str, list[tuple[int, float]]] = field(init=False)

    def __post_init__(self) -> None:
        counted = [grams(text) for text in self.texts]
        seen = Counter(gram for counts in counted for gram in counts)
        size = len(self.texts)
        # Smoothed inverse document frequency, as scikit-learn defines it.
        self._rarity = {g: math.log((1 + size) / (1 + n)) + 1 for g, n in seen.items()}
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, counts in enumerate(counted):
            for gram, weight in self._weighted(counts).items():
                postings[gram].append((row, weight))
        self._postings = dict(postings)

    def scores(self, question: str) -> Scores:
        """Return the cosine (0 to 1) of ``question`` with each text."""
        found = np.zeros(len(self.texts), dtype=np.float32)
        for gram, weight in self._weighted(grams(question)).items():
            for row, other in self._postings.get(gram, ()):
                found[row] += weight * other
        return found

    def _weighted(self, counts: Counter[str]) -> _Weights:
        rarest = math.log(1 + len(self.texts)) + 1
        weights = {
            gram: (1 + math.log(n)) * self._rarity.get(gram, rarest)
            for gram, n in counts.items()
        }
        length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items()}
