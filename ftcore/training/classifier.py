"""Train a linear head on frozen sentence vectors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ftcore.data.examples import Example
from ftcore.models.embeddings import Embedder, Vectors
from ftcore.models.trained import CLASSIFIER

MAX_ITERATIONS = 2000
STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0)  # inverse regularisation (C) to choose from
DEFAULT_STRENGTH = 30.0  # when there are too few examples to choose
FOLDS = 4

Matrix = npt.NDArray[np.float32]


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

    def probabilities(self, vectors: Vectors) -> Matrix:
        """Return rows that sum to 1, shape ``(len(vectors), classes)``."""
        scores = vectors @ self.coef.T + self.intercept
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares: Matrix = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return shares


def embed_texts(examples: Sequence[Example], embedder: Embedder) -> Vectors:
    """Return one unit row for each example's text, as a query; so does serving."""
    return embedder.query([example.prompt for example in examples])


def choose_strength(vectors: Vectors, targets: Sequence[int], seed: int) -> float:
    """Return the C of least log-loss in stratified cross-validation.

    Log-loss rather than accuracy, because the page shows the probabilities. With
    fewer than four examples in some class there is nothing to choose by.
    """
    if min(Counter(targets).values()) < FOLDS:
        return DEFAULT_STRENGTH
    from sklearn.model_selection import (  # noqa: PLC0415  (seconds of import)
        StratifiedKFold,
        cross_val_score,
    )

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    losses = [
        -cross_val_score(
            _regression(strength), vectors, targets, cv=folds, scoring="neg_log_loss"
        ).mean()
        for strength in STRENGTHS
    ]
    return STRENGTHS[int(np.argmin(losses))]


def fit_head(
    vectors: Vectors, targets: Sequence[int], classes: int, strength: float
) -> LinearHead:
    """Fit a logistic regression that gives rare classes the same weight as common ones.

    Args:
        vectors: Shape ``(examples, dim)``.
        targets: Class of each row, 0 to ``classes - 1``.
        classes: How many classes the head has; one without examples stays at odds
            of practically zero.
        strength: Inverse regularisation, scikit-learn's ``C``.
    """
    dim = vectors.shape[1]
    coef = np.zeros((classes, dim), dtype=np.float32)
    intercept = np.full(classes, -30.0, dtype=np.float32)
    present = sorted(set(targets))
    if len(present) == 1:
        intercept[present[0]] = 0.0
        return LinearHead(coef, intercept)
    model = _regression(strength).fit(vectors, targets)
    rows, offsets = model.coef_, model.intercept_
    if len(present) == 2:  # scikit-learn keeps one row: the second class's log-odds
        rows = np.stack([-rows[0] / 2, rows[0] / 2])
        offsets = np.array([-offsets[0] / 2, offsets[0] / 2])
    coef[present] = rows
    intercept[present] = offsets
    return LinearHead(coef, intercept)


def fit_left_out(
    vectors: Vectors,
    targets: Sequence[int],
    groups: Sequence[Sequence[int]],
    classes: int,
    seed: int,
) -> list[LinearHead]:
    """Fit one head for each group, without the rows of the group.

    The strength is chosen anew each time: an example that is asked has no part in
    anything that answers it.

    Args:
        vectors: Shape ``(examples, dim)``.
        targets: Class of each row.
        groups: Rows (from 0) that are left out together.
        classes: How many classes the heads have.
        seed: Seed of the choice of the strength.
    """
    heads = []
    for group in groups:
        kept = [row for row in range(len(targets)) if row not in set(group)]
        others, answers = vectors[kept], [targets[row] for row in kept]
        strength = choose_strength(others, answers, seed)
        heads.append(fit_head(others, answers, classes, strength))
    return heads


def _regression(strength: float):  # type: ignore[no-untyped-def]  # noqa: ANN202
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    return LogisticRegression(
        C=strength, class_weight="balanced", max_iter=MAX_ITERATIONS
    )


def save_heads(
    folder: Path,
    final: LinearHead,
    evaluation: LinearHead,
    left_out: Sequence[LinearHead] = (),
) -> None:
    """Write the served head, and those that answer for the evaluation.

    Args:
        folder: Model folder.
        final: Fitted on all examples.
        evaluation: Fitted without the held-out examples.
        left_out: One for each held-out example, fitted without it, if each is asked
            of a head of its own.
    """
    heads = {
        "coef": final.coef,
        "intercept": final.intercept,
        "eval_coef": evaluation.coef,
        "eval_intercept": evaluation.intercept,
    }
    if left_out:
        heads["left_out_coef"] = np.stack([head.coef for head in left_out])
        heads["left_out_intercept"] = np.stack([head.intercept for head in left_out])
    np.savez(folder / CLASSIFIER, **heads)  # type: ignore[arg-type]
