"""Read and check one file, and give the verdict."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ftcore.data.encodings import Source
from ftcore.data.finding_log import MOST_PER_CODE, FindingLog, arrange, shorten
from ftcore.data.findings import CheckReport, Finding, Severity, Verdict
from ftcore.data.options import MEGABYTE, ReadOptions
from ftcore.data.origins import Mend
from ftcore.data.readers import ReadResult, dataset_name, read_dataset
from ftcore.data.stream_origins import MOST_LEFT_OUT
from ftcore.data.streaming import Streamed, stream_file
from ftcore.data.substance import Checked, check_examples
from ftcore.data.summary import summarise
from ftcore.data.unpacking import unpacked

__all__ = ["MOST_PER_CODE", "arrange", "check_file", "shorten"]

_BY_THEMSELVES = ReadOptions()
MOST_MENDS = 200  # of a sample
STREAM_FROM = 8 * MEGABYTE  # a smaller file is read at once


def check_file(
    filename: str,
    content: bytes | Path,
    options: ReadOptions = _BY_THEMSELVES,
    *,
    progress: Callable[[float], None] | None = None,
) -> CheckReport:
    """Say everything there is to say about a file; any bytes give a report.

    A big file is read block by block, and never whole if it has one example after
    another. Of more than `SAMPLE_ROWS` examples the report holds a sample, and its
    findings are about all.

    Args:
        filename: Name as uploaded.
        content: Raw bytes of the file, or its path.
        options: What is decided before reading.
        progress: Told the share of a big file that is done, from 0 to 1, a few
            times a second at most.

    Raises:
        WrongTaskError: The file has examples, but none can serve ``options.task``.
        OSError: The file at the path cannot be read.
    """
    source = Source.of(content)
    if source.size > options.limits.max_file_mb * MEGABYTE:
        return _too_big(filename, source.size, options.limits.max_file_mb)
    streamed = _streamed(filename, source, options, progress)
    if streamed is not None:
        return report_of(filename, streamed.read, streamed.checked, streamed.log)
    read = read_dataset(filename, source.read(), options)
    log = FindingLog()
    log.add(read.findings)
    checked = None if read.dataset is None else check_examples(read.dataset, log)
    return report_of(filename, read, checked, log)


def _streamed(
    filename: str,
    source: Source,
    options: ReadOptions,
    progress: Callable[[float], None] | None,
) -> Streamed | None:
    """Read a big text block by block, also one that an archive holds."""
    most = options.limits.max_unpacked_mb * MEGABYTE
    with unpacked(filename, source, least=STREAM_FROM, most=most) as inner:
        if inner is None:
            is_big = source.size >= STREAM_FROM
            return stream_file(filename, source, options, progress) if is_big else None
        streamed = stream_file(inner.name, inner.source, options, progress)
    if streamed is None or streamed.checked is None:
        return streamed
    dataset = replace(streamed.checked.dataset, name=dataset_name(filename))
    return replace(streamed, checked=replace(streamed.checked, dataset=dataset))


def _too_big(filename: str, size: int, limit: int) -> CheckReport:
    params = {"found": -(-size // MEGABYTE), "limit": limit}
    log = FindingLog()
    log.add([Finding("file_too_big", Severity.ERROR, params={**params})])
    return report_of(filename, ReadResult(None, ()), None, log)


def report_of(
    filename: str, read: ReadResult, checked: Checked | None, log: FindingLog
) -> CheckReport:
    """Put together what reading and checking said.

    Args:
        filename: Name as uploaded.
        read: What reading gave beside examples and findings.
        checked: The examples; ``None`` if there is none.
        log: All findings.
    """
    verdict = judge(checked, log)
    extent = checked.extent if checked is not None else None
    report = CheckReport(
        filename=filename,
        verdict=verdict,
        dataset=None,
        findings=log.findings(),
        rows=0,
        first="",
        message=summarise(verdict, extent, log, read.columns),
        table=read.table,
        left_out=read.left_out[:MOST_LEFT_OUT],
    )
    if checked is None:
        return report
    return replace(
        report,
        dataset=None if verdict is Verdict.REJECT else checked.dataset,
        rows=checked.extent.rows,
        first=checked.first,
        mends=_mends_of(checked, read.mends),
    )


def _mends_of(checked: Checked, mends: tuple[Mend, ...]) -> tuple[Mend, ...]:
    """Return the mends of the examples that are there, with their positions."""
    if checked.extent.rows == len(checked.dataset):
        return mends
    places = {e.line: place for place, e in enumerate(checked.dataset, 1)}
    kept = (replace(m, row=places[m.line]) for m in mends if m.line in places)
    return tuple(islice(kept, MOST_MENDS))


def judge(checked: Checked | None, log: FindingLog) -> Verdict:
    """Return the verdict that follows from the findings.

    An error about the whole file rejects it; an error about one row only leaves
    that row out, and the file counts as mended.
    """
    if checked is None or (Severity.ERROR, True) in log.kinds:
        return Verdict.REJECT
    severities = {severity for severity, _ in log.kinds}
    if severities & {Severity.ERROR, Severity.REPAIR}:
        return Verdict.REPAIR
    return Verdict.ACCEPT_WITH_WARNING if severities else Verdict.ACCEPT
