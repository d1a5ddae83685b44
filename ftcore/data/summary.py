"""Say in one Spanish paragraph what was found in a file."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.data.examples import Dataset, Task
from ftcore.data.finding_log import FindingGroup, FindingLog
from ftcore.data.findings import Finding, Severity, Verdict
from ftcore.texts import number, text

_MOST_LINES = 4  # named one by one; the rest are counted
_MOST_PROBLEMS = 8  # kinds of problem told
_MOST_ALIKE = 3  # sentences of one kind that differ only in what they name
_MOST_FIXES = 4  # remedies told
_UNITS = {
    Task.CHAT: "conversation",
    Task.COMPLETION: "completion",
    Task.CLASSIFICATION: "classification",
}


@dataclass(frozen=True, slots=True)
class Extent:
    """How much was read from a file.

    Attributes:
        task: What the examples train.
        rows: How many there are.
        classes: How many labels they have.
    """

    task: Task
    rows: int
    classes: int = 0

    @classmethod
    def of(cls, dataset: Dataset) -> "Extent":
        """Measure a dataset that is there as a whole."""
        return cls(dataset.task, len(dataset), len(dataset.labels))


def summarise(
    verdict: Verdict,
    extent: Extent | None,
    log: FindingLog,
    columns: tuple[str, str] | None = None,
) -> str:
    """Return the paragraph: how many, what is wrong and where, what to do.

    Args:
        verdict: What may be done with the file.
        extent: How much was loaded, if anything.
        log: All findings.
        columns: Source and target columns to confirm, if unusual.
    """
    sentences = [_opening(verdict, extent, log)]
    if columns is not None and extent is not None:
        source, target = columns
        sentences.append(text("check.columns", source=source, target=target))
    groups = _told(extent, log)
    for index, group in enumerate(groups[:_MOST_PROBLEMS]):
        sentences.append(_problem(group))
        if index < _MOST_FIXES:
            sentences.append(group.first.fix)
    if len(groups) > _MOST_PROBLEMS:
        sentences.append(text("check.more", count=len(groups) - _MOST_PROBLEMS))
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _told(extent: Extent | None, log: FindingLog) -> list[FindingGroup]:
    """Leave out what was mended where nothing came of it."""
    groups = log.groups()
    errors = [g for g in groups if g.first.severity is Severity.ERROR]
    return errors if extent is None and errors else groups


def group_findings(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Gather findings of one code, in the order in which the codes appear."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    return list(groups.values())


def lines_phrase(lines: Sequence[int], total: int | None = None) -> str:
    """Return 'Línea 3' or 'Líneas 3, 7, 9, 12 y 5 más'.

    Args:
        lines: The lines, or the first of them.
        total: How many lines there are; by default as many as given.
    """
    total = len(lines) if total is None else total
    if total == 1:
        return text("check.line", line=number(lines[0]))
    named = [number(line) for line in lines[:_MOST_LINES]]
    rest = total - len(named)
    last = text("check.lines_more", count=number(rest)) if rest else named.pop()
    return text("check.lines", lines=", ".join(named), last=last)


def _problem(group: FindingGroup) -> str:
    message = group.first.message
    if not group.lines:
        form = "one" if group.others == 1 else "many"
        count = group.others
        more = text(f"check.others_{form}", count=number(count)) if count else ""
        return f"{message} {more}".rstrip()
    apart = _by_sentence(group)
    told = [
        text(
            "check.problem",
            where=lines_phrase(lines, group.line_count if len(apart) == 1 else None),
            message=sentence[0].lower() + sentence[1:],
        )
        for sentence, lines in list(apart.items())[:_MOST_ALIKE]
    ]
    rest = [line for lines in list(apart.values())[_MOST_ALIKE:] for line in lines]
    if rest:
        named = sum(map(len, list(apart.values())[:_MOST_ALIKE]))
        where = lines_phrase(sorted(rest), group.line_count - named)
        told.append(text("check.similar", where=where[0].lower() + where[1:]))
    return " ".join(told)


def _by_sentence(group: FindingGroup) -> dict[str, list[int]]:
    """Return the lines of which each of the group's sentences is true."""
    apart: dict[str, set[int]] = {}
    for _, finding in sorted(group.kept, key=lambda entry: entry[0]):
        if finding.line is not None:
            apart.setdefault(finding.message, set()).add(finding.line)
    if len(apart) == 1:
        return dict.fromkeys(apart, group.lines)
    return {sentence: sorted(lines) for sentence, lines in apart.items()}


def _opening(verdict: Verdict, extent: Extent | None, log: FindingLog) -> str:
    if extent is None or verdict is Verdict.REJECT:
        return text("check.opening.reject")
    form = "one" if extent.rows == 1 else "many"
    shown = number(extent.rows)
    unit = text(f"check.units.{_UNITS[extent.task]}_{form}", count=shown)
    if extent.task is Task.CLASSIFICATION:
        unit = text("check.units.classes", unit=unit, classes=extent.classes)
    if log.error_lines:
        part = "one" if log.error_lines == 1 else "many"
        left = text(f"check.left_out_{part}", count=number(log.error_lines))
        return text("check.opening.repair_left_out", unit=unit, left_out=left)
    return text(f"check.opening.{verdict.value}", unit=unit)
