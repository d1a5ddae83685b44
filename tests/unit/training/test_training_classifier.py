"""The linear head is scikit-learn's, written as plain numpy, calibrated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from ftcore.models.label_head import LabelHead
from ftcore.training.classifier import DEFAULT_STRENGTH, fit_label_head
from ftcore.training.labelled import LabelledTexts
from ftcore.training.linear import fit_head

DIM = 8


def unit(rows: np.ndarray) -> np.ndarray:
    found = np.asarray(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def clusters(
    classes: int, each: int, seed: int = 0, spread: float = 0.3
) -> LabelledTexts:
    """Two views of ``DIM`` dimensions, as the embedder's query and passage."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(classes, 2 * DIM))
    targets = [c for c in range(classes) for _ in range(each)]
    rows = [centres[c] + spread * rng.normal(size=2 * DIM) for c in targets]
    return LabelledTexts(
        unit(np.array(rows)),
        tuple(targets),
        tuple(f"texto {i}" for i in range(len(targets))),
        unit(rng.normal(size=(classes, 2 * DIM))),
        unit(rng.normal(size=(20, DIM))),
    )


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("each", [3, 20])  # fewer and more rows than dimensions
def test_the_head_gives_the_probabilities_of_scikit_learn(
    classes: int, each: int
) -> None:
    texts = clusters(classes, each)
    head = fit_head(texts, strength=10.0)
    rows = np.vstack([texts.vectors, texts.names])
    theirs = LogisticRegression(C=10.0, max_iter=2000, tol=1e-8)
    theirs.fit(rows, [*texts.targets, *range(classes)])  # a name counts as a text
    expected = theirs.predict_proba(texts.vectors)
    assert head.coef.shape == (classes, 2 * DIM)
    assert head.probabilities(texts.vectors) == pytest.approx(expected, abs=2e-3)


@given(st.integers(0, 1000))
def test_probabilities_sum_to_one(seed: int) -> None:
    head = fit_head(clusters(3, 5), 10.0)
    others = np.random.default_rng(seed).normal(size=(4, 2 * DIM)).astype(np.float32)
    shares = head.probabilities(others * 50)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (shares >= 0).all()


def test_a_class_without_examples_is_never_likely() -> None:
    texts = clusters(3, 5)
    kept = [i for i, t in enumerate(texts.targets) if t != 1]
    head = fit_label_head(texts.pick(kept), seed=1)
    assert head.linear.probabilities(texts.vectors)[:, 1].max() < 1e-6


def test_one_class_alone_is_certain() -> None:
    texts = clusters(2, 4)
    head = fit_label_head(texts.pick([4, 5, 6, 7]), seed=1)
    assert head.linear.probabilities(texts.vectors)[:, 1].min() > 0.999


@pytest.mark.parametrize("rare", [1, 2, 3])
def test_a_rare_class_is_still_found(rare: int) -> None:
    texts = clusters(2, 30, seed=4)
    head = fit_label_head(texts.pick(range(30 + rare)), seed=1)
    unseen = texts.vectors[30 + rare :]
    assert (head.linear.probabilities(unseen)[:, 1] > 0.5).mean() > 0.9


def same_answers(one: LabelHead, other: LabelHead, rows: np.ndarray) -> None:
    assert one.linear.probabilities(rows) == pytest.approx(
        other.linear.probabilities(rows), abs=2e-3
    )
    assert one.caution.least_probability == pytest.approx(
        other.caution.least_probability, abs=0.011
    )
    assert one.caution.least_likeness == pytest.approx(
        other.caution.least_likeness, abs=1e-5
    )


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 9))
def test_the_order_of_the_examples_changes_nothing(random, seed: int) -> None:
    texts = clusters(3, 4, spread=1.2)
    shuffled = list(range(len(texts.targets)))
    random.shuffle(shuffled)
    found = fit_label_head(texts.pick(shuffled), seed)
    same_answers(found, fit_label_head(texts, seed), texts.vectors)


@settings(max_examples=5, deadline=None)
@given(st.permutations(range(4)))
def test_renaming_the_classes_only_renames_the_answers(order: list[int]) -> None:
    texts = clusters(4, 4, spread=1.2)
    renamed = LabelledTexts(
        texts.vectors,
        tuple(order.index(target) for target in texts.targets),
        texts.keys,
        texts.names[list(order)],
        texts.unrelated,
    )
    first, second = fit_label_head(texts, 1), fit_label_head(renamed, 1)
    expected = first.linear.probabilities(texts.vectors)[:, list(order)]
    found = second.linear.probabilities(texts.vectors)
    assert found == pytest.approx(expected, abs=2e-3)


def test_probabilities_come_true_about_as_often_as_they_say() -> None:
    """On fresh texts of the same two clouds, whose overlap is known."""
    rng = np.random.default_rng(3)
    everything = clusters(2, 600, seed=1, spread=1.6)
    taught = sorted(rng.choice(1200, 60, replace=False).tolist())
    fresh = sorted(set(range(1200)) - set(taught))
    head = fit_label_head(everything.pick(taught), seed=1).linear
    raw = fit_head(everything.pick(taught), DEFAULT_STRENGTH)
    asked = everything.pick(fresh)
    answers = np.array(asked.targets)

    def log_loss(shares: np.ndarray) -> float:
        return float(-np.log(shares[np.arange(len(answers)), answers]).mean())

    shares = head.probabilities(asked.vectors)
    assert log_loss(shares) < log_loss(raw.probabilities(asked.vectors))
    sureness = shares.max(axis=1)
    right = shares.argmax(axis=1) == answers
    sure = sureness > np.median(sureness)
    assert right[sure].mean() == pytest.approx(sureness[sure].mean(), abs=0.07)
    assert right[~sure].mean() == pytest.approx(sureness[~sure].mean(), abs=0.1)


def test_texts_unlike_all_that_was_learnt_are_strange() -> None:
    texts = clusters(3, 8, spread=0.2)
    caution = fit_label_head(texts, seed=1).caution
    opposite = -texts.vectors.mean(axis=0, keepdims=True)
    assert (caution.likeness(texts.vectors) >= caution.least_likeness).all()
    assert (caution.likeness(opposite) < caution.least_likeness).all()
