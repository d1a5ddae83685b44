"""Set some examples apart, so that a model is tested with what it never saw."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example, Role, Task


@dataclass(frozen=True, slots=True)
class DatasetSplit:
    """One dataset in two parts that share no question.

    Attributes:
        train: What the model learns from; never empty.
        test: What it is asked afterwards; may be empty in a tiny dataset.
    """

    train: Dataset
    test: Dataset


@dataclass(slots=True)
class _Group:
    """Examples with the same question, which stay on the same side."""

    rank: str
    rows: list[int]
    labels: Counter[str]

    @property
    def stratum(self) -> str:
        return min(self.labels, key=lambda label: (-self.labels[label], label))


def split_dataset(
    dataset: Dataset, *, test_fraction: float = 0.2, seed: int
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
    groups = _groups(dataset, seed)
    strata: dict[str, list[_Group]] = defaultdict(list)
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


def question_key(example: Example) -> str:
    """Return what makes two examples the same question: all turns but the answer."""
    turns = (
        f"{message.role.value}:{comparable(message.content)}"
        for message in example.prompt_messages
        if message.role is not Role.SYSTEM
    )
    return "\n".join(turns)


def _groups(dataset: Dataset, seed: int) -> list[_Group]:
    found: dict[str, _Group] = {}
    for row, example in enumerate(dataset):
        key = question_key(example)
        if key not in found:
            digest = hashlib.sha256(f"{seed}|{key}".encode("utf-8", "replace"))
            found[key] = _Group(digest.hexdigest(), [], Counter())
        found[key].rows.append(row)
        found[key].labels[example.target] += 1
    return list(found.values())


def _test_size(groups: int, fraction: float) -> int:
    if groups < 2:
        return 0
    return min(max(round(groups * fraction), 1), groups - 1)


def _with_every_class_in_train(
    groups: Iterable[_Group], chosen: list[_Group]
) -> list[_Group]:
    """Give back groups until no class is missing from the training side."""
    ranks = {group.rank for group in chosen}
    trained = {label for g in groups if g.rank not in ranks for label in g.labels}
    kept: list[_Group] = []
    for group in sorted(chosen, key=lambda g: g.rank):
        if set(group.labels) <= trained:
            kept.append(group)
        else:
            trained |= set(group.labels)
    return kept


def _part(dataset: Dataset, rows: Iterable[int]) -> Dataset:
    examples = tuple(dataset.examples[row] for row in rows)
    return Dataset(dataset.name, dataset.task, examples)
