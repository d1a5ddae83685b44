"""The head of a classifier as its folder keeps it: plain arrays, numpy alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ftcore.errors import NotATrainedModelError
from ftcore.models.embeddings import Embedder, Vectors
from ftcore.models.trained import CLASSIFIER

QUERY, PASSAGE = "query", "passage"
VIEWS = (QUERY, PASSAGE)
EVALUATION_PREFIX = "eval_"

Matrix = npt.NDArray[np.float32]
_Arrays = Mapping[str, npt.NDArray[Any]]


def text_vectors(
    texts: Sequence[str], embedder: Embedder, views: Sequence[str] = VIEWS
) -> Vectors:
    """Return one unit row for each text: its vectors of all views, side by side.

    e5 reads a text as a question or as a thing to be found, and errs differently in
    each; a head on both is a little better than on either
    (``docs/decisions/classifier.md``).

    Args:
        texts: What is classified.
        embedder: Makes the vectors.
        views: ``query``, ``passage`` or both.

    Returns:
        Float32, shape ``(len(texts), len(views) * dim)``.
    """
    ways = {QUERY: embedder.query, PASSAGE: embedder.passage}
    parts = [ways[view](texts) for view in views]
    stacked: Vectors = np.hstack(parts)
    stacked /= np.float32(np.sqrt(len(parts)))
    return stacked


@dataclass(frozen=True, slots=True)
class LinearHead:
    """A softmax over linear scores: ``softmax(vector @ coef.T + intercept)``.

    Two classes are written as two rows as well, so that one formula serves all.

    Attributes:
        coef: Shape ``(classes, dim)``, rows in the order of the labels.
        intercept: Shape ``(classes,)``.
    """

    coef: Matrix
    intercept: Matrix

    def scores(self, vectors: Vectors) -> Matrix:
        """Return the linear scores, shape ``(len(vectors), classes)``."""
        found: Matrix = vectors @ self.coef.T + self.intercept
        return found

    def probabilities(self, vectors: Vectors) -> Matrix:
        """Return rows that sum to 1, shape ``(len(vectors), classes)``."""
        return softmax(self.scores(vectors))

    def sharpened(self, factor: float) -> "LinearHead":
        """Return the head whose scores are ``factor`` times as large."""
        by = np.float32(factor)
        return LinearHead(self.coef * by, self.intercept * by)


def softmax(scores: Matrix) -> Matrix:
    """Return each row as shares that sum to 1."""
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Matrix = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _nothing() -> Matrix:
    return np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Caution:
    """When a label is given with a doubt; as it stands, never.

    Attributes:
        least_probability: Below it the likeliest class is not likely enough.
        least_likeness: Cosine with the nearest text that was learnt, below which
            nothing like this text was learnt.
        known: Unit rows of the texts learnt, in the last view.
    """

    least_probability: float = 0.0
    least_likeness: float = -1.0
    known: Matrix = field(default_factory=_nothing)

    def likeness(self, vectors: Vectors) -> Matrix:
        """Return the cosine of each row with its nearest known text; 1 if none is."""
        if not len(self.known):
            return np.ones(len(vectors), dtype=np.float32)
        last = vectors[:, -self.known.shape[1] :]
        length = np.linalg.norm(last, axis=1, keepdims=True)
        unit = last / np.maximum(length, np.finfo(np.float32).tiny)
        nearest: Matrix = (unit @ self.known.T).max(axis=1)
        return nearest


@dataclass(frozen=True, slots=True)
class LabelHead:
    """All that answers for a classifier.

    Attributes:
        linear: Gives the probabilities, calibrated.
        caution: Tells when to doubt.
        views: How the texts are embedded, see :func:`text_vectors`.
    """

    linear: LinearHead
    caution: Caution = field(default_factory=Caution)
    views: tuple[str, ...] = VIEWS

    def to_arrays(self, prefix: str = "") -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of the archive, without the known texts."""
        doubts = (self.caution.least_probability, self.caution.least_likeness)
        return {
            f"{prefix}coef": self.linear.coef,
            f"{prefix}intercept": self.linear.intercept,
            f"{prefix}doubts": np.array(doubts, dtype=np.float32),
        }

    @classmethod
    def from_arrays(cls, arrays: _Arrays, prefix: str, known: Matrix) -> Self:
        """Rebuild a head; folders of before doubts and views were kept have neither.

        Raises:
            KeyError: An array is missing.
        """
        linear = LinearHead(
            np.asarray(arrays[f"{prefix}coef"], dtype=np.float32),
            np.asarray(arrays[f"{prefix}intercept"], dtype=np.float32),
        )
        if f"{prefix}doubts" not in arrays:
            return cls(linear, Caution(), (QUERY,))
        caution = _caution(arrays[f"{prefix}doubts"], known)
        return cls(linear, caution, tuple(str(view) for view in arrays["views"]))


@dataclass(frozen=True, slots=True)
class LabelHeads:
    """The heads of a model folder.

    Attributes:
        final: Learnt from all examples; serves.
        evaluation: Learnt without the held-out examples.
        left_out: One for each held-out example, learnt without it, if each is asked
            of a head of its own.
    """

    final: LabelHead
    evaluation: LabelHead
    left_out: tuple[LabelHead, ...] = ()

    def save(self, folder: Path) -> None:
        """Write them into a model folder."""
        arrays = {
            **self.final.to_arrays(),
            **self.evaluation.to_arrays(EVALUATION_PREFIX),
            "views": np.array(self.final.views),
            "known": self.final.caution.known.astype(np.float16),
            "eval_known": self.evaluation.caution.known.astype(np.float16),
        }
        for row, head in enumerate(self.left_out):
            for name, array in head.to_arrays().items():
                arrays[f"left_out_{row}_{name}"] = array
            arrays[f"left_out_{row}_known"] = head.caution.known.astype(np.float16)
        np.savez(folder / CLASSIFIER, **arrays)  # type: ignore[arg-type]


def load_head(folder: Path, *, evaluation: bool = False) -> LabelHead:
    """Read the head that serves, or the one that never saw the held-out examples.

    Raises:
        NotATrainedModelError: The folder has no head.
    """
    prefix = EVALUATION_PREFIX if evaluation else ""
    arrays = _read(folder)
    try:
        return _head(arrays, prefix)
    except KeyError as error:
        raise NotATrainedModelError(path=str(folder)) from error


def load_left_out(folder: Path) -> list[LabelHead]:
    """Read the heads that answer for one held-out example each, in their order.

    Raises:
        NotATrainedModelError: The folder has none.
    """
    found = _left_out(_read(folder))
    if not found:
        raise NotATrainedModelError(path=str(folder))
    return found


def _read(folder: Path) -> _Arrays:
    try:
        with np.load(folder / CLASSIFIER, allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, ValueError) as error:
        raise NotATrainedModelError(path=str(folder)) from error


def _head(arrays: _Arrays, prefix: str) -> LabelHead:
    known = arrays.get(f"{prefix}known", _nothing()).astype(np.float32)
    return LabelHead.from_arrays(arrays, prefix, known)


def _left_out(arrays: _Arrays) -> list[LabelHead]:
    if "left_out_coef" in arrays:  # a folder of before each head had its own arrays
        pairs = zip(arrays["left_out_coef"], arrays["left_out_intercept"], strict=True)
        heads = [
            LinearHead(coef.astype(np.float32), offset.astype(np.float32))
            for coef, offset in pairs
        ]
        return [LabelHead(head, views=(QUERY,)) for head in heads]
    found: list[LabelHead] = []
    while f"left_out_{len(found)}_coef" in arrays:
        found.append(_head(arrays, f"left_out_{len(found)}_"))
    return found


def _caution(doubts: npt.NDArray[Any], known: Matrix) -> Caution:
    return Caution(float(doubts[0]), float(doubts[1]), known)
