"""What a change did to a dataset, example by example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ftcore.data.examples import Dataset, Example


@dataclass(frozen=True, slots=True)
class Change:
    """One example before and after; one of the two may be missing, never both.

    Attributes:
        row: Position of the example before the change (after it, if it is new),
            from 1.
        before: ``None`` if the example is new.
        after: ``None`` if the example was taken out.
    """

    row: int
    before: Example | None
    after: Example | None


@dataclass(frozen=True, slots=True)
class FixResult:
    """A dataset after a fix, and everything that the fix did.

    Attributes:
        dataset: The examples now, renumbered from 1.
        changes: Every example that changed or left, in the order of the file.
    """

    dataset: Dataset
    changes: tuple[Change, ...]

    @property
    def dropped(self) -> tuple[Example, ...]:
        """The examples taken out, so that they can be listed and kept."""
        return tuple(c.before for c in self.changes if c.before and not c.after)


# Mends the examples at the given positions (from 1), or all that need it if None.
Fix = Callable[[Dataset, frozenset[int] | None], FixResult]


def renumber(dataset: Dataset) -> Dataset:
    """Return the same examples, each with its position (from 1) as its line."""
    rows = enumerate(dataset, 1)
    return replace(dataset, examples=tuple(replace(e, line=row) for row, e in rows))


def rebuild(dataset: Dataset, rows: Mapping[int, Example | None]) -> FixResult:
    """Put other examples at some positions (from 1); ``None`` takes one out.

    An example put in place of an equal one is no change.
    """
    changes = tuple(
        Change(row, before, rows[row])
        for row, before in enumerate(dataset, 1)
        if row in rows and rows[row] != before
    )
    now = (rows.get(row, example) for row, example in enumerate(dataset, 1))
    kept = tuple(example for example in now if example is not None)
    return FixResult(renumber(replace(dataset, examples=kept)), changes)
