"""Read and check one file, and give the verdict."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ftcore.data.checks import CHECKS
from ftcore.data.examples import Dataset
from ftcore.data.findings import CheckReport, Finding, Severity, Verdict
from ftcore.data.options import ReadOptions
from ftcore.data.readers import read_dataset
from ftcore.data.summary import summarise

_BY_THEMSELVES = ReadOptions()
MOST_PER_CODE = 200  # findings of one kind listed one by one
_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def check_file(
    filename: str, content: bytes, options: ReadOptions = _BY_THEMSELVES
) -> CheckReport:
    """Say everything there is to say about a file; any bytes give a report.

    Args:
        filename: Name as uploaded.
        content: Raw bytes of the file.
        options: What is decided before reading.

    Raises:
        WrongTaskError: The file has examples, but none can serve ``options.task``.
    """
    read = read_dataset(filename, content, options)
    findings = list(read.findings)
    if read.dataset is not None:
        findings += [f for check in CHECKS for f in check(read.dataset)]
    ordered = arrange(findings)
    verdict = judge(read.dataset, ordered)
    return CheckReport(
        filename=filename,
        verdict=verdict,
        dataset=None if verdict is Verdict.REJECT else read.dataset,
        findings=shorten(ordered),
        rows=len(read.dataset) if read.dataset is not None else 0,
        first=read.dataset.examples[0].prompt if read.dataset is not None else "",
        message=summarise(verdict, read.dataset, ordered, read.columns),
        table=read.table,
        mends=read.mends,
        left_out=read.left_out,
    )


def judge(dataset: Dataset | None, findings: Iterable[Finding]) -> Verdict:
    """Return the verdict that follows from the findings.

    An error about the whole file rejects it; an error about one row only leaves
    that row out, and the file counts as mended.
    """
    kinds = {(finding.severity, finding.line is None) for finding in findings}
    if dataset is None or (Severity.ERROR, True) in kinds:
        return Verdict.REJECT
    severities = {severity for severity, _ in kinds}
    if severities & {Severity.ERROR, Severity.REPAIR}:
        return Verdict.REPAIR
    return Verdict.ACCEPT_WITH_WARNING if severities else Verdict.ACCEPT


def arrange(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings worst first, then by line, and drop exact repetitions."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        params = tuple(sorted(finding.params.items()))
        kept.setdefault((finding.code, finding.line, params), finding)
    return sorted(kept.values(), key=lambda f: (_ORDER[f.severity], f.line or 0))


def shorten(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Keep the first findings of each kind, and count the others in one more."""
    seen: Counter[str] = Counter()
    kept: list[Finding] = []
    for finding in findings:
        seen[finding.code] += 1
        if seen[finding.code] <= MOST_PER_CODE:
            kept.append(finding)
    for code, count in seen.items():
        if count > MOST_PER_CODE:
            last = next(f for f in reversed(kept) if f.code == code)
            rest = count - MOST_PER_CODE
            more = Finding(
                "more_like_this", last.severity, last.line, params={"count": rest}
            )
            kept.insert(kept.index(last) + 1, more)
    return tuple(kept)
