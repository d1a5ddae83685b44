"""Put the rows of a file together as examples of one task."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ftcore.data.columns import (
    Kind,
    Mapping,
    is_known_name,
    map_choice,
    map_columns,
)
from ftcore.data.conversations import read_conversation
from ftcore.data.examples import Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import look_like_labels, merge_label_variants
from ftcore.data.options import ColumnChoice, ReadOptions
from ftcore.data.pairs import read_pair
from ftcore.data.rows import Record, RowsRead
from ftcore.data.values import excerpt
from ftcore.data.vocabulary import find_name, normal_name
from ftcore.errors import WrongTaskError

_CHAT = "chat"
_MOST_KEYS = 1_000  # different keys remembered of a file
_COURSE_NAMES = frozenset(
    {("text", "label"), ("prompt", "completion"), ("question", "answer")}
)


@dataclass(slots=True)
class Fate:
    """What became of one record.

    Attributes:
        record: As it was split.
        kind: What its shape says of the task; empty if it was not understood.
        example: What it became.
        codes: What was mended on the way.
        fault: Code of the error that lost it.
    """

    record: Record
    kind: str = ""
    example: Example | None = None
    codes: tuple[str, ...] = ()
    fault: str = ""


@dataclass(slots=True)
class Assembled:
    """Examples of one task, and what was left out on the way.

    Attributes:
        task: What they train.
        examples: In the file's order.
        findings: What was mended or lost.
        columns: Short names of source and target to confirm, if unusual.
        kept: What became the examples, in the same order.
        lost: What did not become one.
        names: Every column or key of a pair, in the order of appearance.
        mapping: How most pairs were read.
    """

    task: Task = Task.CHAT
    examples: list[Example] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    columns: tuple[str, str] | None = None
    kept: list[Fate] = field(default_factory=list)
    lost: list[Fate] = field(default_factory=list)
    names: tuple[str, ...] = ()
    mapping: Mapping | None = None


def assemble(rows: RowsRead, options: ReadOptions) -> Assembled:
    """Read every record by its own keys, then keep what can train as one task.

    Raises:
        WrongTaskError: No example can serve the task asked for.
    """
    builder = Builder(is_table=rows.width > 0, choice=options.columns)
    records = rows.records if rows.width else with_header(rows.records)
    for record in records:
        builder.add(record)
    assembled = builder.finish(options.task)
    assembled.names = rows.names or assembled.names
    return assembled


def with_header(records: list[Record]) -> list[Record]:
    """Use a first list such as ``["texto", "etiqueta"]`` as names for the rest."""
    if not records or "#1" not in records[0].values:
        return records
    names = [str(value) for value in records[0].values.values()]
    if len(names) < 2 or not all(map(is_known_name, names)):
        return records
    keys = dict(zip(records[0].values, names, strict=True))
    return [
        replace(r, values={keys.get(key, key): v for key, v in r.values.items()})
        for r in records[1:]
    ]


class Builder:
    """Reads records one by one; the kinds of all of them tell the task."""

    def __init__(self, *, is_table: bool, choice: ColumnChoice | None) -> None:
        self._is_table = is_table
        self._choice = choice
        self._out = Assembled()
        self._read: list[Fate] = []
        self._mappings: dict[tuple[str, ...], Mapping | None] = {}
        self._messages_keys: dict[tuple[str, ...], str | None] = {}
        self._stray: dict[str, None] = {}
        self._keys: dict[str, None] = {}
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._chosen: dict[tuple[str, str], Mapping] = {}
        self._refused: set[tuple[str, ...]] = set()

    def add(self, record: Record) -> None:
        """Read one record by its own keys."""
        names = tuple(record.values)
        if names not in self._messages_keys:
            self._messages_keys[names] = self._messages_key(record)
        key = self._messages_keys[names]
        if key is not None:
            self._add_conversation(record, key)
        else:
            self._add_pair(record, names)

    def _messages_key(self, record: Record) -> str | None:
        names = list(record.values)
        if self._choice is not None and map_choice(names, self._choice):
            return None
        key = find_name("messages", names)
        if key is None:
            return None
        value = record.values[key]
        holds_list = isinstance(value, list) or normal_name(key) == "messages"
        looks_encoded = isinstance(value, str) and value.lstrip().startswith("[")
        return key if holds_list or looks_encoded else None

    def _add_conversation(self, record: Record, key: str) -> None:
        read = read_conversation(
            record.values, key, record.line, is_cell=self._is_table
        )
        self._stray.update(dict.fromkeys(read.stray))
        self._keep(record, _CHAT, read.example, read.findings)

    def _add_pair(self, record: Record, names: tuple[str, ...]) -> None:
        if names not in self._mappings:
            self._mappings[names] = self._map(names)
        mapping = self._mappings[names]
        if mapping is None:
            self._refuse(record, names)
            return
        read = read_pair(record.values, mapping, record.line)
        self._stray.update(dict.fromkeys(mapping.stray))
        if read.example is not None:
            pair = (mapping.source, mapping.target)
            self._pairs[pair] += 1
            self._chosen.setdefault(pair, mapping)
        self._keep(record, mapping.kind, read.example, read.findings)

    def _map(self, names: tuple[str, ...]) -> Mapping | None:
        if len(self._keys) < _MOST_KEYS:
            self._keys.update(dict.fromkeys(names))
        chosen = map_choice(names, self._choice) if self._choice else None
        return chosen or map_columns(names)

    def _keep(
        self,
        record: Record,
        kind: str,
        example: Example | None,
        findings: Sequence[Finding],
    ) -> None:
        self._out.findings += findings
        codes = tuple(f.code for f in findings if f.severity is Severity.REPAIR)
        fate = Fate(record, kind, example, (*record.notes, *codes))
        if example is None:
            faults = [f.code for f in findings if f.severity is Severity.ERROR]
            fate.fault = faults[-1]
            self._out.lost.append(fate)
        else:
            self._read.append(fate)

    def _refuse(self, record: Record, names: tuple[str, ...]) -> None:
        code = "one_part_only" if len(names) == 1 else "unknown_columns"
        self._out.lost.append(Fate(record, fault=code))
        if self._is_table and names in self._refused:
            return
        self._refused.add(names)
        line = None if self._is_table else record.line
        found = ", ".join(f"«{excerpt(name)}»" for name in names[:6]) or "{}"
        self._out.findings.append(
            Finding(code, Severity.ERROR, line, params={"found": found})
        )

    # --- one task -----------------------------------------------------------------

    def finish(self, task: Task | None) -> Assembled:
        """Keep what can train as one task."""
        self._drop_lone_guess()
        self._settle_unsure()
        self._say_columns()
        self._out.names = tuple(self._keys)
        kept = self._kept_for(task) if task else self._majority()
        self._out.kept = kept
        self._out.examples = [fate.example for fate in kept if fate.example is not None]
        if self._out.task is Task.CLASSIFICATION:
            self._merge_labels()
        return self._out

    def _merge_labels(self) -> None:
        merged, variants = merge_label_variants(self._out.examples)
        self._out.findings += variants
        for fate, example in zip(self._out.kept, merged, strict=True):
            if variants and fate.example is not example:
                fate.codes = (*fate.codes, "label_variants")
        self._out.examples = merged

    def _drop_lone_guess(self) -> None:
        """One object with two unknown keys is a settings file, not an example."""
        mapping = next(iter(self._chosen.values()), None)
        if len(self._read) != 1 or mapping is None or not mapping.guessed:
            return
        names = (mapping.source, mapping.target)
        if mapping.meant or any(map(is_known_name, names)):
            return
        record = self._read.pop().record
        self._pairs.clear()
        self._chosen.clear()
        self._refuse(record, names)

    def _settle_unsure(self) -> None:
        unsure = [f for f in self._read if f.kind == Kind.UNSURE]
        if not unsure:
            return
        targets = [f.example.target for f in unsure if f.example is not None]
        are_labels = look_like_labels(targets) or any(
            f.kind == Kind.LABEL for f in self._read
        )
        for fate in unsure:
            fate.kind = Kind.LABEL if are_labels else Kind.QUESTION

    def _say_columns(self) -> None:
        if self._stray:
            names = [f"«{excerpt(name)}»" for name in list(self._stray)[:8]]
            self._out.findings.append(
                Finding(
                    "stray_columns", Severity.REPAIR, params={"names": ", ".join(names)}
                )
            )
        if self._pairs:
            self._out.mapping = self._chosen[self._pairs.most_common(1)[0][0]]
        self._say_missing_choice()
        for (source, target), mapping in self._chosen.items():
            if (source, target) in _COURSE_NAMES or source.startswith("#"):
                continue
            shown = (excerpt(source), excerpt(target))
            self._out.columns = shown
            for name, word in mapping.meant:
                meant = {"name": excerpt(name), "meant": word}
                self._out.findings.append(
                    Finding("column_meant", Severity.WARNING, params={**meant})
                )
            if mapping.guessed and not mapping.meant:
                params = {"source": shown[0], "target": shown[1]}
                self._out.findings.append(
                    Finding("guessed_columns", Severity.WARNING, params={**params})
                )

    def _say_missing_choice(self) -> None:
        choice = self._choice
        if choice is None or (choice.source, choice.target) in self._chosen:
            return
        params = {"source": excerpt(choice.source), "target": excerpt(choice.target)}
        self._out.findings.append(
            Finding("choice_missing", Severity.WARNING, params={**params})
        )

    def _kept_for(self, task: Task) -> list[Fate]:
        self._out.task = task
        if task is Task.CHAT:
            return self._read
        kept = [fate for fate in self._read if _is_pair(fate)]
        if self._read and not kept:
            raise WrongTaskError(found=Task.CHAT.value, expected=task.value)
        self._leave_out([fate for fate in self._read if not _is_pair(fate)])
        return kept

    def _majority(self) -> list[Fate]:
        labelled = [fate for fate in self._read if fate.kind == Kind.LABEL]
        spoken = [fate for fate in self._read if fate.kind != Kind.LABEL]
        if len(labelled) > len(spoken):
            self._out.task = Task.CLASSIFICATION
            self._leave_out(spoken)
            return labelled
        self._leave_out(labelled)
        kinds = {fate.kind for fate in spoken}
        if kinds == {Kind.COMPLETION}:
            self._out.task = Task.COMPLETION
        if len(kinds) > 1:
            self._out.findings.append(Finding("mixed_shapes", Severity.REPAIR))
        return spoken

    def _leave_out(self, fates: list[Fate]) -> None:
        for fate in fates:
            fate.fault = "other_task"
            line = fate.record.line
            self._out.findings.append(Finding("other_task", Severity.ERROR, line))
        self._out.lost += fates


def _is_pair(fate: Fate) -> bool:
    return fate.example is not None and len(fate.example.messages) == 2
