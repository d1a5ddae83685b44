"""Run every check on the examples of a file, few or millions."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.data.checks import CHECKS, ROW_CHECKS
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.finding_log import FindingLog
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import with_target
from ftcore.data.sampling import SAMPLE_ROWS, Sample
from ftcore.data.summary import Extent
from ftcore.data.tallies import Tallies

_FIRST_STAGE = 10  # what the reading found comes before
_LAST_STAGE = _FIRST_STAGE + len(CHECKS)
_STAGES = {check: stage for stage, check in enumerate(CHECKS, _FIRST_STAGE)}
_TALLIED = frozenset({"check_size", "check_classes", "check_repeated", "check_numbers"})
_BATCH = 5_000  # examples given to the checks at once


@dataclass(frozen=True, slots=True)
class Checked:
    """What is left of the examples after all checks.

    Attributes:
        dataset: All of them, or a sample of `SAMPLE_ROWS`.
        extent: How many there were.
        first: The first prompt.
    """

    dataset: Dataset
    extent: Extent
    first: str


class Substance:
    """Takes the examples of one file in order and judges them together.

    Up to `SAMPLE_ROWS` examples every check sees all of them. Of more, every
    example is still counted, compared with all others and given to the checks that
    look at one example alone; what concerns the style of the whole is judged by
    the sample.
    """

    def __init__(
        self, name: str, task: Task, log: FindingLog, *, sample_rows: int = SAMPLE_ROWS
    ) -> None:
        """Prepare the checks.

        Args:
            name: Name of the dataset.
            task: What all its examples train.
            log: Where the findings go.
            sample_rows: Most examples that are kept.
        """
        self._name = name
        self._task = task
        self._log = log
        self._sample = Sample(sample_rows, by_label=task is Task.CLASSIFICATION)
        self._tallies = Tallies(task)
        self._held: list[Example] = []
        self._first = ""

    def add(self, examples: Sequence[Example]) -> None:
        """Take the next examples of the file."""
        if not examples:
            return
        if not self._sample.seen:
            self._first = examples[0].prompt
        self._sample.offer(examples)
        self._held += examples
        if not self._sample.is_whole:
            self._judge_held()

    def _judge_held(self) -> None:
        held, self._held = self._held, []
        for start in range(0, len(held), _BATCH):
            batch = held[start : start + _BATCH]
            self._tallies.add(batch)
            some = Dataset(self._name, self._task, tuple(batch))
            self._log.add_staged(
                (stage, check(some))
                for check, stage in _STAGES.items()
                if check in ROW_CHECKS
            )

    def finish(self) -> Checked:
        """Say what follows from all examples together, and return them."""
        examples = self._sample.examples()
        if self._sample.is_whole:
            return self._finish_small(examples)
        self._tallies.tell(self._log, {c.__name__: s for c, s in _STAGES.items()})
        examples, classes = self._with_chosen_labels(examples)
        dataset = Dataset(self._name, self._task, tuple(examples))
        rest = (c for c in CHECKS if c not in ROW_CHECKS and c.__name__ not in _TALLIED)
        self._log.add_staged((_STAGES[check], check(dataset)) for check in rest)
        params = {"count": self._tallies.rows, "sample": len(dataset)}
        sampled = Finding("sampled", Severity.WARNING, params={**params})
        self._log.add([sampled], _LAST_STAGE)
        extent = Extent(self._task, self._tallies.rows, classes)
        return Checked(dataset, extent, self._first)

    def _finish_small(self, examples: list[Example]) -> Checked:
        if self._task is Task.CLASSIFICATION:
            for example in examples:
                self._tallies.labels.number(example.target)
        examples, _ = self._with_chosen_labels(examples)
        dataset = Dataset(self._name, self._task, tuple(examples))
        found = ((stage, check(dataset)) for check, stage in _STAGES.items())
        self._log.add_staged(found)
        return Checked(dataset, Extent.of(dataset), self._first)

    def _with_chosen_labels(self, examples: list[Example]) -> tuple[list[Example], int]:
        """Spell each label as most examples of the file do; count the classes."""
        if self._task is not Task.CLASSIFICATION:
            return examples, 0
        chosen, variants = self._tallies.labels.spelt()
        self._log.add(variants, _FIRST_STAGE - 1)
        spelt = [with_target(e, chosen.get(e.target, e.target)) for e in examples]
        return spelt, len(set(chosen.values()))


def check_examples(
    dataset: Dataset, log: FindingLog, *, sample_rows: int = SAMPLE_ROWS
) -> Checked:
    """Run every check on a dataset that is there as a whole; see `Substance`."""
    substance = Substance(dataset.name, dataset.task, log, sample_rows=sample_rows)
    for start in range(0, len(dataset), _BATCH):
        substance.add(dataset.examples[start : start + _BATCH])
    return substance.finish()
