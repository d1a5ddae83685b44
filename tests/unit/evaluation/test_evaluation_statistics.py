"""Intervals, macro-F1 and paired tests do what their sources say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix as sklearn_matrix
from sklearn.metrics import f1_score

from ftcore.evaluation.statistics import (
    confusion_matrix,
    describe_interval,
    describe_share,
    macro_f1,
    mcnemar,
    share_of,
    wilson,
)

counts = st.integers(1, 300).flatmap(
    lambda total: st.tuples(st.integers(0, total), st.just(total))
)
label_pairs = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1
)


@given(counts)
def test_wilson_is_the_reference_interval(count):
    passed, total = count
    found = wilson(passed / total, total)
    reference = binomtest(passed, total).proportion_ci(method="wilson")
    assert found.low == pytest.approx(reference.low, abs=1e-9)
    assert found.high == pytest.approx(reference.high, abs=1e-9)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.passed == passed


@given(counts)
def test_more_answers_make_a_narrower_interval(count):
    passed, total = count
    few, many = wilson(passed / total, total), wilson(passed / total, 4 * total)
    assert many.high - many.low < few.high - few.low


def test_no_answers_say_nothing():
    found = share_of([])
    assert (found.low, found.high, found.n) == (0.0, 1.0, 0)
    assert describe_share(0, 0) == "sin datos"
    assert describe_interval(found) == "sin datos"


def test_a_share_is_described_with_its_interval():
    assert describe_share(7, 9) == "7 de 9 (78 %, entre 45 y 94)"
    assert describe_interval(wilson(7 / 9, 9)) == "78 % (entre 45 y 94)"


@given(label_pairs)
def test_macro_f1_agrees_with_the_reference(pairs):
    expected, predicted = zip(*pairs, strict=True)
    reference = f1_score(
        expected,
        predicted,
        labels=sorted(set(expected)),
        average="macro",
        zero_division=0,
    )
    assert macro_f1(expected, predicted) == pytest.approx(reference)


@given(label_pairs)
def test_the_confusion_matrix_agrees_with_the_reference(pairs):
    expected, predicted = zip(*pairs, strict=True)
    found = confusion_matrix(expected, predicted)
    unused = "z"  # the reference warns about a matrix of one cell
    labels = [*found.labels, unused]
    reference = sklearn_matrix(expected, predicted, labels=labels)
    assert [[*row, 0] for row in found.counts] == reference.tolist()[:-1]


def test_always_giving_the_commonest_class_has_a_poor_macro_f1():
    assert macro_f1(["a"] * 9 + ["b"], ["a"] * 10) < 0.5


@given(st.lists(st.tuples(st.booleans(), st.booleans())))
def test_mcnemar_is_the_exact_binomial_test(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    found = mcnemar(first, second)
    assert found.wins + found.losses + found.ties == len(pairs)
    discordant = found.wins + found.losses
    reference = binomtest(found.wins, discordant).pvalue if discordant else 1.0
    assert found.p_value == pytest.approx(reference)
    assert mcnemar(second, first).p_value == found.p_value


def test_a_difference_is_clear_only_with_enough_answers():
    assert not mcnemar([True] * 5, [False] * 5).is_clear
    assert mcnemar([True] * 6, [False] * 6).is_clear


def test_unequal_lengths_are_a_bug():
    with pytest.raises(ValueError, match="zip"):
        macro_f1(["a"], [])
