"""Turn an uploaded file into a `Dataset`, told by its content and not by its name."""

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ftcore.data.assembly import Assembled, assemble
from ftcore.data.examples import Dataset
from ftcore.data.findings import Finding, Severity
from ftcore.data.opening import open_file
from ftcore.data.options import ReadOptions
from ftcore.data.origins import LeftOut, Mend, TableShape
from ftcore.data.rows import RowsRead
from ftcore.data.shapes import gather_messages
from ftcore.data.sources import Sources, explain
from ftcore.data.splits import Split
from ftcore.data.values import excerpt

_BY_THEMSELVES = ReadOptions()
_DEFAULT_NAME = "datos"


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading a file gave.

    Attributes:
        dataset: The examples, or ``None`` if there is none.
        findings: What was mended, left out or impossible, in file order.
        columns: Names of the source and target columns, for the participant to
            confirm; ``None`` if they have the names that the course uses.
        table: Columns or keys and how they were understood; ``None`` if the file
            could not be split.
        mends: Rows that were mended, with what they were before.
        left_out: Rows that became no example.
    """

    dataset: Dataset | None
    findings: tuple[Finding, ...]
    columns: tuple[str, str] | None = None
    table: TableShape | None = None
    mends: tuple[Mend, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def read_dataset(
    filename: str, content: bytes, options: ReadOptions = _BY_THEMSELVES
) -> ReadResult:
    """Read any bytes; bad data becomes findings, never an exception.

    Args:
        filename: Name as uploaded; it names the dataset, and ``.json`` says that an
            array is meant. The format is told by the content.
        content: Raw bytes of the file.
        options: What is decided before reading; a file with more rows than its
            limit is refused whole.

    Raises:
        WrongTaskError: No row at all can serve ``options.task``.
    """
    split = open_file(filename, content, options)
    if split.rows is None:
        table = _with_sheets(None, split)
        return ReadResult(None, split.findings, table=table)
    read = _finish(filename, split, split.rows, options)
    return replace(read, table=_with_sheets(read.table, split))


def _with_sheets(table: TableShape | None, split: Split) -> TableShape | None:
    if not split.sheets:
        return table
    shape = table or TableShape()
    return replace(shape, sheets=split.sheets, sheet=split.sheet)


def _finish(
    filename: str, split: Split, rows: RowsRead, options: ReadOptions
) -> ReadResult:
    before = split.findings
    if rows.over_limit:
        params = {"limit": options.limits.max_rows}
        limit = Finding("too_many_rows", Severity.ERROR, params={**params})
        return ReadResult(None, (*before, limit), table=table_shape(rows, Assembled()))
    gather_messages(rows)
    built = assemble(rows, options)
    findings = [*before, *rows.findings, *built.findings]
    findings = say_truncated(findings, built)
    sources = Sources(rows, split.text, split.lines, before)
    mends, left_out = explain(sources, rows, built)
    table = table_shape(rows, built)
    if not built.examples:
        findings = _without_table(before, rows, findings)
        if not any(f.severity is Severity.ERROR for f in findings):
            code = "no_examples" if rows.width else "empty_json"
            findings.append(Finding(code, Severity.ERROR))
        return ReadResult(
            None, tuple(findings), built.columns, table, left_out=left_out
        )
    dataset = Dataset(dataset_name(filename), built.task, tuple(built.examples))
    return ReadResult(dataset, tuple(findings), built.columns, table, mends, left_out)


def table_shape(rows: RowsRead, built: Assembled) -> TableShape | None:
    """Say how the columns or keys were understood; ``None`` if there is nothing."""
    names = built.names or rows.names
    if not (names or built.examples):
        return None
    has_header = rows.has_header if rows.width else None
    mapping = built.mapping
    if mapping is None:
        return TableShape(names, has_header=has_header)
    return TableShape(
        names, mapping.source, mapping.target, mapping.guessed, has_header
    )


def say_truncated(findings: list[Finding], built: Assembled) -> list[Finding]:
    """Call a row cut off if closing its brackets did not make an example of it."""
    closed = {f.line for f in findings if f.code == "missing_close"}
    cut = {f.line for f in findings if f.severity is Severity.ERROR} & closed
    if not cut:
        return findings
    for fate in built.lost:
        if fate.record.line in cut:
            fate.fault = "truncated_object"
    return [f for f in findings if f.line not in cut] + [
        Finding("truncated_object", Severity.ERROR, line) for line in cut
    ]


def _without_table(
    decoded: tuple[Finding, ...], rows: RowsRead, findings: list[Finding]
) -> list[Finding]:
    """Say of a prose text that it is no table, instead of judging its rows."""
    if rows.has_header or not rows.width:
        return findings
    return [*decoded, Finding("not_a_table", Severity.ERROR)]


def dataset_name(filename: str) -> str:
    """Return the file's name without folders and without its extensions."""
    base = PurePosixPath(filename.replace("\\", "/")).name
    stem = re.sub(r"(?:\.[A-Za-z]\w{0,5})+$", "", base)
    return excerpt(stem or base, 80) or _DEFAULT_NAME
