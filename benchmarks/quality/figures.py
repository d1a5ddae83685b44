"""Shares with intervals over questions and seeds, and the table of them."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

RESAMPLES = 2000
TAIL = 0.025  # on each side: an interval of 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """A share of answers with its 95 % interval.

    Attributes:
        value: From 0 to 1.
        low: Lower end.
        high: Upper end.
        questions: Different questions; those of two seeds count once.
    """

    value: float
    low: float
    high: float
    questions: int

    def __str__(self) -> str:
        """Return for example ``81 (74-88)``, in per cent."""
        return f"{self.value:.0%} ({self.low:.0%}-{self.high:.0%})".replace("%", "")


def share(found: Mapping[str, Sequence[bool]], seed: int = 0) -> Share:
    """Return the share of passes, bootstrapped over questions and their seeds.

    Questions are drawn with replacement, then one seed's answer for each draw, so that
    the interval knows that the answers of several seeds to one question are alike.

    Args:
        found: For each question, whether each seed's answer passed.
        seed: Of the draws.
    """
    groups = list(found.values())
    value = sum(map(sum, groups)) / max(1, sum(map(len, groups)))
    rng = random.Random(seed)
    means = sorted(
        sum(rng.choice(rng.choice(groups)) for _ in groups) / len(groups)
        for _ in range(RESAMPLES if groups else 0)
    )
    if not means:
        return Share(0.0, 0.0, 1.0, 0)
    low, high = means[int(TAIL * RESAMPLES)], means[int((1 - TAIL) * RESAMPLES) - 1]
    return Share(value, min(low, value), max(high, value), len(groups))


def grouped(rows: Iterable[tuple[str, bool]]) -> dict[str, list[bool]]:
    """Return the outcomes of each question."""
    found: dict[str, list[bool]] = defaultdict(list)
    for question, passed in rows:
        found[question].append(passed)
    return found


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table; the first is the head."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
