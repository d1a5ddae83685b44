"""Fit the linear head of a classifier on vectors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ftcore.models.embeddings import Vectors
from ftcore.models.label_head import LinearHead
from ftcore.training.calibration import balanced_weights
from ftcore.training.labelled import LabelledTexts

MAX_ITERATIONS = 2000


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
