"""Which examples ask the same, however they are written."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example, Role


@dataclass(slots=True)
class QuestionGroup:
    """Examples with the same question, which stay on the same side of a split.

    Attributes:
        rank: A number drawn by seed and question; groups are chosen by it.
        rows: Places of the examples, from 0.
        labels: How often each answer (or label) is given.
    """

    rank: str
    rows: list[int]
    labels: Counter[str]

    @property
    def stratum(self) -> str:
        """The answer given most often; of a tie, the alphabetically first."""
        return min(self.labels, key=lambda label: (-self.labels[label], label))


def question_key(example: Example) -> str:
    """Return what makes two examples the same question: all turns but the answer."""
    turns = (
        f"{message.role.value}:{comparable(message.content)}"
        for message in example.prompt_messages
        if message.role is not Role.SYSTEM
    )
    return "\n".join(turns)


def same_questions(dataset: Dataset) -> list[list[int]]:
    """Return the positions (from 1) that ask the same, in order of appearance."""
    return [[row + 1 for row in group.rows] for group in question_groups(dataset, 0)]


def question_groups(dataset: Dataset, seed: int) -> list[QuestionGroup]:
    """Return the questions in order of appearance.

    Args:
        dataset: The examples.
        seed: Seed of the ranks.
    """
    found: dict[str, QuestionGroup] = {}
    for row, example in enumerate(dataset):
        key = question_key(example)
        if key not in found:
            digest = hashlib.sha256(f"{seed}|{key}".encode("utf-8", "replace"))
            found[key] = QuestionGroup(digest.hexdigest(), [], Counter())
        found[key].rows.append(row)
        found[key].labels[example.target] += 1
    return list(found.values())
