"""Learn from out-of-fold scores how sure a classifier may be, and when to doubt."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ftcore.models.label_head import Matrix, softmax

FOLDS = 5
WRONG_COST = 3.0  # a wrong label taken for sure, in labels left to a person
PRIOR_SPREAD = 0.5  # of the logarithm of the sharpness, over development sets
_SHARPNESSES = np.exp(np.linspace(np.log(0.3), np.log(100), 121))
_THRESHOLDS = np.arange(0.30, 0.91, 0.01)
UNRELATED_QUANTILE = 0.98
OWN_QUANTILE = 0.05
POSITION = 0.25  # of the way from unrelated to own texts, as for a chat's refusals

Rows = npt.NDArray[np.intp]


def assign_folds(
    targets: Sequence[int], keys: Sequence[str], seed: int, folds: int = FOLDS
) -> Rows:
    """Return the fold (from 0) in which each text is asked, or -1 for never.

    Each class is dealt out evenly. Texts of one key stay together, and the only key
    of a class is never asked, because nothing else would teach that class. The deal
    depends on the keys and the seed alone, not on the order of the texts.

    Args:
        targets: Class of each text.
        keys: What tells texts apart; the same for texts that ask the same.
        seed: Seed of the deal.
        folds: How many folds.
    """
    by_class: dict[int, set[str]] = defaultdict(set)
    for target, key in zip(targets, keys, strict=True):
        by_class[target].add(key)
    place: dict[tuple[int, str], int] = {}
    for target, found in by_class.items():
        ranked = sorted(found, key=lambda key: _rank(key, seed))
        for turn, key in enumerate(ranked):
            place[target, key] = turn % folds if len(ranked) > 1 else -1
    pairs = zip(targets, keys, strict=True)
    return np.array([place[pair] for pair in pairs], dtype=np.intp)


def _rank(key: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{key}".encode(), digest_size=8).digest()


def balanced_weights(targets: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return weights that sum to the number of texts and give each class as much."""
    found = np.asarray(targets, dtype=np.intp)
    if not len(found):
        return np.zeros(0)
    counts = np.bincount(found)
    present = np.count_nonzero(counts)
    weights: npt.NDArray[np.float64] = len(found) / (present * counts[found])
    return weights


def fit_sharpness(scores: Matrix, targets: Sequence[int], prior: float) -> float:
    """Return the factor by which scores become honest probabilities.

    It is the inverse temperature of Guo et al. (2017, 'On calibration of modern
    neural networks'), of least log-loss with every class weighing the same, drawn
    towards ``prior`` as a log-normal guess: ten texts move it little, forty decide.

    Args:
        scores: Linear scores of texts that did not train them, ``(texts, classes)``.
        targets: Their classes.
        prior: The likeliest factor before anything is seen.
    """
    weights = balanced_weights(targets)
    costs = [
        float(weights @ surprises(scores * factor, targets))
        + 0.5 * (np.log(factor / prior) / PRIOR_SPREAD) ** 2
        for factor in _SHARPNESSES
    ]
    return float(_SHARPNESSES[int(np.argmin(costs))])


def surprises(scores: Matrix, targets: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return the log-loss of each row at its class, in nats."""
    wide = np.asarray(scores, dtype=np.float64)
    top = wide.max(axis=1, keepdims=True)
    total = np.log(np.exp(wide - top).sum(axis=1)) + top[:, 0]
    lost: npt.NDArray[np.float64] = total - wide[np.arange(len(wide)), list(targets)]
    return lost


def learn_least_probability(
    scores: Matrix, targets: Sequence[int], wrong_cost: float = WRONG_COST
) -> float:
    """Return the probability below which a label is given with a doubt.

    The stated trade-off: a wrong label taken for sure costs as much as three labels
    left to a person. The threshold is the one of least cost on out-of-fold scores,
    half as they fell out and half as their own calibrated probabilities expect, so
    that one lucky text does not move it. Without scores it is where a doubt costs as
    much as the risk (Chow, 1970, 'On optimum recognition error and reject tradeoff').

    Args:
        scores: Calibrated scores of texts that did not train them.
        targets: Their classes.
        wrong_cost: Cost of a wrong label, in labels left to a person.
    """
    if not len(targets):
        return 1 - 1 / wrong_cost
    chances = softmax(scores)
    sureness = chances.max(axis=1)
    wrong = chances.argmax(axis=1) != np.asarray(targets)
    risk = (wrong + (1 - sureness)) / 2
    weights = balanced_weights(targets)
    unsure = sureness[None, :] < _THRESHOLDS[:, None]
    costs = (np.where(unsure, 1.0, wrong_cost * risk) * weights).sum(axis=1)
    return float(_THRESHOLDS[int(np.argmin(np.round(costs, 9)))])


def learn_least_likeness(
    known: Matrix, keys: Sequence[str], unrelated: Matrix
) -> float:
    """Return the cosine below which a text is like nothing that was learnt.

    A quarter of the way from what unrelated questions reach to what the texts reach
    among themselves, and never above the latter.

    Args:
        known: Unit rows of the texts learnt.
        keys: What tells them apart; likeness to a text of the same key is no news.
        unrelated: Unit rows of questions that no example is about.
    """
    if len(set(keys)) < 2 or not len(unrelated):
        return -1.0
    names = np.array(keys)
    among = known @ known.T
    among[names[:, None] == names[None, :]] = -1.0
    return least_likeness_between(among.max(axis=1), (unrelated @ known.T).max(axis=1))


def least_likeness_between(own: Matrix, unrelated: Matrix) -> float:
    """Return the cosine below which a text is like nothing that was learnt.

    Args:
        own: Cosine of each text of the same kind with its nearest other; -1 comes
            out if there is none, here or below.
        unrelated: The same of questions that no example is about.
    """
    if not len(own) or not len(unrelated):
        return -1.0
    near = float(np.quantile(own, OWN_QUANTILE))
    far = float(np.quantile(unrelated, UNRELATED_QUANTILE))
    return min(near, far + POSITION * (near - far))
