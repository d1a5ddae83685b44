"""Say what two versions of the same examples have in common, and what not."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from ftcore.data.changes import Change
from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example

LEAST_SHARED = 0.25  # of the words of two examples, for one to be the other, edited

Partners = dict[int, int]  # position in the older version -> in the newer, from 1


@dataclass(frozen=True, slots=True)
class DatasetDiff:
    """What one version has that another has not.

    Attributes:
        added: New examples, each with its position in the newer version.
        removed: Examples that are gone, each with its position in the older one.
        changed: Examples that were edited, with their position in the older one.
        same: How many examples are in both, word for word.
    """

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    changed: tuple[Change, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        """Whether both have the same examples, in any order."""
        return not (self.added or self.removed or self.changed)


def compare(before: Dataset, after: Dataset) -> DatasetDiff:
    """Return what changed from ``before`` to ``after``, in the order of the rows."""
    partners = match_rows(before, after)
    taken = set(partners.values())
    removed, changed, same = [], [], 0
    for row, example in enumerate(before, 1):
        if row not in partners:
            removed.append(Change(row, example, None))
            continue
        now = after.examples[partners[row] - 1]
        if now == example:
            same += 1
        else:
            changed.append(Change(row, example, now))
    added = [
        Change(row, None, example)
        for row, example in enumerate(after, 1)
        if row not in taken
    ]
    return DatasetDiff(tuple(added), tuple(removed), tuple(changed), same)


def match_rows(before: Dataset, after: Dataset) -> Partners:
    """Find each example of ``before`` again in ``after``; linear in their number.

    The same words come first, in the same place and then anywhere; then the same
    question with another answer; and last what follows the same neighbour, as an
    edited row of a table does. What is left has no partner.
    """
    old, new = before.examples, after.examples
    partners = {
        row: row
        for row, (left, right) in enumerate(zip(old, new, strict=False), 1)
        if left == right
    }
    _match_by(lambda example: example.messages, old, new, partners)
    _match_by(lambda example: example.prompt_messages, old, new, partners)
    _match_neighbours(old, new, partners)
    return partners


def _match_by(
    key: Callable[[Example], Hashable],
    old: Sequence[Example],
    new: Sequence[Example],
    partners: Partners,
) -> None:
    taken = set(partners.values())
    free: dict[Hashable, deque[int]] = defaultdict(deque)
    for row, example in enumerate(new, 1):
        if row not in taken:
            free[key(example)].append(row)
    for row, example in enumerate(old, 1):
        if row not in partners and free[key(example)]:
            partners[row] = free[key(example)].popleft()


def _match_neighbours(
    old: Sequence[Example], new: Sequence[Example], partners: Partners
) -> None:
    taken = set(partners.values())
    for row, example in enumerate(old, 1):
        previous = 0 if row == 1 else partners.get(row - 1)
        if row in partners or previous is None or previous >= len(new):
            continue
        following = previous + 1
        if following not in taken and _is_edit(example, new[following - 1]):
            partners[row] = following
            taken.add(following)


def _is_edit(before: Example, after: Example) -> bool:
    left, right = _words(before), _words(after)
    return len(left & right) >= LEAST_SHARED * len(left | right)


def _words(example: Example) -> set[str]:
    return {
        word
        for message in example.messages
        for word in comparable(message.content).split()
    }
