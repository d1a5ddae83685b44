"""Sharpness, folds and doubts, on scores whose truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.models.label_head import softmax
from ftcore.training.calibration import (
    assign_folds,
    balanced_weights,
    fit_sharpness,
    learn_least_likeness,
    learn_least_probability,
    surprises,
)


def drawn(texts: int, sharpness: float, seed: int = 0) -> tuple[np.ndarray, list[int]]:
    """Return scores and classes drawn with the probabilities of sharper scores."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(texts, 3)).astype(np.float32)
    chances = softmax(scores * np.float32(sharpness)).astype(np.float64)
    picks = (chances.cumsum(axis=1) < rng.random((texts, 1))).sum(axis=1)
    return scores, np.minimum(picks, 2).tolist()


@pytest.mark.parametrize("truth", [0.5, 1.0, 4.0, 12.0])
def test_the_sharpness_is_found_again(truth: float) -> None:
    scores, targets = drawn(4000, truth)
    assert fit_sharpness(scores, targets, prior=3.0) == pytest.approx(truth, rel=0.15)


@pytest.mark.parametrize("truth", [0.5, 4.0])
def test_calibration_lowers_the_log_loss_of_unseen_texts(truth: float) -> None:
    factor = fit_sharpness(*drawn(100, truth), prior=1.0)
    scores, targets = drawn(2000, truth, seed=9)
    before = surprises(scores, targets).mean()
    assert surprises(scores * factor, targets).mean() < before


def test_a_handful_of_texts_stays_near_the_prior() -> None:
    scores = np.array([[3, 0], [0, 3], [3, 0]], dtype=np.float32)
    few = fit_sharpness(scores, [0, 1, 0], prior=2.0)
    many = fit_sharpness(np.tile(scores, (40, 1)), [0, 1, 0] * 40, prior=2.0)
    assert 1.9 < few < many  # all right: only many texts may say 'always'
    assert fit_sharpness(scores[:0], [], prior=2.0) == pytest.approx(2.0, rel=0.05)


def test_surprises_are_the_log_loss() -> None:
    scores = np.array([[1.0, 3.0], [0.0, 0.0]], dtype=np.float32)
    expected = [-np.log(softmax(scores)[0, 0]), np.log(2)]
    assert surprises(scores, [0, 1]) == pytest.approx(expected)


classes = st.lists(st.integers(0, 3), min_size=1, max_size=40)


@given(classes, st.integers(0, 99))
def test_every_fold_leaves_each_class_something_to_learn(targets, seed) -> None:
    keys = [str(i // 2) for i in range(len(targets))]  # texts that ask the same
    folds = assign_folds(targets, keys, seed)
    for fold in set(folds.tolist()) - {-1}:
        taught = {t for t, f in zip(targets, folds, strict=True) if f != fold}
        assert taught == set(targets)
    places: dict[tuple[int, str], set[int]] = {}
    for target, key, fold in zip(targets, keys, folds.tolist(), strict=True):
        places.setdefault((target, key), set()).add(fold)
    assert all(len(found) == 1 for found in places.values())


@given(classes)
def test_weights_give_each_class_the_same(targets) -> None:
    weights = balanced_weights(targets)
    shares = {c: weights[[t == c for t in targets]].sum() for c in sorted(set(targets))}
    assert sum(shares.values()) == pytest.approx(len(targets))
    assert list(shares.values()) == pytest.approx(
        [len(targets) / len(shares)] * len(shares)
    )


@given(st.integers(0, 50), st.floats(1.2, 8), st.floats(1.0, 3.0))
def test_dearer_mistakes_never_lower_the_threshold(seed, cost, times) -> None:
    scores, targets = drawn(40, 2.0, seed)
    least = learn_least_probability(scores, targets, cost)
    assert learn_least_probability(scores, targets, cost * times) >= least


def test_honest_scores_are_doubted_where_a_doubt_is_cheaper() -> None:
    scores, targets = drawn(5000, 1.0)
    least = learn_least_probability(scores, targets, wrong_cost=3.0)
    assert least == pytest.approx(2 / 3, abs=0.06)  # Chow's rule
    assert learn_least_probability(scores[:0], [], wrong_cost=4.0) == 0.75


def test_likeness_lies_between_the_unrelated_and_ones_own() -> None:
    angles = np.radians([0, 2, 4, 6, 90])
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    known, unrelated = rows[:4], rows[4:]
    least = learn_least_likeness(known, list("abcd"), unrelated)
    assert np.cos(np.radians(84)) < least < np.cos(np.radians(2))


@pytest.mark.parametrize("keys", [["a", "a"], ["a"]])
def test_without_two_texts_nothing_is_strange(keys) -> None:
    known = np.eye(2, dtype=np.float32)[: len(keys)]
    assert learn_least_likeness(known, keys, np.eye(2, dtype=np.float32)) == -1
    nothing = np.zeros((0, 2), dtype=np.float32)
    assert learn_least_likeness(np.eye(2, dtype=np.float32), ["a", "b"], nothing) == -1
