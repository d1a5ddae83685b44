"""What all examples of a big file say together, in a few bytes per example."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ftcore.data.checks import MAX_EXAMPLES, MAX_SHARE, MIN_EXAMPLES
from ftcore.data.checks.classes import MIN_TO_SPLIT
from ftcore.data.checks.content import check_numbers
from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.finding_log import FindingLog
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import choose_spellings, label_key
from ftcore.data.values import excerpt
from ftcore.texts import percent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_MOST_LABELS = 200_000  # different labels counted one by one
_OTHER = -1  # number of every label after these


class Labels:
    """How often each label was written; numbers stand for them in the tables.

    Attributes:
        counts: Of each spelling, in the order of appearance.
    """

    def __init__(self) -> None:
        """Start with no label."""
        self.counts: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}
        self._keys: dict[str, str] = {}

    def number(self, label: str) -> int:
        """Count one label and return its number."""
        number = self._numbers.get(label, _OTHER)
        if number == _OTHER:
            if len(self._numbers) >= _MOST_LABELS:
                return _OTHER
            number = len(self._numbers)
            self._numbers[label] = number
        self.counts[label] += 1
        return number

    def key(self, label: str) -> str:
        """Return what all spellings of the label have in common."""
        known = self._keys.get(label)
        if known is None:
            known = label_key(label)
            if len(self._keys) < _MOST_LABELS:
                self._keys[label] = known
        return known

    def spelt(self) -> tuple[dict[str, str], list[Finding]]:
        """Return the spelling chosen for each label, and what there was to choose."""
        return choose_spellings(self.counts)


class Tallies:
    """Counts, lines and 8-byte hashes of all examples: 28 bytes for each.

    Two different texts of a million share a hash with a chance of about 3 in
    100 million (n² / 2⁶⁵).

    Attributes:
        rows: Examples so far.
        labels: Their labels, if they have any.
    """

    def __init__(self, task: Task) -> None:
        """Start with nothing, for examples of one task."""
        self.rows = 0
        self.labels = Labels()
        self._task = task
        self._only_numbers = True
        self._lines = array("q")
        self._asked = array("q")
        self._whole = array("q")
        self._label = array("i")

    def add(self, examples: Sequence[Example]) -> None:
        """Count some more examples, in the file's order."""
        if self._only_numbers and examples:
            some = Dataset("", self._task, tuple(examples) * 3)
            self._only_numbers = any(check_numbers(some))
        for position, example in enumerate(examples, self.rows + 1):
            self._add(example, position)
        self.rows += len(examples)

    def _add(self, example: Example, position: int) -> None:
        self._lines.append(example.line or position)
        messages = example.messages
        if len(messages) == 2:
            asked = hash(comparable(messages[0].content))
        else:
            asked = hash(tuple(comparable(m.content) for m in messages[:-1]))
        self._asked.append(asked)
        target = messages[-1].content
        if self._task is Task.CLASSIFICATION:
            self._label.append(self.labels.number(target))
            key = self.labels.key(target)
        else:
            key = comparable(target)
        self._whole.append(hash((asked, key)))

    def tell(self, log: FindingLog, stages: Mapping[str, int]) -> None:
        """Add what `check_size`, `check_classes` and the like would say of all.

        Args:
            log: Where to.
            stages: Place of each check among all, by the name of its function.
        """
        log.add(self._size(), stages["check_size"])
        firsts = self._first_copies()
        if self._task is Task.CLASSIFICATION and self.rows:
            log.add(self._classes(firsts), stages["check_classes"])
        self._repeats(log, firsts, stages["check_repeated"])
        if self._only_numbers and self.rows:
            numbers = Finding("numbers_only", Severity.ERROR)
            log.add([numbers], stages["check_numbers"])

    def _size(self) -> Iterator[Finding]:
        if self.rows < MIN_EXAMPLES:
            few = {"count": self.rows, "minimum": MIN_EXAMPLES}
            yield Finding("few_examples", Severity.WARNING, params={**few})
        if self.rows > MAX_EXAMPLES:
            many = {"count": self.rows, "maximum": MAX_EXAMPLES}
            yield Finding("many_examples", Severity.WARNING, params={**many})

    def _first_copies(self) -> "npt.NDArray[np.int64]":
        """Return for each example the index of the first one like it."""
        return _first_alike(self._whole)

    def _classes(self, firsts: "npt.NDArray[np.int64]") -> Iterator[Finding]:
        chosen, _ = self.labels.spelt()
        counts: Counter[str] = Counter()
        for label, count in self.labels.counts.items():
            counts[chosen[label]] += count
        if len(counts) == 1:
            label = excerpt(next(iter(counts)))
            yield Finding("one_class", Severity.ERROR, params={"label": label})
            return
        for label, count in sorted(self._texts(firsts, chosen).items()):
            if count < MIN_TO_SPLIT:
                name = excerpt(label)
                yield Finding("small_class", Severity.WARNING, params={"label": name})
        label, count = counts.most_common(1)[0]
        share = count / self.rows
        if share > MAX_SHARE and self.rows >= MIN_EXAMPLES:
            found = {"label": excerpt(label), "share": percent(share)}
            yield Finding("imbalance", Severity.WARNING, params={**found})

    def _texts(
        self, firsts: "npt.NDArray[np.int64]", chosen: Mapping[str, str]
    ) -> Counter[str]:
        """Count the different texts of each class."""
        import numpy as np  # noqa: PLC0415 - only a big file pays for the import

        numbers = np.frombuffer(self._label, dtype=np.intc)
        alone = numbers[firsts == np.arange(len(firsts))]
        totals = np.bincount(alone[alone >= 0], minlength=len(self.labels.counts))
        texts: Counter[str] = Counter()
        for label, total in zip(self.labels.counts, totals.tolist(), strict=True):
            texts[chosen[label]] += total
        return texts

    def _repeats(
        self, log: FindingLog, firsts: "npt.NDArray[np.int64]", stage: int
    ) -> None:
        import numpy as np  # noqa: PLC0415 - only a big file pays for the import

        own = np.arange(len(firsts))
        lines = np.frombuffer(self._lines, dtype=np.int64)
        asked = _first_alike(self._asked)
        is_copy = firsts != own
        is_other = ~is_copy & (asked != own)
        is_label = self._task is Task.CLASSIFICATION
        other = "two_labels" if is_label else "two_answers"
        for code, mask, first in (
            ("duplicate", is_copy, firsts),
            (other, is_other, asked),
        ):
            found = np.flatnonzero(mask)
            told = np.column_stack((lines[found], lines[first[found]]))
            is_new = np.ones(len(told), bool)
            is_new[1:] = (told[1:] != told[:-1]).any(axis=1)  # many share one line
            _say(log, code, told[is_new].tolist(), stage)


def _say(log: FindingLog, code: str, told: list[list[int]], stage: int) -> None:
    """Tell of lines, each with the line that it repeats."""

    def make(index: int) -> Finding:
        line, first = told[index]
        return Finding(code, Severity.WARNING, line, {"first": first})

    log.add_many([line for line, _ in told], make, stage)


def _first_alike(hashes: Iterable[int]) -> "npt.NDArray[np.int64]":
    """Return for each hash the index of the first one equal to it."""
    import numpy as np  # noqa: PLC0415 - only a big file pays for the import

    values = np.frombuffer(hashes, dtype=np.int64)  # type: ignore[call-overload]
    _, first, which = np.unique(values, return_index=True, return_inverse=True)
    return first[which]
