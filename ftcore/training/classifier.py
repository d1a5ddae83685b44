"""Train a calibrated linear head on frozen sentence vectors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ftcore.data.examples import Example
from ftcore.data.questions import question_key
from ftcore.models.embeddings import Embedder, Vectors
from ftcore.models.label_head import (
    PASSAGE,
    VIEWS,
    Caution,
    LabelHead,
    LinearHead,
    Matrix,
    text_vectors,
)
from ftcore.models.retrieval import unrelated_questions
from ftcore.training.calibration import (
    assign_folds,
    balanced_weights,
    fit_sharpness,
    learn_least_likeness,
    learn_least_probability,
    surprises,
)

MAX_ITERATIONS = 2000
STRENGTHS = (3.0, 10.0, 30.0, 100.0)  # inverse regularisation (C) to choose from
DEFAULT_STRENGTH = STRENGTHS[0]  # when there are too few examples to choose
ENOUGH_TO_CHOOSE = 8  # examples of the rarest class
# Sharpness that fitted the test texts of the development sets at C = 3 (geometric
# mean of seven sets), and how it falls as C grows.
PRIOR_SHARPNESS = 10.0
PRIOR_SLOPE = -0.7
MOST_KNOWN = 2000  # texts kept to compare with; more would tell little and weigh much


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
    """

    vectors: Vectors
    targets: tuple[int, ...]
    keys: tuple[str, ...]
    names: Vectors
    unrelated: Vectors

    @classmethod
    def embed(
        cls, examples: Sequence[Example], labels: Sequence[str], embedder: Embedder
    ) -> "LabelledTexts":
        """Turn examples into vectors; so does serving."""
        vectors = text_vectors([example.prompt for example in examples], embedder)
        unrelated = np.zeros((0, vectors.shape[1] // len(VIEWS)), dtype=np.float32)
        if embedder.is_semantic:
            questions = unrelated_questions()
            unrelated = text_vectors(questions, embedder, (PASSAGE,))
        return cls(
            vectors,
            tuple(labels.index(example.target) for example in examples),
            tuple(question_key(example) for example in examples),
            text_vectors([label.replace("_", " ") for label in labels], embedder),
            unrelated,
        )

    def pick(self, rows: Sequence[int]) -> "LabelledTexts":
        """Return the texts at those rows (from 0)."""
        return LabelledTexts(
            self.vectors[list(rows)],
            tuple(self.targets[row] for row in rows),
            tuple(self.keys[row] for row in rows),
            self.names,
            self.unrelated,
        )


def fit_label_head(texts: LabelledTexts, seed: int) -> LabelHead:
    """Fit a head, make its probabilities honest and learn when it should doubt.

    Args:
        texts: What to learn from.
        seed: Seed of the folds.
    """
    strength, sharpness, scores, rows = _calibrate(texts, seed)
    linear = fit_head(texts, strength).sharpened(sharpness)
    asked = [texts.targets[row] for row in rows]
    known, keys = _known(texts)
    caution = Caution(
        learn_least_probability(scores * np.float32(sharpness), asked),
        learn_least_likeness(known, keys, texts.unrelated),
        known,
    )
    return LabelHead(linear, caution)


def _calibrate(
    texts: LabelledTexts, seed: int
) -> tuple[float, float, Matrix, Sequence[int]]:
    """Return strength, sharpness, out-of-fold scores of that strength and their rows.

    A larger C is taken only where it is better by more than its standard error:
    small sets cannot tell, and in them the strongest regularisation served best.
    """
    folds = assign_folds(texts.targets, texts.keys, seed)
    rows = [int(row) for row in np.flatnonzero(folds >= 0)]
    asked = [texts.targets[row] for row in rows]
    best: tuple[float, float, Matrix] | None = None
    losses = np.zeros(0)
    for strength in _strengths(texts.targets):
        scores = _out_of_fold(texts, folds, strength)[rows]
        prior = PRIOR_SHARPNESS * (strength / DEFAULT_STRENGTH) ** PRIOR_SLOPE
        sharpness = fit_sharpness(scores, asked, prior) if rows else prior
        found = balanced_weights(asked) * surprises(scores * sharpness, asked)
        gains = losses - found if best else found
        if best is None or gains.mean() > gains.std() / np.sqrt(len(gains)):
            best, losses = (strength, sharpness, scores), found
    assert best is not None  # noqa: S101 - there is always a strength
    return *best, rows


def _strengths(targets: Sequence[int]) -> tuple[float, ...]:
    counts = Counter(targets)
    enough = len(counts) > 1 and min(counts.values()) >= ENOUGH_TO_CHOOSE
    return STRENGTHS if enough else (DEFAULT_STRENGTH,)


def _out_of_fold(
    texts: LabelledTexts, folds: npt.NDArray[np.intp], strength: float
) -> Matrix:
    """Return scores of heads that did not see the text; zero where it is not asked."""
    scores = np.zeros((len(texts.targets), len(texts.names)), dtype=np.float32)
    for fold in sorted(set(folds[folds >= 0].tolist())):
        asked = folds == fold
        kept = [int(row) for row in np.flatnonzero(~asked)]
        scores[asked] = fit_head(texts.pick(kept), strength).scores(
            texts.vectors[asked]
        )
    return scores


def fit_head(texts: LabelledTexts, strength: float) -> LinearHead:
    """Fit a logistic regression that gives rare classes the same weight as common ones.

    Args:
        texts: What to learn from; a class without examples stays at odds of
            practically zero.
        strength: Inverse regularisation, scikit-learn's ``C``.
    """
    classes, dim = texts.names.shape
    coef = np.zeros((classes, dim), dtype=np.float32)
    intercept = np.full(classes, -30.0, dtype=np.float32)
    present = sorted(set(texts.targets))
    if len(present) == 1:
        intercept[present[0]] = 0.0
        return LinearHead(coef, intercept)
    rows = np.vstack([texts.vectors, texts.names[present]])
    answers = [*texts.targets, *present]
    weights = np.r_[balanced_weights(texts.targets), np.ones(len(present))]
    coef[present], intercept[present] = _regress(rows, answers, weights, strength)
    return LinearHead(coef, intercept)


def _regress(
    rows: Vectors,
    answers: Sequence[int],
    weights: npt.NDArray[np.float64],
    strength: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return coefficients and intercepts, one row for each class present.

    With fewer rows than dimensions the fit happens in the space that the rows span:
    the penalty keeps the solution there, and it takes a tenth of the time. One thread:
    on a busy machine several waited for each other ten times as long as they worked.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (seconds)
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    wide = rows.astype(np.float64)
    model = LogisticRegression(C=strength, max_iter=MAX_ITERATIONS)
    with threadpool_limits(1, user_api="blas"):
        basis = np.linalg.qr(wide.T)[0] if len(wide) < wide.shape[1] else None
        inside = wide if basis is None else wide @ basis
        model.fit(inside, answers, sample_weight=weights)
    coef, offsets = model.coef_, model.intercept_
    if len(coef) == 1:  # scikit-learn keeps one row: the second class's log-odds
        coef = np.stack([-coef[0] / 2, coef[0] / 2])
        offsets = np.array([-offsets[0] / 2, offsets[0] / 2])
    return coef if basis is None else coef @ basis.T, offsets


def _known(texts: LabelledTexts) -> tuple[Matrix, list[str]]:
    """Return the unit rows, in the last view, to compare with, and their keys."""
    count = len(texts.targets)
    rows = np.unique(np.linspace(0, count - 1, min(count, MOST_KNOWN)).astype(np.intp))
    last = texts.vectors[rows, -texts.unrelated.shape[1] :]
    length = np.linalg.norm(last, axis=1, keepdims=True)
    unit = last / np.maximum(length, np.finfo(np.float32).tiny)
    return unit, [texts.keys[row] for row in rows]


def fit_left_out(
    texts: LabelledTexts, groups: Sequence[Sequence[int]], seed: int
) -> list[LabelHead]:
    """Fit one head for each group, without the rows of the group.

    Everything is learnt anew each time: an example that is asked has no part in
    anything that answers it.

    Args:
        texts: All texts.
        groups: Rows (from 0) that are left out together.
        seed: Seed of the folds.
    """
    heads = []
    for group in groups:
        kept = [row for row in range(len(texts.targets)) if row not in set(group)]
        heads.append(fit_label_head(texts.pick(kept), seed))
    return heads
