"""Classifiers: a trained head, the nearest examples, and a chat around either."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ftcore.chat.base import (
    DEFAULT_SAMPLING,
    LabelModel,
    ReplyTrace,
    SamplingOptions,
    traced,
)
from ftcore.chat.questions import encodable, user_questions
from ftcore.data.examples import Message
from ftcore.errors import NotATrainedModelError
from ftcore.models.embeddings import Embedder, embedder_by_name
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import CLASSIFIER, load_trained

NEIGHBOURS = 5
# Cosines of e5 crowd between 0.7 and 1: a difference of 0.03 counts e-fold.
SIMILARITY_SCALE = 0.03

_Row = npt.NDArray[np.float64]


class HeadLabelModel:
    """Softmax over linear scores of the text's vector, as the training fitted it."""

    def __init__(
        self, labels: Sequence[str], coef: _Row, intercept: _Row, embedder: Embedder
    ) -> None:
        """Take the head.

        Args:
            labels: The classes, in the order of the rows.
            coef: Shape ``(classes, dim)``.
            intercept: Shape ``(classes,)``.
            embedder: Makes the vectors; the one that the head was trained with.
        """
        self._labels = tuple(labels)
        self._coef = coef
        self._intercept = intercept
        self._embedder = embedder

    @classmethod
    def load(cls, folder: Path, *, use_eval_head: bool = False) -> "HeadLabelModel":
        """Read the head of a model folder.

        Args:
            folder: Model folder.
            use_eval_head: Take the head that never saw the held-out examples, as
                an honest evaluation must.

        Raises:
            NotATrainedModelError: The folder has no head.
        """
        manifest = load_trained(folder)
        prefix = "eval_" if use_eval_head else ""
        try:
            with np.load(folder / CLASSIFIER, allow_pickle=False) as archive:
                coef = np.asarray(archive[f"{prefix}coef"], dtype=np.float64)
                intercept = np.asarray(archive[f"{prefix}intercept"], dtype=np.float64)
        except (OSError, KeyError, ValueError) as error:
            raise NotATrainedModelError(path=str(folder)) from error
        embedder = embedder_by_name(manifest.embedder)
        return cls(manifest.labels, coef, intercept, embedder)

    @classmethod
    def load_left_out(cls, folder: Path) -> list["HeadLabelModel"]:
        """Read the heads that answer for one held-out example each, in their order.

        Raises:
            NotATrainedModelError: The folder has none.
        """
        manifest = load_trained(folder)
        try:
            with np.load(folder / CLASSIFIER, allow_pickle=False) as archive:
                coefs = np.asarray(archive["left_out_coef"], dtype=np.float64)
                offsets = np.asarray(archive["left_out_intercept"], dtype=np.float64)
        except (OSError, KeyError, ValueError) as error:
            raise NotATrainedModelError(path=str(folder)) from error
        embedder = embedder_by_name(manifest.embedder)
        return [
            cls(manifest.labels, coef, offset, embedder)
            for coef, offset in zip(coefs, offsets, strict=True)
        ]

    def probabilities(self, text: str) -> Mapping[str, float]:
        """Return class -> probability, likeliest first, summing to 1."""
        vector = self._embedder.query([encodable(text)])[0].astype(np.float64)
        return _ranked(self._labels, _softmax(self._coef @ vector + self._intercept))


class NearestLabelModel:
    """Lets the nearest examples vote, the nearer ones with more weight."""

    def __init__(
        self,
        labels: Sequence[str],
        index: ExampleIndex,
        k: int = NEIGHBOURS,
    ) -> None:
        self._labels = tuple(labels)
        self._index = index
        self._k = k

    def probabilities(self, text: str) -> Mapping[str, float]:
        """Return class -> probability, likeliest first, summing to 1.

        Without a text or without examples, every class is as likely as another.
        """
        near = self._index.nearest(encodable(text), self._k)
        if not near:
            even = np.full(len(self._labels), 1.0 / len(self._labels))
            return _ranked(self._labels, even)
        cosines = np.array([neighbour.similarity for neighbour in near])
        weights = _softmax(cosines / SIMILARITY_SCALE)
        votes = dict.fromkeys(self._labels, 0.0)
        for neighbour, weight in zip(near, weights, strict=True):
            label = neighbour.example.target
            votes[label] = votes.get(label, 0.0) + float(weight)
        return _ranked(tuple(votes), np.array(list(votes.values())))


class LabelChat:
    """Answers a conversation with the likeliest class of its last user message."""

    def __init__(self, model: LabelModel) -> None:
        self._model = model

    def reply(
        self,
        messages: Sequence[Message],
        options: SamplingOptions = DEFAULT_SAMPLING,  # noqa: ARG002  (nothing is drawn)
        trace: ReplyTrace | None = None,
    ) -> Iterator[str]:
        """Yield the class."""
        yield from traced(self._pieces(messages), trace or ReplyTrace())

    def _pieces(self, messages: Sequence[Message]) -> Generator[str]:
        questions = user_questions(messages)
        yield likeliest(self._model, questions[-1] if questions else "")


def likeliest(model: LabelModel, text: str) -> str:
    """Return the likeliest class of a text."""
    return next(iter(model.probabilities(text)))


def _softmax(scores: _Row) -> _Row:
    odds = np.exp(scores - scores.max())
    shares: _Row = odds / odds.sum()
    return shares


def _ranked(labels: Sequence[str], shares: _Row) -> dict[str, float]:
    order = np.argsort(-shares, kind="stable")
    return {labels[i]: float(shares[i]) for i in order}
