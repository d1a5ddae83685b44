"""Put the rows of a file together as examples of one task."""

from collections import Counter
from dataclasses import dataclass, field

from ftcore.data.columns import Kind, Mapping, is_known_name, map_columns
from ftcore.data.conversations import read_conversation
from ftcore.data.examples import Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import look_like_labels, merge_label_variants
from ftcore.data.pairs import read_pair
from ftcore.data.rows import Record, RowsRead
from ftcore.data.values import excerpt
from ftcore.data.vocabulary import find_name, normal_name
from ftcore.errors import WrongTaskError

_CHAT = "chat"
_COURSE_NAMES = frozenset(
    {("text", "label"), ("prompt", "completion"), ("question", "answer")}
)


@dataclass(slots=True)
class Assembled:
    """Examples of one task, and what was left out on the way."""

    task: Task = Task.CHAT
    examples: list[Example] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    columns: tuple[str, str] | None = None


def assemble(rows: RowsRead, task: Task | None) -> Assembled:
    """Read every record by its own keys, then keep what can train as one task.

    Raises:
        WrongTaskError: No example can serve the ``task`` asked for.
    """
    builder = _Builder(is_table=rows.width > 0)
    for record in _with_header(rows.records):
        builder.add(record)
    return builder.finish(task)


def _with_header(records: list[Record]) -> list[Record]:
    """Use a first list such as ``["texto", "etiqueta"]`` as names for the rest."""
    if not records or "#1" not in records[0].values:
        return records
    names = [str(value) for value in records[0].values.values()]
    if len(names) < 2 or not all(map(is_known_name, names)):
        return records
    keys = dict(zip(records[0].values, names, strict=True))
    return [
        Record(r.line, {keys.get(key, key): v for key, v in r.values.items()})
        for r in records[1:]
    ]


class _Builder:
    def __init__(self, *, is_table: bool) -> None:
        self._is_table = is_table
        self._out = Assembled()
        self._read: list[tuple[str, Example]] = []
        self._mappings: dict[tuple[str, ...], Mapping | None] = {}
        self._messages_keys: dict[tuple[str, ...], str | None] = {}
        self._stray: dict[str, None] = {}
        self._pairs: dict[tuple[str, str], bool] = {}
        self._refused: set[tuple[str, ...]] = set()

    def add(self, record: Record) -> None:
        names = tuple(record.values)
        if names not in self._messages_keys:
            self._messages_keys[names] = self._messages_key(record)
        key = self._messages_keys[names]
        if key is not None:
            self._add_conversation(record, key)
        else:
            self._add_pair(record, names)

    def _messages_key(self, record: Record) -> str | None:
        key = find_name("messages", list(record.values))
        if key is None:
            return None
        value = record.values[key]
        holds_list = isinstance(value, list) or normal_name(key) == "messages"
        looks_encoded = isinstance(value, str) and value.lstrip().startswith("[")
        return key if holds_list or looks_encoded else None

    def _add_conversation(self, record: Record, key: str) -> None:
        read = read_conversation(record.values, key, record.line)
        self._out.findings += read.findings
        self._stray.update(dict.fromkeys(read.stray))
        if read.example is not None:
            self._read.append((_CHAT, read.example))

    def _add_pair(self, record: Record, names: tuple[str, ...]) -> None:
        if names not in self._mappings:
            self._mappings[names] = map_columns(names)
        mapping = self._mappings[names]
        if mapping is None:
            self._refuse(record, names)
            return
        read = read_pair(record.values, mapping, record.line)
        self._out.findings += read.findings
        self._stray.update(dict.fromkeys(mapping.stray))
        if read.example is not None:
            self._pairs[mapping.source, mapping.target] = mapping.guessed
            self._read.append((mapping.kind, read.example))

    def _refuse(self, record: Record, names: tuple[str, ...]) -> None:
        if self._is_table and names in self._refused:
            return
        self._refused.add(names)
        line = None if self._is_table else record.line
        found = ", ".join(f"«{excerpt(name)}»" for name in names[:6]) or "{}"
        code = "one_part_only" if len(names) == 1 else "unknown_columns"
        self._out.findings.append(
            Finding(code, Severity.ERROR, line, params={"found": found})
        )

    # --- one task -----------------------------------------------------------------

    def finish(self, task: Task | None) -> Assembled:
        self._drop_lone_guess()
        self._settle_unsure()
        self._say_columns()
        kept = self._kept_for(task) if task else self._majority()
        self._out.examples = kept
        if self._out.task is Task.CLASSIFICATION:
            self._out.examples, variants = merge_label_variants(kept)
            self._out.findings += variants
        return self._out

    def _drop_lone_guess(self) -> None:
        """One object with two unknown keys is a settings file, not an example."""
        if len(self._read) != 1 or True not in self._pairs.values():
            return
        names = next(iter(self._pairs))
        if any(map(is_known_name, names)):
            return
        line = self._read.pop()[1].line or 1
        self._pairs.clear()
        self._refuse(Record(line, {}), names)

    def _settle_unsure(self) -> None:
        unsure = [e.target for kind, e in self._read if kind == Kind.UNSURE]
        if not unsure:
            return
        are_labels = look_like_labels(unsure) or any(
            kind == Kind.LABEL for kind, _ in self._read
        )
        settled = Kind.LABEL if are_labels else Kind.QUESTION
        self._read = [
            (settled if kind == Kind.UNSURE else kind, example)
            for kind, example in self._read
        ]

    def _say_columns(self) -> None:
        if self._stray:
            names = [f"«{excerpt(name)}»" for name in list(self._stray)[:8]]
            self._out.findings.append(
                Finding(
                    "stray_columns", Severity.REPAIR, params={"names": ", ".join(names)}
                )
            )
        for (source, target), guessed in self._pairs.items():
            if (source, target) in _COURSE_NAMES or source.startswith("#"):
                continue
            shown = (excerpt(source), excerpt(target))
            self._out.columns = shown
            if guessed:
                params = {"source": shown[0], "target": shown[1]}
                self._out.findings.append(
                    Finding("guessed_columns", Severity.WARNING, params={**params})
                )

    def _kept_for(self, task: Task) -> list[Example]:
        self._out.task = task
        if task is Task.CHAT:
            return [example for _, example in self._read]
        kept = [e for _, e in self._read if len(e.messages) == 2]
        if self._read and not kept:
            raise WrongTaskError(found=Task.CHAT.value, expected=task.value)
        self._leave_out([e for _, e in self._read if len(e.messages) != 2])
        return kept

    def _majority(self) -> list[Example]:
        counts = Counter(kind == Kind.LABEL for kind, _ in self._read)
        if counts[True] > counts[False]:
            self._out.task = Task.CLASSIFICATION
            self._leave_out([e for kind, e in self._read if kind != Kind.LABEL])
            return [e for kind, e in self._read if kind == Kind.LABEL]
        self._leave_out([e for kind, e in self._read if kind == Kind.LABEL])
        spoken = [(kind, e) for kind, e in self._read if kind != Kind.LABEL]
        kinds = {kind for kind, _ in spoken}
        if kinds == {Kind.COMPLETION}:
            self._out.task = Task.COMPLETION
        if len(kinds) > 1:
            self._out.findings.append(Finding("mixed_shapes", Severity.REPAIR))
        return [example for _, example in spoken]

    def _leave_out(self, examples: list[Example]) -> None:
        self._out.findings += [
            Finding("other_task", Severity.ERROR, example.line) for example in examples
        ]
