"""Set some examples apart, so that a model is tested with what it never saw."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.questions import (
    QuestionGroup,
    question_groups,
    question_key,
    same_questions,
)
from ftcore.errors import (
    ExamNeedsClassError,
    ExamNeedsTrainingError,
    NothingHeldOutError,
    UnknownRowError,
)
from ftcore.runtime import DEFAULT_SEED

TEST_FRACTION = 0.2
FEW_EXAMPLES = 10  # a test of a fifth of fewer would be a single answer
MOST_ONE_BY_ONE = 200  # heads fitted one by one: 2.6 s of one processor


class SplitMethod(StrEnum):
    """How the examples of the test were found."""

    TEMPLATE = "template"  # they came apart from the others
    CHOSEN = "chosen"  # by the participant
    STRATIFIED = "stratified"  # by the seed, class by class
    LEAVE_ONE_OUT = "leave_one_out"  # each in turn, of a head trained without it
    NONE = "none"  # too few to keep any


@dataclass(frozen=True, slots=True)
class Leak:
    """An example of the test that the training gives away.

    Attributes:
        train_row: Position of the example that trains, from 1, in the dataset.
        test_row: Position of the one that is asked, from 1: in the dataset, or in
            the template's own test.
        likeness: Cosine of their meanings; 1 for the very same question.
    """

    train_row: int
    test_row: int
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Which examples train, which are asked, and why these.

    Attributes:
        method: How the test was found.
        train: What the model learns from. With ``LEAVE_ONE_OUT`` it is the whole
            dataset: what is asked is left out one question at a time.
        test: What the model is asked.
        held_out: Positions in the dataset of what is asked, from 1, ascending;
            empty for ``TEMPLATE`` and ``NONE``.
        leaks: Questions of the test that the training gives away.
    """

    method: SplitMethod
    train: Dataset
    test: Dataset
    held_out: tuple[int, ...] = ()
    leaks: tuple[Leak, ...] = ()

    @property
    def points_per_mistake(self) -> float:
        """Percentage points that one wrong answer costs; 0 without a test."""
        return 100 / len(self.test) if len(self.test) else 0.0


@dataclass(frozen=True, slots=True)
class DatasetSplit:
    """One dataset in two parts that share no question.

    Attributes:
        train: What the model learns from; never empty.
        test: What it is asked afterwards; may be empty in a tiny dataset.
    """

    train: Dataset
    test: Dataset


def split_dataset(
    dataset: Dataset, *, test_fraction: float = TEST_FRACTION, seed: int
) -> DatasetSplit:
    """Split by question; for a classification, also class by class.

    The choice depends on the questions and the seed only, not on the order of the
    rows. Every class keeps an example to train with, and every class with two
    different texts has one in the test. Examples of one question stay together, so
    a dataset with a single question (or one text per class) has an empty test.

    Args:
        dataset: At least one example.
        test_fraction: Share of the questions to set apart, between 0 and 1.
        seed: Seed of the choice.
    """
    groups = question_groups(dataset, seed)
    strata: dict[str, list[QuestionGroup]] = defaultdict(list)
    for group in groups:
        is_label = dataset.task is Task.CLASSIFICATION
        strata[group.stratum if is_label else ""].append(group)
    chosen = [
        group
        for members in strata.values()
        for group in sorted(members, key=lambda g: g.rank)[
            : _test_size(len(members), test_fraction)
        ]
    ]
    if dataset.task is Task.CLASSIFICATION:
        chosen = _with_every_class_in_train(groups, chosen)
    held_out = {row for group in chosen for row in group.rows}
    return DatasetSplit(
        _part(dataset, (r for r in range(len(dataset)) if r not in held_out)),
        _part(dataset, sorted(held_out)),
    )


def plan_split(
    dataset: Dataset,
    *,
    seed: int = DEFAULT_SEED,
    test: Sequence[Example] = (),
    held_out: Collection[int] | None = None,
) -> SplitPlan:
    """Decide what a model trains with and what it is asked.

    The participant's choice comes first, then a test that came with the examples,
    then leave-one-out for a classification that is too small to share out, and last
    the seed. What is chosen takes along every example that asks the very same.

    Leave-one-out asks each example whose class the others still teach; it is used
    for at most ``MOST_ONE_BY_ONE`` examples, when there are fewer than
    ``FEW_EXAMPLES`` or a class has a single text.

    Args:
        dataset: The examples; may be empty.
        seed: Seed of the choice.
        test: Examples to ask that are not in ``dataset``.
        held_out: Positions from 1 that the participant wants asked; ``None``
            leaves the choice to us.

    Raises:
        NothingHeldOutError: The choice is empty.
        UnknownRowError: A position is outside the dataset.
        ExamNeedsTrainingError: Nothing would be left to train with.
        ExamNeedsClassError: A class would be left without an example to train with.
    """
    if held_out is not None:
        chosen = _with_same_questions(dataset, held_out)
        _require_training(dataset, chosen)
        return _plan(dataset, SplitMethod.CHOSEN, chosen)
    if test:
        asked = Dataset(dataset.name, dataset.task, tuple(test))
        leaks = tuple(_exact_leaks(dataset, asked))
        return SplitPlan(SplitMethod.TEMPLATE, dataset, asked, leaks=leaks)
    if _is_too_few(dataset, seed):
        rows = _asked_one_by_one(dataset, seed)
        method = SplitMethod.LEAVE_ONE_OUT if rows else SplitMethod.NONE
        asked = _part(dataset, (row - 1 for row in rows))
        return SplitPlan(method, dataset, asked, tuple(rows))
    split = split_dataset(dataset, seed=seed)
    asked_ids = {id(example) for example in split.test}  # the same objects, not copies
    rows = [at for at, example in enumerate(dataset, 1) if id(example) in asked_ids]
    return _plan(dataset, SplitMethod.STRATIFIED if rows else SplitMethod.NONE, rows)


def _plan(dataset: Dataset, method: SplitMethod, rows: Collection[int]) -> SplitPlan:
    asked = set(rows)
    train = _part(dataset, (r for r in range(len(dataset)) if r + 1 not in asked))
    test = _part(dataset, (row - 1 for row in sorted(asked)))
    return SplitPlan(method, train, test, tuple(sorted(asked)))


def _with_same_questions(dataset: Dataset, chosen: Collection[int]) -> set[int]:
    """Return the choice with all the examples that ask the same."""
    if not chosen:
        raise NothingHeldOutError
    for row in chosen:
        if not 1 <= row <= len(dataset):
            raise UnknownRowError(row=row, rows=len(dataset))
    rows: set[int] = set()
    for group in same_questions(dataset):
        if not set(group).isdisjoint(chosen):
            rows.update(group)
    return rows


def _require_training(dataset: Dataset, rows: Collection[int]) -> None:
    if len(rows) == len(dataset):
        raise ExamNeedsTrainingError(rows=len(dataset))
    trained = {e.target for at, e in enumerate(dataset, 1) if at not in rows}
    for label in dataset.labels:
        if label not in trained:
            raise ExamNeedsClassError(label=label)


def _exact_leaks(train: Dataset, test: Dataset) -> Iterable[Leak]:
    first: dict[str, int] = {}
    for row, example in enumerate(train, 1):
        first.setdefault(question_key(example), row)
    for row, example in enumerate(test, 1):
        key = question_key(example)
        if key in first:
            yield Leak(first[key], row)


def _is_too_few(dataset: Dataset, seed: int) -> bool:
    """Say whether a classification cannot have every class on both sides."""
    if len(dataset.labels) < 2 or len(dataset) > MOST_ONE_BY_ONE:
        return False
    texts = Counter(group.stratum for group in question_groups(dataset, seed))
    thin = any(texts[label] < 2 for label in dataset.labels)
    return thin or len(dataset) < FEW_EXAMPLES


def _asked_one_by_one(dataset: Dataset, seed: int) -> list[int]:
    """Return the positions whose class the others still teach, from 1."""
    labels = Counter(example.target for example in dataset)
    return sorted(
        row + 1
        for group in question_groups(dataset, seed)
        if all(labels[label] > count for label, count in group.labels.items())
        for row in group.rows
    )


def _test_size(groups: int, fraction: float) -> int:
    if groups < 2:
        return 0
    return min(max(round(groups * fraction), 1), groups - 1)


def _with_every_class_in_train(
    groups: Iterable[QuestionGroup], chosen: list[QuestionGroup]
) -> list[QuestionGroup]:
    """Give back groups until no class is missing from the training side."""
    ranks = {group.rank for group in chosen}
    trained = {label for g in groups if g.rank not in ranks for label in g.labels}
    kept: list[QuestionGroup] = []
    for group in sorted(chosen, key=lambda g: g.rank):
        if set(group.labels) <= trained:
            kept.append(group)
        else:
            trained |= set(group.labels)
    return kept


def _part(dataset: Dataset, rows: Iterable[int]) -> Dataset:
    examples = tuple(dataset.examples[row] for row in rows)
    return Dataset(dataset.name, dataset.task, examples)
