"""Make examples of records that come in batches, as `assemble` does of them all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.data.assembly import Assembled, Builder, Fate, with_header
from ftcore.data.cleaning import without_accents
from ftcore.data.columns import Kind
from ftcore.data.examples import Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import LONGEST_LABEL, LONGEST_LABEL_WORDS
from ftcore.data.options import ReadOptions
from ftcore.data.rows import Record, RowsRead
from ftcore.data.shapes import gather_messages, loose_tail
from ftcore.errors import WrongTaskError

_MOST_DISTINCT = 500_000  # different targets remembered; labels are fewer


@dataclass(frozen=True, slots=True)
class Decision:
    """What only the whole file can tell, taken from its start until it is known.

    Attributes:
        task: What the examples train.
        unsure: What rows are whose names do not tell a label from an answer.
    """

    task: Task
    unsure: Kind

    @classmethod
    def of(cls, task: Task) -> "Decision":
        """Return what follows from the task of the first examples."""
        is_label = task is Task.CLASSIFICATION
        return cls(task, Kind.LABEL if is_label else Kind.QUESTION)


class _LabelLook:
    """`look_like_labels` of targets that come one by one."""

    def __init__(self) -> None:
        self._count = 0
        self._distinct: set[int] = set()
        self._is_text = False

    def see(self, target: str) -> None:
        self._count += 1
        if self._is_text:
            return
        if len(target) > LONGEST_LABEL or len(target.split()) > LONGEST_LABEL_WORDS:
            self._is_text = True
            return
        self._distinct.add(hash(without_accents(target)))
        self._is_text = len(self._distinct) > _MOST_DISTINCT

    @property
    def are_labels(self) -> bool:
        if self._is_text or self._count < 4:
            return False
        return len(self._distinct) <= max(2, self._count // 2)


class BatchBuilder(Builder):
    """A `Builder` that hands over what it has made after every batch."""

    def __init__(
        self, *, is_table: bool, options: ReadOptions, decision: Decision
    ) -> None:
        """Prepare the assembly.

        Args:
            is_table: The records are rows of a table.
            options: What was decided before reading.
            decision: What the file is taken to be.
        """
        super().__init__(is_table=is_table, choice=options.columns)
        self._task = options.task
        self._decision = decision
        self._kinds: Counter[str] = Counter()
        self._look = _LabelLook()
        self._header: Record | None = None
        self._is_first = True
        self._loose: list[Record] = []
        self._has_kept = False

    def take(self, rows: RowsRead, *, is_last: bool) -> Assembled:
        """Return what became of the records of one batch.

        Args:
            rows: The batch; messages on lines of their own are gathered in place.
            is_last: Nothing follows that could belong to the last conversation.
        """
        rows.records = [*self._loose, *rows.records]
        split = len(rows.records) if is_last else loose_tail(rows.records)
        self._loose = rows.records[split:]
        rows.records = rows.records[:split]
        gather_messages(rows)
        for record in self._renamed(rows.records):
            self.add(record)
        read, self._read = self._read, []
        self._keep_fates(read)
        batch, self._out = self._out, Assembled(task=self._decision.task)
        return batch

    def _renamed(self, records: list[Record]) -> list[Record]:
        if self._header is not None:
            return with_header([self._header, *records])
        if self._is_table or not self._is_first or not records:
            return records
        self._is_first = False
        renamed = with_header(records)
        if renamed is not records:
            self._header = records[0]
        return renamed

    def _keep_fates(self, read: Sequence[Fate]) -> None:
        kept: list[Fate] = []
        others: list[Fate] = []
        for fate in read:
            self._kinds[fate.kind] += 1
            if fate.kind == Kind.UNSURE and fate.example is not None:
                self._look.see(fate.example.target)
                fate.kind = self._decision.unsure
            (kept if self._fits(fate) else others).append(fate)
        self._leave_out(others)
        self._has_kept = self._has_kept or bool(kept)
        self._out.kept = kept
        self._out.examples = [fate.example for fate in kept if fate.example is not None]

    def _fits(self, fate: Fate) -> bool:
        if self._task is Task.CHAT:
            return True
        if self._task is not None:
            return fate.example is not None and len(fate.example.messages) == 2
        is_label = self._decision.task is Task.CLASSIFICATION
        return (fate.kind == Kind.LABEL) is is_label

    def decide(self) -> Decision:
        """Return the decision that all records together call for."""
        if self._task is not None:
            return self._decision
        unsure = self._decision.unsure
        if self._kinds[Kind.UNSURE]:
            are_labels = self._look.are_labels or self._kinds[Kind.LABEL] > 0
            unsure = Kind.LABEL if are_labels else Kind.QUESTION
        kinds = self._settled(unsure)
        labelled = kinds.pop(Kind.LABEL, 0)
        if labelled > kinds.total():
            return Decision(Task.CLASSIFICATION, unsure)
        is_completion = set(kinds) == {Kind.COMPLETION}
        return Decision(Task.COMPLETION if is_completion else Task.CHAT, unsure)

    def _settled(self, unsure: Kind) -> Counter[str]:
        kinds = Counter(self._kinds)
        kinds[unsure] += kinds.pop(Kind.UNSURE, 0)
        return +kinds

    def conclude(self) -> Assembled:
        """Say what concerns the whole file: columns, stray ones, mixed shapes.

        Raises:
            WrongTaskError: No example can serve the task asked for.
        """
        if self._task is not None and self._kinds.total() and not self._has_kept:
            raise WrongTaskError(found=Task.CHAT.value, expected=self._task.value)
        self._say_columns()
        kinds = self._settled(self._decision.unsure)
        kinds.pop(Kind.LABEL, None)
        is_spoken = self._decision.task is not Task.CLASSIFICATION
        if self._task is None and is_spoken and len(kinds) > 1:
            self._out.findings.append(Finding("mixed_shapes", Severity.REPAIR))
        self._out.names = tuple(self._keys)
        return self._out
