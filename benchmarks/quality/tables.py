"""The tables of what has been measured, as Markdown."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import mean

from benchmarks.quality.figures import Share, grouped, share, table
from benchmarks.quality.records import CODES, Record
from benchmarks.quality.sets import (
    IN_SCOPE,
    LABELLED,
    OUT_OF_SCOPE,
    STRANGE,
    Question,
    label_names,
    load_set,
    set_names,
)
from ftcore.data.examples import Task

ALL_SETS = "all"
KINDS: Mapping[str, frozenset[str]] = {
    "in_scope": IN_SCOPE,
    "out_of_scope": OUT_OF_SCOPE,
    "small_talk": frozenset({"small_talk"}),
    LABELLED: frozenset({LABELLED}),
    STRANGE: frozenset({STRANGE}),
}
COLUMNS: Mapping[Task, tuple[str, ...]] = {
    Task.CHAT: ("right", "in_scope", "out_of_scope", "small_talk"),
    Task.COMPLETION: ("right",),
    Task.CLASSIFICATION: (LABELLED, STRANGE),
}
_load = cache(load_set)


@dataclass(frozen=True, slots=True)
class Group:
    """The records of all seeds of one set (or of all), preset, change and arm."""

    name: str
    preset: str
    change: str
    arm: str
    records: tuple[Record, ...]

    def share(self, check: str, kinds: frozenset[str] | None = None) -> Share:
        """Return the share of a check over the questions of some kinds, or all."""
        return share(grouped(self._rows(check, kinds)))

    def _rows(
        self, check: str, kinds: frozenset[str] | None
    ) -> Iterable[tuple[str, bool]]:
        for record in self.records:
            questions = _load(record.set_name).questions
            outcomes = record.passed.get(check, "")
            for question, passed in zip(questions, outcomes, strict=False):
                if kinds is None or question.kind in kinds:
                    yield f"{record.set_name}: {_words(question)}", passed == "1"

    def verdicts(self, letter: str) -> float:
        """Return how many answers of a seed, on average, are wrong in this way."""
        seeds = len({record.seed for record in self.records})
        return sum(r.verdicts.count(letter) for r in self.records) / max(1, seeds)


def _words(question: Question) -> str:
    return f"{question.before} {question.question}"


def current(records: Iterable[Record]) -> list[Record]:
    """Return the records of the sets as their files are now."""
    known = {*set_names(), *label_names()}
    return [
        record
        for record in records
        if record.set_name in known and record.digest == _load(record.set_name).digest
    ]


def groups(records: Iterable[Record]) -> list[Group]:
    """Return the groups of records, the sets in order and each arm of them."""
    found: dict[tuple[str, str, str, str], list[Record]] = defaultdict(list)
    for r in records:
        found[(r.set_name, r.change, r.preset, r.arm)].append(r)
    return [
        Group(name, preset, change, arm, tuple(rows))
        for (name, change, preset, arm), rows in sorted(found.items())
    ]


def over_sets(records: Iterable[Record]) -> list[Group]:
    """Return the same over all sets, with only the arms that every set has."""
    rows = list(records)
    sets = {record.set_name for record in rows}
    found: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for r in rows:
        found[(r.change, r.preset, r.arm)].append(r)
    return [
        Group(ALL_SETS, preset, change, arm, tuple(rows))
        for (change, preset, arm), rows in sorted(found.items())
        if {record.set_name for record in rows} == sets
    ]


def tables(records: Iterable[Record]) -> str:
    """Return one table for each task that has been measured."""
    by_task: dict[Task, list[Record]] = defaultdict(list)
    for record in current(records):
        by_task[_load(record.set_name).task].append(record)
    parts = []
    for task, rows in by_task.items():
        shown = [*groups(rows), *over_sets(rows)]
        parts.append(f"{task.value}\n\n{_table(task, shown)}")
    return "\n\n".join(parts)


def _table(task: Task, shown: Sequence[Group]) -> str:
    cells = _cells(task)
    head = ["set", "preset", "arm", "seeds", *cells, "training s", "answer s"]
    body = [
        [
            group.name,
            f"{group.preset} {group.change}".strip(),
            group.arm,
            str(len({record.seed for record in group.records})),
            *(cell(group) for cell in cells.values()),
            f"{mean(r.training_seconds for r in group.records):.0f}",
            f"{mean(r.answer_seconds for r in group.records):.1f}",
        ]
        for group in shown
    ]
    return table([head, *body])


def _cells(task: Task) -> dict[str, Callable[[Group], str]]:
    shares: dict[str, Callable[[Group], str]] = {
        name: lambda group, n=name: _shown(group, n)  # type: ignore[misc]
        for name in COLUMNS[task]
    }
    if task is Task.CHAT:
        wrong = {name: code for name, code in CODES.items() if code != "r"}
        counts: dict[str, Callable[[Group], str]] = {
            name: lambda group, c=code: f"{group.verdicts(c):.0f}"  # type: ignore[misc]
            for name, code in wrong.items()
        }
        return {**shares, **counts}
    if task is Task.CLASSIFICATION:
        return {**shares, "macro_f1": _macro_f1}
    return {**shares, "broken": _broken}


def _shown(group: Group, name: str) -> str:
    found = group.share("right", KINDS.get(name))
    return str(found) if found.questions else "–"


def _macro_f1(group: Group) -> str:
    return f"{mean(record.figures['macro_f1'] for record in group.records):.3f}"


def _broken(group: Group) -> str:
    """Return the checks that failed, with the share of texts that failed them."""
    names = dict.fromkeys(n for r in group.records for n in r.passed if n != "right")
    failed = {name: 1 - group.share(name).value for name in names}
    return ", ".join(f"{n} {100 * f:.0f}" for n, f in failed.items() if f > 0) or "–"
