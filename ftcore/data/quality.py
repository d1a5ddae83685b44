"""A score of 0 to 100 for a dataset, and what would raise it most."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ftcore.data.examples import Dataset
from ftcore.data.findings import Finding, Severity
from ftcore.data.quality_parts import (
    ANSWER_POINTS,
    ENOUGH,
    ENOUGH_TESTED,
    LABEL_POINTS,
    PLENTY,
    REPEAT_CODES,
    STYLE_CODES,
    Facts,
    gather,
    score_parts,
)
from ftcore.data.values import excerpt
from ftcore.errors import Param

STEP = 10  # examples that one advice asks for at most
# Findings about the whole, with the part that they explain.
WHOLE_CODES = {
    "few_examples": "amount",
    "same_answer": "variety",
    "one_class": "balance",
    "small_class": "balance",
    "imbalance": "balance",
}


@dataclass(frozen=True, slots=True)
class QualityPart:
    """One part of the score.

    Attributes:
        name: Key of ``quality.parts.<name>``.
        points: What it has, a whole number up to ``most``.
        most: What it can have.
        code: The finding that costs it most; ``None`` if none does.
    """

    name: str
    points: int
    most: int
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that would raise the score.

    Attributes:
        name: Key of ``quality.advice.<name>``: ``amount``, ``class``, ``test``,
            ``answers``, or the code of a finding to mend.
        gain: Points that it would add, at least 1.
        params: Values for the placeholders of the text.
    """

    name: str
    gain: int
    params: dict[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a dataset is to train with.

    Attributes:
        score: 0 to 100, the sum of the parts.
        parts: In the order in which they are explained.
        best: What would raise the score most, the most first.
    """

    score: int
    parts: tuple[QualityPart, ...]
    best: tuple[Advice, ...]


def measure_quality(
    dataset: Dataset, findings: Sequence[Finding], *, test_size: int
) -> Quality:
    """Score a dataset.

    Only sound examples earn points: different ones that no finding calls faulty. So
    taking out a copy or a faulty example, or mending one, never lowers the score
    (as long as nothing new is found in what is left).

    Args:
        dataset: The examples.
        findings: What the checks and ``near_duplicates`` found in it; their lines
            are positions from 1.
        test_size: Examples held out to test with.
    """
    findings = [f for f in findings if f.severity is not Severity.REPAIR]
    facts = gather(dataset, findings, test_size)
    points = score_parts(facts)
    most = LABEL_POINTS if facts.is_label else ANSWER_POINTS
    parts = tuple(
        QualityPart(name, points[name], full, _cause(name, findings))
        if points[name] < full
        else QualityPart(name, full, full)
        for name, full in most.items()
    )
    now = sum(points.values())
    offers = [*_mended(dataset, findings, facts), *_written(facts)]
    best = [
        Advice(name, gain, params)
        for name, better, params in offers
        if (gain := sum(score_parts(better).values()) - now) > 0
    ]
    best.sort(key=lambda advice: (-advice.gain, advice.name))
    return Quality(now, parts, tuple(best))


def _cause(part: str, findings: Sequence[Finding]) -> str | None:
    """Return the most frequent code among the findings that the part is about."""
    codes = Counter(f.code for f in findings if _part_of(f) == part)
    return max(sorted(codes), key=lambda code: codes[code], default=None)


def _part_of(finding: Finding) -> str:
    if finding.line is None:
        return WHOLE_CODES.get(finding.code, "")
    if finding.code in REPEAT_CODES:
        return "variety"
    return "consistency" if finding.code in STYLE_CODES else "cleanliness"


def _mended(
    dataset: Dataset, findings: Sequence[Finding], facts: Facts
) -> Iterator[tuple[str, Facts, dict[str, Param]]]:
    """Yield, for each code, the facts as they would be without its findings."""
    counts = Counter(f.code for f in findings if f.line is not None)
    for code, count in counts.items():
        rest = [f for f in findings if f.code != code]
        if code in REPEAT_CODES:
            better = replace(facts, repeated=max(0, facts.repeated - count))
        elif code == "mixed_treatment":
            better = replace(facts, treated=facts.sound)
        elif code == "mixed_closing":
            better = replace(facts, closed=facts.sound)
        else:
            better = gather(dataset, rest, facts.tested)
        yield code, better, {"count": count}


def _written(facts: Facts) -> Iterator[tuple[str, Facts, dict[str, Param]]]:
    """Yield the facts with more examples, a fuller class, a larger test."""
    goal = ENOUGH if facts.sound < ENOUGH else min(PLENTY, facts.sound + STEP)
    if facts.sound < goal:
        count = goal - facts.sound
        yield "amount", facts.with_more(count), {"count": count}
    if facts.is_label and len(facts.targets) > 1:
        smallest = min(facts.targets, key=lambda label: facts.targets[label])
        others = sorted(n for label, n in facts.targets.items() if label != smallest)
        count = min(STEP, others[len(others) // 2] - facts.targets[smallest])
        if count > 0:
            named: dict[str, Param] = {"count": count, "label": excerpt(smallest)}
            yield "class", facts.with_more(count, smallest), named
    if facts.tested < ENOUGH_TESTED:
        count = ENOUGH_TESTED - facts.tested
        yield "test", replace(facts, tested=ENOUGH_TESTED), {"count": count}
