"""Find the examples nearest to a question."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ftcore.data.examples import Example, Role
from ftcore.models.embeddings import Embedder, Vectors, embedder_by_name
from ftcore.models.trained import EXAMPLES, INDEX, load_examples, load_trained


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example and the cosine of its angle to the question (-1 to 1)."""

    example: Example
    similarity: float
    position: int


def index_text(example: Example) -> str:
    """Return what an example is indexed by: its last question and its answer.

    Indexing question and answer together found the right example first in 70 % and
    83 % of two harder question sets, against 27 % and 39 % for the question alone
    (development figures with multilingual-e5-small).
    """
    return f"{last_question(example)}\n{example.target}"


def last_question(example: Example) -> str:
    """Return the user message that the answer follows."""
    turns = [m.content for m in example.prompt_messages if m.role is Role.USER]
    return turns[-1] if turns else ""


@dataclass(frozen=True, slots=True)
class ExampleIndex:
    """Examples with their vectors, one row each.

    Attributes:
        examples: The examples, in dataset order.
        vectors: Float32 unit rows, shape ``(len(examples), dim)``.
        embedder: Makes the vectors of questions.
    """

    examples: tuple[Example, ...]
    vectors: Vectors
    embedder: Embedder

    @classmethod
    def build(cls, examples: Sequence[Example], embedder: Embedder) -> "ExampleIndex":
        """Embed the examples."""
        texts = [index_text(example) for example in examples]
        return cls(tuple(examples), embedder.passage(texts), embedder)

    @classmethod
    def load(cls, folder: Path, *, include_held_out: bool = True) -> "ExampleIndex":
        """Read the index of a trained model's folder.

        Args:
            folder: Model folder.
            include_held_out: Leave out the held-out examples when false, as an
                honest evaluation must.
        """
        stored = load_examples(folder / EXAMPLES)
        with np.load(folder / INDEX, allow_pickle=False) as archive:
            vectors = np.asarray(archive["vectors"], dtype=np.float32)
        keep = [i for i, s in enumerate(stored) if include_held_out or not s.held_out]
        examples = tuple(stored[i].example for i in keep)
        embedder = embedder_by_name(load_trained(folder).embedder)
        return cls(examples, vectors[keep], embedder)

    def save(self, folder: Path) -> None:
        """Write the vectors into a model folder."""
        np.savez(folder / INDEX, vectors=self.vectors)

    def nearest(self, question: str, count: int = 1) -> list[Neighbour]:
        """Return the ``count`` examples nearest to ``question``, nearest first."""
        if not self.examples or not question.strip():
            return []
        similarity = self.vectors @ self.embedder.query([question])[0]
        order = np.argsort(-similarity, kind="stable")[:count]
        return [
            Neighbour(self.examples[i], float(similarity[i]), int(i)) for i in order
        ]
