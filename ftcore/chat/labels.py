"""Classifiers: a trained head, the nearest examples, and a chat around either."""

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ftcore.chat.base import (
    Doubt,
    LabelModel,
    ReplyTrace,
    SamplingOptions,
    TracedChat,
    Verdict,
)
from ftcore.chat.questions import encodable, user_questions
from ftcore.data.examples import Message
from ftcore.models.embeddings import Embedder, embedder_by_name
from ftcore.models.label_head import (
    LabelHead,
    load_head,
    load_left_out,
    text_vectors,
)
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import ENCODER, TrainedModel, load_trained
from ftcore.models.tuned_encoder import EncoderShelf

NEIGHBOURS = 5
# Cosines of e5 crowd between 0.7 and 1: a difference of 0.03 counts e-fold.
SIMILARITY_SCALE = 0.03

_Row = npt.NDArray[np.float64]


class HeadLabelModel:
    """A calibrated softmax over linear scores of the text's vectors, with doubts."""

    def __init__(
        self, labels: Sequence[str], head: LabelHead, embedder: Embedder
    ) -> None:
        """Take the head.

        Args:
            labels: The classes, in the order of the head's rows.
            head: What the training fitted.
            embedder: Makes the vectors; the one that the head was trained with.
        """
        self._labels = tuple(labels)
        self._head = head
        self._embedder = embedder

    @classmethod
    def load(
        cls, folder: Path, encoders: EncoderShelf, *, use_eval_head: bool = False
    ) -> "HeadLabelModel":
        """Read the head of a model folder.

        Args:
            folder: Model folder.
            encoders: Gives the model's own encoder, if it has one.
            use_eval_head: Take the head that never saw the held-out examples, as
                an honest evaluation must.

        Raises:
            NotATrainedModelError: The folder has no head.
            BaseModelMissingError: Its encoder's base is not on this machine.
            EmbedderMissingError: This machine makes other vectors.
        """
        manifest = load_trained(folder)
        head = load_head(folder, evaluation=use_eval_head)
        return cls(manifest.labels, head, _embedder(folder, manifest, encoders))

    @classmethod
    def load_left_out(
        cls, folder: Path, encoders: EncoderShelf
    ) -> list["HeadLabelModel"]:
        """Read the heads that answer for one held-out example each, in their order.

        Raises:
            NotATrainedModelError: The folder has none.
            BaseModelMissingError: Its encoder's base is not on this machine.
            EmbedderMissingError: This machine makes other vectors.
        """
        manifest = load_trained(folder)
        embedder = _embedder(folder, manifest, encoders)
        return [cls(manifest.labels, head, embedder) for head in load_left_out(folder)]

    def judge(self, text: str) -> Verdict:
        """Return the probabilities, and a doubt below what the training learnt."""
        head = self._head
        vectors = text_vectors([encodable(text)], self._embedder, head.views)
        shares = head.linear.probabilities(vectors)[0].astype(np.float64)
        chances = _ranked(self._labels, shares / shares.sum())
        likeness = float(head.caution.likeness(vectors)[0])
        if likeness < head.caution.least_likeness:
            return Verdict(chances, Doubt.STRANGE)
        is_close = shares.max() < head.caution.least_probability
        return Verdict(chances, Doubt.CLOSE if is_close else None)


def _embedder(folder: Path, manifest: TrainedModel, encoders: EncoderShelf) -> Embedder:
    """Return what made the vectors that the head was fitted on."""
    if (folder / ENCODER).is_file():
        return encoders.embedder(folder, manifest)
    return embedder_by_name(manifest.embedder)


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

    def judge(self, text: str) -> Verdict:
        """Return the votes; a baseline has learnt no doubts.

        Without a text or without examples, every class is as likely as another.
        """
        near = self._index.nearest(encodable(text), self._k)
        if not near:
            even = np.full(len(self._labels), 1.0 / len(self._labels))
            return Verdict(_ranked(self._labels, even))
        cosines = np.array([neighbour.similarity for neighbour in near])
        weights = _softmax(cosines / SIMILARITY_SCALE)
        votes = dict.fromkeys(self._labels, 0.0)
        for neighbour, weight in zip(near, weights, strict=True):
            label = neighbour.example.target
            votes[label] = votes.get(label, 0.0) + float(weight)
        return Verdict(_ranked(tuple(votes), np.array(list(votes.values()))))


class LabelChat(TracedChat):
    """Answers a conversation with the likeliest class of its last user message."""

    def __init__(self, model: LabelModel) -> None:
        self._model = model

    def _pieces(
        self,
        messages: Sequence[Message],
        options: SamplingOptions,  # noqa: ARG002  (nothing is drawn)
        trace: ReplyTrace,  # noqa: ARG002
    ) -> Generator[str]:
        questions = user_questions(messages)
        yield self._model.judge(questions[-1] if questions else "").label


def _softmax(scores: _Row) -> _Row:
    odds = np.exp(scores - scores.max())
    shares: _Row = odds / odds.sum()
    return shares


def _ranked(labels: Sequence[str], shares: _Row) -> dict[str, float]:
    order = np.argsort(-shares, kind="stable")
    return {labels[i]: float(shares[i]) for i in order}
