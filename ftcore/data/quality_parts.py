"""The parts of the quality score: what is counted, and the points it gives."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ftcore.data.checking import identity, writes_answers
from ftcore.data.checks.style import answers, closing_of, treatment_of
from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example
from ftcore.data.findings import Finding

# Points of each part. Amount and cleanliness weigh most, since they decide what is
# learned at all. Variety is next for answers, balance for labels. The test comes
# last: the model does not learn from it, but without it nobody knows what it learned.
ANSWER_POINTS = {
    "amount": 30,
    "cleanliness": 25,
    "variety": 20,
    "consistency": 15,
    "testability": 10,
}
LABEL_POINTS = {
    "amount": 25,
    "cleanliness": 25,
    "variety": 15,
    "balance": 25,
    "testability": 10,
}
ENOUGH = 10  # examples: the course's minimum, worth half of the points
PLENTY = 50  # examples: what the course asks for at most, worth all of them
ENOUGH_TESTED = 10  # held-out examples: one mistake is then 10 points of 100

# Findings about a row that say how it is written, not that it teaches something wrong.
STYLE_CODES = frozenset(
    {"mixed_treatment", "mixed_closing", "stray_spaces", "all_capitals"}
)
REPEAT_CODES = frozenset({"duplicate", "near_duplicate"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the score is made of; an advice is the same with something changed.

    Attributes:
        is_label: Whether the targets are labels.
        sound: Different examples that no finding calls faulty.
        faulty: Different examples that teach something wrong.
        repeated: Copies, and examples that nearly are.
        targets: Sound examples of each target, also of those that have none.
        treated: Sound answers that address the reader as most do, or do not.
        closed: Sound answers that end as most do.
        tested: Examples held out.
    """

    is_label: bool
    sound: int
    faulty: int
    repeated: int
    targets: dict[str, int]
    treated: int
    closed: int
    tested: int

    @property
    def different(self) -> int:
        """All examples but the repeated ones."""
        return self.sound + self.faulty

    def with_more(self, count: int, label: str | None = None) -> "Facts":
        """Return the facts with more sound examples, unlike all there are.

        Args:
            count: How many.
            label: Their class; by default the smallest, one after the other.
        """
        targets = dict(self.targets)
        for number in range(count):
            smallest = min(targets, key=lambda name: targets[name], default="")
            name = label or (smallest if self.is_label else f"new {number}")
            targets[name] = targets.get(name, 0) + 1
        return replace(
            self,
            sound=self.sound + count,
            targets=targets,
            treated=self.treated + count,
            closed=self.closed + count,
        )


def gather(dataset: Dataset, findings: Sequence[Finding], tested: int) -> Facts:
    """Count what the score is made of; the findings' lines are positions."""
    faulty, near = _rows_by_kind(findings)
    seen: set[tuple[str, ...]] = set()
    sound: list[Example] = []
    bad = repeated = 0
    targets: dict[str, int] = {}
    for row, example in enumerate(dataset, 1):
        key = identity(example)
        if key in seen or row in near:
            repeated += 1
            continue
        seen.add(key)
        target = comparable(example.target)
        targets.setdefault(target, 0)
        if row in faulty:
            bad += 1
        else:
            sound.append(example)
            targets[target] += 1
    return Facts(
        is_label=not writes_answers(dataset),
        sound=len(sound),
        faulty=bad,
        repeated=repeated,
        targets=targets,
        treated=_usual([treatment_of(answers(example)) for example in sound]),
        closed=_usual([closing_of(example.target) for example in sound]),
        tested=tested,
    )


def _rows_by_kind(findings: Sequence[Finding]) -> tuple[set[int], set[int]]:
    faulty: set[int] = set()
    near: set[int] = set()
    for finding in findings:
        if finding.line is None:
            continue
        if finding.code == "near_duplicate":
            near.add(finding.line)
        elif finding.code not in STYLE_CODES | REPEAT_CODES:
            faulty.add(finding.line)
    return faulty, near


def _usual(styles: list[str]) -> int:
    """Return how many follow the usual style, or have none to follow."""
    counts = Counter(style for style in styles if style)
    return len(styles) - counts.total() + max(counts.values(), default=0)


def score_parts(facts: Facts) -> dict[str, int]:
    """Return the points of each part, rounded, so that they add up on screen.

    Each share grows when an example becomes sound and when a faulty or repeated one
    goes, because what is counted is always sound and what divides never is less
    than all different examples.
    """
    most = LABEL_POINTS if facts.is_label else ANSWER_POINTS
    shares = {
        "amount": _amount(facts.sound),
        "cleanliness": _share(facts.sound, facts.different),
        "variety": _variety(facts),
        "balance": _balance(facts),
        "consistency": _share(facts.treated + facts.closed, 2 * facts.different),
        "testability": min(1.0, facts.tested / ENOUGH_TESTED),
    }
    return {name: round(points * shares[name]) for name, points in most.items()}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _amount(sound: int) -> float:
    """Half of the points up to the course's minimum, the rest up to its maximum."""
    if sound <= ENOUGH:
        return 0.5 * sound / ENOUGH
    return min(1.0, 0.5 + 0.5 * (sound - ENOUGH) / (PLENTY - ENOUGH))


def _variety(facts: Facts) -> float:
    """How many sound ones beside the repeated; for answers, also how many differ.

    Faulty examples are left out: one of them going must not make the copies weigh more.
    """
    fresh = _share(facts.sound, facts.sound + facts.repeated)
    if facts.is_label:
        return fresh
    answered = sum(count > 0 for count in facts.targets.values())
    return 0.5 * fresh + 0.5 * _share(answered, facts.different)


def _balance(facts: Facts) -> float:
    """Overlap of the classes with equal shares: 1 if equal, half with one class."""
    classes, total = max(2, len(facts.targets)), facts.different
    if not total:
        return 0.0
    return sum(min(1 / classes, n / total) for n in facts.targets.values())
