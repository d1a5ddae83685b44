"""The linear head is scikit-learn's, written as plain numpy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from ftcore.training.classifier import (
    DEFAULT_STRENGTH,
    STRENGTHS,
    choose_strength,
    fit_head,
)


def clusters(classes: int, each: int, seed: int = 0) -> tuple[np.ndarray, list[int]]:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, 8))
    rows = [
        centres[c] + 0.3 * rng.normal(size=8)
        for c in range(classes)
        for _ in range(each)
    ]
    vectors = np.array(rows, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, [c for c in range(classes) for _ in range(each)]


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_the_head_gives_the_probabilities_of_scikit_learn(classes: int) -> None:
    vectors, targets = clusters(classes, 9)
    head = fit_head(vectors, targets, classes, strength=10.0)
    theirs = LogisticRegression(C=10.0, class_weight="balanced", max_iter=2000)
    expected = theirs.fit(vectors, targets).predict_proba(vectors)
    assert head.coef.shape == (classes, 8)
    assert head.probabilities(vectors) == pytest.approx(expected, abs=1e-5)


@given(st.integers(0, 1000))
def test_probabilities_sum_to_one(seed: int) -> None:
    vectors, targets = clusters(3, 5)
    head = fit_head(vectors, targets, 3, 10.0)
    others = np.random.default_rng(seed).normal(size=(4, 8)).astype(np.float32) * 50
    shares = head.probabilities(others)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (shares >= 0).all()


def test_a_class_without_examples_is_never_likely() -> None:
    vectors, targets = clusters(3, 5)
    kept = [i for i, t in enumerate(targets) if t != 1]
    head = fit_head(vectors[kept], [targets[i] for i in kept], 3, 10.0)
    assert head.probabilities(vectors)[:, 1].max() < 1e-6


def test_one_class_alone_is_certain() -> None:
    vectors, _ = clusters(2, 4)
    head = fit_head(vectors, [1] * len(vectors), 2, 10.0)
    assert head.probabilities(vectors)[:, 1].min() > 0.999


def test_a_rare_class_is_still_found() -> None:
    vectors, targets = clusters(2, 30, seed=4)
    keep = [i for i, t in enumerate(targets) if t == 0 or i % 10 == 0]
    head = fit_head(vectors[keep], [targets[i] for i in keep], 2, 10.0)
    rare = [i for i, t in enumerate(targets) if t == 1]
    assert head.probabilities(vectors[rare])[:, 1].mean() > 0.7


def test_strength_is_chosen_only_with_enough_examples() -> None:
    vectors, targets = clusters(3, 3)
    assert choose_strength(vectors, targets, seed=1) == DEFAULT_STRENGTH
    vectors, targets = clusters(3, 12)
    chosen = choose_strength(vectors, targets, seed=1)
    assert chosen in STRENGTHS
    assert chosen == choose_strength(vectors, targets, seed=1)
