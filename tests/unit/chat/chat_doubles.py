"""An embedder whose space a test can read: one dimension for each known word."""

import numpy as np


class WordEmbedder:
    """Unit vectors of word counts; two texts without a common word are orthogonal."""

    name = "words"
    is_semantic = True

    def __init__(self, vocabulary: str) -> None:
        self.words = vocabulary.split()

    def query(self, texts):
        counts = [[text.lower().split().count(w) for w in self.words] for text in texts]
        # One more dimension, where a text without any known word points to.
        rows = np.array([[*row, 1e-3] for row in counts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    passage = query
