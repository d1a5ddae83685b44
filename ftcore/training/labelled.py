"""Labelled texts as vectors: what the head of a classifier learns from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ftcore.data.examples import Example
from ftcore.data.questions import question_key
from ftcore.models.embeddings import Embedder, Vectors
from ftcore.models.label_head import VIEWS, text_vectors
from ftcore.models.retrieval import unrelated_questions


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """What a head learns from.

    Attributes:
        vectors: Unit rows, shape ``(texts, dim)``.
        targets: Class of each row, from 0.
        keys: What tells the texts apart (``question_key``).
        names: Unit rows of the names of the classes, shape ``(classes, dim)``. A name
            is one more example of its class.
        unrelated: Unit rows, in the last view, of questions that are about nothing
            here; empty if the vectors know no meaning.
        views: How the texts were embedded.
    """

    vectors: Vectors
    targets: tuple[int, ...]
    keys: tuple[str, ...]
    names: Vectors
    unrelated: Vectors
    views: tuple[str, ...] = VIEWS

    @classmethod
    def embed(
        cls,
        examples: Sequence[Example],
        labels: Sequence[str],
        embedder: Embedder,
        views: tuple[str, ...] = VIEWS,
    ) -> "LabelledTexts":
        """Turn examples into vectors; so does serving."""
        prompts = [example.prompt for example in examples]
        vectors = text_vectors(prompts, embedder, views)
        unrelated = np.zeros((0, vectors.shape[1] // len(views)), dtype=np.float32)
        if embedder.is_semantic:
            unrelated = text_vectors(unrelated_questions(), embedder, views[-1:])
        return cls(
            vectors,
            tuple(labels.index(example.target) for example in examples),
            tuple(question_key(example) for example in examples),
            text_vectors(class_names(labels), embedder, views),
            unrelated,
            views,
        )

    @property
    def last_view(self) -> Vectors:
        """The vectors of the last view alone, as unit rows."""
        last = self.vectors[:, -self.unrelated.shape[1] :]
        length = np.linalg.norm(last, axis=1, keepdims=True)
        unit: Vectors = last / np.maximum(length, np.finfo(np.float32).tiny)
        return unit

    def pick(self, rows: Sequence[int]) -> "LabelledTexts":
        """Return the texts at those rows (from 0)."""
        return LabelledTexts(
            self.vectors[list(rows)],
            tuple(self.targets[row] for row in rows),
            tuple(self.keys[row] for row in rows),
            self.names,
            self.unrelated,
            self.views,
        )


def class_names(labels: Sequence[str]) -> list[str]:
    """Return the names of the classes as texts: each is one more example of its own."""
    return [label.replace("_", " ") for label in labels]
