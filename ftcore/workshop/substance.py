"""What follows from the examples of one version: findings, and how they are shared."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ftcore.data.changes import renumber
from ftcore.data.check import arrange, shorten
from ftcore.data.checks import CHECKS
from ftcore.data.examples import Dataset
from ftcore.data.findings import Finding
from ftcore.data.likeness import (
    find_leaks,
    likeness_texts,
    near_duplicates,
    spelling_vectors,
)
from ftcore.data.splitting import Leak, SplitMethod, SplitPlan, plan_split
from ftcore.models.embeddings import Vectors
from ftcore.models.vector_store import KeptEmbedder
from ftcore.storage.records import DatasetRow
from ftcore.workshop.dataset_folder import KeptDataset
from ftcore.workshop.recent import Recent

MOST_COMPARED = 2_000  # examples among which near-duplicates are looked for
MOST_AT_ONCE = 100  # texts embedded while a page waits: about a second


@dataclass(frozen=True, slots=True)
class Substance:
    """What was worked out of one version.

    Attributes:
        findings: What may be wrong, worst first, by the examples' positions.
        plan: What trains and what is asked, with the leaks between them.
    """

    findings: tuple[Finding, ...]
    plan: SplitPlan


class SubstanceMaker:
    """Works out what follows from a version, once.

    Near-duplicates and leaks are looked for among at most ``MOST_COMPARED``
    examples: by meaning if at most ``MOST_AT_ONCE`` texts would have to be embedded
    for it, and else by spelling.

    Args:
        embedder: Gives the vectors.
    """

    def __init__(self, embedder: KeptEmbedder) -> None:
        self._embedder = embedder
        self._made: Recent[Substance] = Recent()
        self._checked: Recent[list[Finding]] = Recent()

    def of(self, row: DatasetRow, kept: KeptDataset) -> Substance:
        """Return what follows from the examples of a version."""
        by_meaning = self._can_embed(kept)
        return self._made.get(
            f"{row.id} {by_meaning}",
            row.rows,
            lambda: self._make(row, kept, by_meaning=by_meaning),
        )

    def checked(self, dataset: Dataset) -> list[Finding]:
        """Return what the checks find, by the examples' positions, from 1.

        The same examples are checked once, in whatever version they are.
        """
        return self._checked.get(
            dataset.fingerprint, len(dataset), lambda: _check(dataset)
        )

    def _can_embed(self, kept: KeptDataset) -> bool:
        is_small = 0 < len(kept.dataset) <= MOST_COMPARED
        if not is_small or not self._embedder.is_semantic:
            return False
        test = replace(kept.dataset, examples=kept.test)
        texts = [*likeness_texts(kept.dataset), *likeness_texts(test)]
        return self._embedder.missing(texts) <= MOST_AT_ONCE

    def _make(
        self, row: DatasetRow, kept: KeptDataset, *, by_meaning: bool
    ) -> Substance:
        dataset, plan = kept.dataset, plan_of(row, kept)
        if not dataset.examples:
            return Substance((), plan)
        found = [*self.checked(dataset)]
        if len(dataset) <= MOST_COMPARED:

            def embed(part: Dataset) -> Vectors:
                texts = likeness_texts(part)
                if by_meaning:
                    return self._embedder.query(texts)
                return spelling_vectors(texts)

            found += near_duplicates(dataset, embed(dataset))
            if plan.method is not SplitMethod.LEAVE_ONE_OUT:
                train, test = plan.train, plan.test
                near = find_leaks(train, test, embed(train), embed(test))
                plan = replace(plan, leaks=_merged([*plan.leaks, *near]))
        return Substance(shorten(arrange(found)), plan)


def _check(dataset: Dataset) -> list[Finding]:
    numbered = renumber(dataset)
    return [finding for check in CHECKS for finding in check(numbered)]


def plan_of(row: DatasetRow, kept: KeptDataset) -> SplitPlan:
    """Return how a version is shared out, without looking for likeness."""
    return plan_split(kept.dataset, test=kept.test, held_out=row.held_out)


def _merged(leaks: Iterable[Leak]) -> tuple[Leak, ...]:
    """Keep one leak for each question of the test, the first one found."""
    kept: dict[int, Leak] = {}
    for leak in leaks:
        kept.setdefault(leak.test_row, leak)
    return tuple(sorted(kept.values(), key=lambda leak: leak.test_row))
