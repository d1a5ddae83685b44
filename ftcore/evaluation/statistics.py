"""How far a handful of answers can be trusted: intervals, macro-F1, paired tests."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt

from ftcore.evaluation.base import ACCURACY, ArmResult, Interval
from ftcore.texts import number, percent, text

Z_95 = 1.959963984540054  # two-sided 95 % quantile of the standard normal


def wilson(share: float, total: int) -> Interval:
    """Return a share of ``total`` answers with its 95 % score interval.

    Source: E. B. Wilson (1927), 'Probable inference, the law of succession, and
    statistical inference', JASA 22, p. 209-212. Unlike the textbook interval it
    stays inside 0-1 and keeps its promise with few answers.

    Args:
        share: What was measured, from 0 to 1.
        total: Answers that it was measured on; with 0 the interval is 0 to 1.
    """
    if total == 0:
        return Interval(0.0, 0.0, 1.0, 0)
    squared = Z_95**2
    centre = share + squared / (2 * total)
    spread = Z_95 * sqrt(share * (1 - share) / total + squared / (4 * total**2))
    scale = 1 + squared / total
    low = max(0.0, (centre - spread) / scale)
    high = min(1.0, (centre + spread) / scale)
    return Interval(share, min(low, share), max(high, share), total)


def share_of(passes: Sequence[bool]) -> Interval:
    """Return the share of passes with its interval."""
    return wilson(sum(passes) / len(passes) if passes else 0.0, len(passes))


def accuracy_when_sure(result: ArmResult) -> Interval:
    """Return the share of right answers among those given without a doubt."""
    sure = [record for record in result.records if not record.is_unsure]
    return share_of([record.passed(ACCURACY) for record in sure])


def describe_share(passed: int, total: int) -> str:
    """Return for example '7 de 9 (78 %, entre 45 y 94)', in Spanish."""
    if total == 0:
        return text("evaluation.no_data")
    found = wilson(passed / total, total)
    return text(
        "evaluation.share",
        passed=passed,
        total=total,
        percent=percent(found.value),
        low=number(100 * found.low),
        high=number(100 * found.high),
    )


def describe_interval(interval: Interval) -> str:
    """Return for example '78 % (entre 45 y 94)', for what does not count answers."""
    if interval.n == 0:
        return text("evaluation.no_data")
    return text(
        "evaluation.interval",
        percent=percent(interval.value),
        low=number(100 * interval.low),
        high=number(100 * interval.high),
    )


@dataclass(frozen=True, slots=True)
class ConfusionMatrix:
    """How often each class was taken for each other.

    Attributes:
        labels: The classes, in alphabetical order.
        counts: ``counts[i][j]`` examples of class ``i`` were labelled ``j``.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def confusion_matrix(
    expected: Sequence[str], predicted: Sequence[str]
) -> ConfusionMatrix:
    """Count the pairs of true and given labels.

    Raises:
        ValueError: The sequences differ in length.
    """
    pairs = Counter(zip(expected, predicted, strict=True))
    labels = tuple(sorted({*expected, *predicted}))
    counts = tuple(tuple(pairs[true, given] for given in labels) for true in labels)
    return ConfusionMatrix(labels, counts)


def macro_f1(expected: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the mean over the true classes of 2·hits / (true + given), 0 to 1.

    A classifier that always gives the most frequent class scores badly here. Classes
    that no example has are left out of the mean; giving them still costs the others.

    Raises:
        ValueError: The sequences differ in length.
    """
    hits = Counter(e for e, p in zip(expected, predicted, strict=True) if e == p)
    true, given = Counter(expected), Counter(predicted)
    scores = [2 * hits[label] / (true[label] + given[label]) for label in true]
    return sum(scores) / len(scores) if scores else 0.0


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two arms on the same questions.

    Attributes:
        wins: Questions that only the first arm got right.
        losses: Questions that only the second got right.
        ties: Questions that both got right, or both wrong.
        p_value: Chance of a difference this large if both were equally good.
    """

    wins: int
    losses: int
    ties: int
    p_value: float

    @property
    def is_clear(self) -> bool:
        """Whether chance alone would rarely (under 5 %) explain the difference."""
        return self.p_value < 0.05


def mcnemar(first: Sequence[bool], second: Sequence[bool]) -> PairedComparison:
    """Compare two arms question by question with McNemar's exact test.

    Source: Q. McNemar (1947), Psychometrika 12, p. 153-157, in its exact binomial
    form: of the questions where only one arm was right, half should favour each.

    Raises:
        ValueError: The sequences differ in length.
    """
    pairs = Counter(zip(first, second, strict=True))
    wins, losses = pairs[True, False], pairs[False, True]
    discordant = wins + losses
    tail = sum(comb(discordant, k) for k in range(min(wins, losses) + 1))
    p_value = min(1.0, 2 * tail / 2**discordant)
    return PairedComparison(wins, losses, pairs.total() - discordant, p_value)


def compare_arms(first: ArmResult, second: ArmResult) -> PairedComparison:
    """Compare the accuracy of two arms on the questions that both answered.

    Questions are matched in order, so both arms must have had the same examples;
    an arm that was stopped early is compared on what it answered.
    """
    pairs = zip(first.records, second.records, strict=False)
    passes = [(one.passed(ACCURACY), two.passed(ACCURACY)) for one, two in pairs]
    return mcnemar([one for one, _ in passes], [two for _, two in passes])
