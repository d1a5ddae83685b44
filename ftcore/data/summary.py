"""Say in one Spanish paragraph what was found in a file."""

from collections.abc import Sequence

from ftcore.data.examples import Dataset, Task
from ftcore.data.findings import Finding, Severity, Verdict
from ftcore.texts import number, text

_MOST_LINES = 4  # named one by one; the rest are counted
_MOST_PROBLEMS = 8  # kinds of problem told
_MOST_FIXES = 4  # remedies told
_UNITS = {
    Task.CHAT: "conversation",
    Task.COMPLETION: "completion",
    Task.CLASSIFICATION: "classification",
}


def summarise(
    verdict: Verdict,
    dataset: Dataset | None,
    findings: Sequence[Finding],
    columns: tuple[str, str] | None = None,
) -> str:
    """Return the paragraph: how many, what is wrong and where, what to do.

    Args:
        verdict: What may be done with the file.
        dataset: What was loaded, if anything.
        findings: All findings, worst first.
        columns: Source and target columns to confirm, if unusual.
    """
    sentences = [_opening(verdict, dataset, findings)]
    if columns is not None and dataset is not None:
        source, target = columns
        sentences.append(text("check.columns", source=source, target=target))
    groups = group_findings(_told(dataset, findings))
    for index, group in enumerate(groups[:_MOST_PROBLEMS]):
        sentences.append(_problem(group))
        if index < _MOST_FIXES:
            sentences.append(group[0].fix)
    if len(groups) > _MOST_PROBLEMS:
        sentences.append(text("check.more", count=len(groups) - _MOST_PROBLEMS))
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _told(dataset: Dataset | None, findings: Sequence[Finding]) -> Sequence[Finding]:
    """Leave out what was mended where nothing came of it."""
    errors = [f for f in findings if f.severity is Severity.ERROR]
    return errors if dataset is None and errors else findings


def group_findings(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Gather findings of one code, in the order in which the codes appear."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    return list(groups.values())


def lines_phrase(lines: Sequence[int]) -> str:
    """Return 'Línea 3' or 'Líneas 3, 7, 9, 12 y 5 más'."""
    if len(lines) == 1:
        return text("check.line", line=number(lines[0]))
    named = [number(line) for line in lines[:_MOST_LINES]]
    rest = len(lines) - len(named)
    last = text("check.lines_more", count=number(rest)) if rest else named.pop()
    return text("check.lines", lines=", ".join(named), last=last)


def _problem(group: Sequence[Finding]) -> str:
    lines = sorted({finding.line for finding in group if finding.line is not None})
    if not lines:
        others = len({finding.message for finding in group}) - 1
        form = "one" if others == 1 else "many"
        more = text(f"check.others_{form}", count=number(others)) if others else ""
        return f"{group[0].message} {more}".rstrip()
    message = group[0].message
    lowered = message[0].lower() + message[1:]
    return text("check.problem", where=lines_phrase(lines), message=lowered)


def _opening(
    verdict: Verdict, dataset: Dataset | None, findings: Sequence[Finding]
) -> str:
    if dataset is None or verdict is Verdict.REJECT:
        return text("check.opening.reject")
    count = len(dataset)
    form = "one" if count == 1 else "many"
    unit = text(f"check.units.{_UNITS[dataset.task]}_{form}", count=number(count))
    if dataset.task is Task.CLASSIFICATION:
        unit = text("check.units.classes", unit=unit, classes=len(dataset.labels))
    out = {
        f.line for f in findings if f.severity is Severity.ERROR and f.line is not None
    }
    if out:
        part = "one" if len(out) == 1 else "many"
        left = text(f"check.left_out_{part}", count=number(len(out)))
        return text("check.opening.repair_left_out", unit=unit, left_out=left)
    return text(f"check.opening.{verdict.value}", unit=unit)
