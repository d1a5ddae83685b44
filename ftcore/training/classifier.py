"""Train a calibrated linear head on sentence vectors."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ftcore.models.embeddings import Vectors
from ftcore.models.label_head import Caution, LabelHead, Matrix
from ftcore.training.calibration import (
    Rows,
    assign_folds,
    balanced_weights,
    fit_sharpness,
    learn_least_likeness,
    learn_least_probability,
    least_likeness_between,
    surprises,
)
from ftcore.training.labelled import LabelledTexts
from ftcore.training.linear import fit_head

STRENGTHS = (3.0, 10.0, 30.0, 100.0)  # inverse regularisation (C) to choose from
DEFAULT_STRENGTH = STRENGTHS[0]  # when there are too few examples to choose
ENOUGH_TO_CHOOSE = 8  # examples of the rarest class
# Sharpness that fitted the test texts of the development sets at C = 3 (geometric
# mean of seven sets), and how it falls as C grows.
PRIOR_SHARPNESS = 10.0
PRIOR_SLOPE = -0.7
MOST_KNOWN = 2000  # texts kept to compare with; more would tell little and weigh much


@dataclass(frozen=True, slots=True)
class Unseen:
    """How texts look to who was not taught with them.

    Attributes:
        folds: The fold (from 0) in which each text is asked, or -1 for never.
        texts: For each fold, all the texts as they look without it; vectors of an
            encoder that learns differ from fold to fold. One at least.
        prior: The likeliest sharpness at ``DEFAULT_STRENGTH``.
    """

    folds: Rows
    texts: Sequence[LabelledTexts]
    prior: float = PRIOR_SHARPNESS

    @classmethod
    def frozen(cls, texts: LabelledTexts, seed: int) -> "Unseen":
        """Return the folds of texts whose vectors nothing changes."""
        folds = assign_folds(texts.targets, texts.keys, seed)
        return cls(folds, [texts] * max(1, int(folds.max(initial=-1)) + 1))

    @property
    def rows(self) -> list[int]:
        """Rows of the texts that are asked."""
        return [int(row) for row in np.flatnonzero(self.folds >= 0)]

    def pick(self, rows: Sequence[int]) -> "Unseen":
        """Return the same of some of the texts, by their rows."""
        texts = [one.pick(rows) for one in self.texts]
        return replace(self, folds=self.folds[list(rows)], texts=texts)

    def kept(self, fold: int) -> list[int]:
        """Return the rows that teach in a fold: those that ask none of its texts."""
        keys = self.texts[fold].keys
        out = {keys[row] for row in np.flatnonzero(self.folds == fold)}
        return [row for row, key in enumerate(keys) if key not in out]

    def scores(self, strength: float) -> Matrix:
        """Return scores of heads that did not see the text; zero where none is asked.

        Args:
            strength: Inverse regularisation of the heads.
        """
        classes = len(self.texts[0].names)
        found = np.zeros((len(self.folds), classes), dtype=np.float32)
        for fold, texts in enumerate(self.texts):
            asked = self.folds == fold
            if asked.any():
                head = fit_head(texts.pick(self.kept(fold)), strength)
                found[asked] = head.scores(texts.vectors[asked])
        return found


def fit_label_head(
    texts: LabelledTexts, seed: int, unseen: Unseen | None = None
) -> LabelHead:
    """Fit a head, make its probabilities honest and learn when it should doubt.

    Args:
        texts: What to learn from.
        seed: Seed of the folds.
        unseen: The same texts out of their folds; those of frozen vectors unless
            given.
    """
    known, keys = _known(texts)
    if unseen is None:
        unseen = Unseen.frozen(texts, seed)
        least_likeness = learn_least_likeness(known, keys, texts.unrelated)
    else:
        near = likeness_out_of_fold(unseen)[unseen.rows]
        far = (texts.unrelated @ known.T).max(axis=1, initial=-1.0)
        least_likeness = least_likeness_between(near, far)
    strength, sharpness, scores = calibrate(unseen)
    linear = fit_head(texts, strength).sharpened(sharpness)
    asked = [texts.targets[row] for row in unseen.rows]
    least_probability = learn_least_probability(scores * np.float32(sharpness), asked)
    caution = Caution(least_probability, least_likeness, known)
    return LabelHead(linear, caution, texts.views)


def calibrate(unseen: Unseen) -> tuple[float, float, Matrix]:
    """Return strength, sharpness and the scores of that strength of the rows asked.

    A larger C is taken only where it is better by more than its standard error:
    small sets cannot tell, and in them the strongest regularisation served best.
    """
    rows, targets = unseen.rows, unseen.texts[0].targets
    asked = [targets[row] for row in rows]
    best: tuple[float, float, Matrix] | None = None
    losses = np.zeros(0)
    for strength in _strengths(targets):
        scores = unseen.scores(strength)[rows]
        prior = unseen.prior * (strength / DEFAULT_STRENGTH) ** PRIOR_SLOPE
        sharpness = fit_sharpness(scores, asked, prior) if rows else prior
        found = balanced_weights(asked) * surprises(scores * sharpness, asked)
        gains = losses - found if best else found
        if best is None or gains.mean() > gains.std() / np.sqrt(len(gains)):
            best, losses = (strength, sharpness, scores), found
    assert best is not None  # noqa: S101 - there is always a strength
    return best


def likeness_out_of_fold(unseen: Unseen) -> npt.NDArray[np.float32]:
    """Return the cosine, in the last view, of each text with the nearest kept one.

    It is -1 where the text is never asked.
    """
    found = np.full(len(unseen.folds), -1.0, dtype=np.float32)
    for fold, texts in enumerate(unseen.texts):
        asked = unseen.folds == fold
        if asked.any():
            last = texts.last_view
            near = last[asked] @ last[unseen.kept(fold)].T
            found[asked] = near.max(axis=1, initial=-1.0)
    return found


def _strengths(targets: Sequence[int]) -> tuple[float, ...]:
    counts = Counter(targets)
    enough = len(counts) > 1 and min(counts.values()) >= ENOUGH_TO_CHOOSE
    return STRENGTHS if enough else (DEFAULT_STRENGTH,)


def _known(texts: LabelledTexts) -> tuple[Matrix, list[str]]:
    """Return the unit rows, in the last view, to compare with, and their keys."""
    count = len(texts.targets)
    rows = np.unique(np.linspace(0, count - 1, min(count, MOST_KNOWN)).astype(np.intp))
    return texts.last_view[rows], [texts.keys[row] for row in rows]


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


def log_loss(head: LabelHead, vectors: Vectors, targets: Sequence[int]) -> float:
    """Return the mean surprise at the right class, in nats."""
    shares = head.linear.probabilities(vectors)
    chances = shares[np.arange(len(targets)), list(targets)]
    return float(-np.log(np.maximum(chances, np.finfo(np.float32).tiny)).mean())
