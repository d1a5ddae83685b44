"""Turn an uploaded file into a `Dataset`, told by its content and not by its name."""

import csv
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ftcore.data.assembly import assemble
from ftcore.data.csv_rows import CsvRows
from ftcore.data.decoding import decode
from ftcore.data.examples import Dataset
from ftcore.data.findings import Finding, Severity
from ftcore.data.json_rows import JsonRows
from ftcore.data.options import ReadOptions
from ftcore.data.rows import RowsRead
from ftcore.data.shapes import gather_messages
from ftcore.data.unfolding import unfold
from ftcore.data.values import excerpt
from ftcore.data.wrapping import without_fences, without_frame, without_prose

_BY_THEMSELVES = ReadOptions()
_DEFAULT_NAME = "datos"
_LINE_STARTS = 200  # lines looked at to tell JSON from a table
_OBJECT = re.compile(r"""\{\s*(?:["'“”‘’«}{]|\w+["']?\s*[:,]|//|\#|/\*|$)""")
_LIST = re.compile(r"""\[\s*(?:[\[{"'“\]]|//|\#|$)""")
_NOISE = re.compile(r"(?:\s|(?://|#)[^\n]*\n|```[^\n]*\n|/\*.{0,2000}?\*/)*", re.DOTALL)
_MARKUP = re.compile(
    r"\s*<(?:!doctype|html|\?xml|head|body|svg|table)\b", re.IGNORECASE
)
_NOTEBOOK = re.compile(r'\s*\{.{0,2000}?"(?:cells|nbformat)"\s*:', re.DOTALL)
_CELL_OBJECT = re.compile(r'\{\s*""[^":,}]')
_QUOTED_OBJECT = re.compile(r'\s*"\s*\{\s*""')


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading a file gave.

    Attributes:
        dataset: The examples, or ``None`` if there is none.
        findings: What was mended, left out or impossible, in file order.
        columns: Names of the source and target columns, for the participant to
            confirm; ``None`` if they have the names that the course uses.
    """

    dataset: Dataset | None
    findings: tuple[Finding, ...]
    columns: tuple[str, str] | None = None


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
    decoded = decode(content)
    if decoded.text is None:
        return ReadResult(None, decoded.findings)
    max_rows = options.limits.max_rows
    rows = _rows(filename, decoded.text, max_rows)
    if rows.over_limit:
        limit = Finding("too_many_rows", Severity.ERROR, params={"limit": max_rows})
        return ReadResult(None, (*decoded.findings, limit))
    gather_messages(rows)
    built = assemble(rows, options.task)
    findings = [*decoded.findings, *rows.findings, *built.findings]
    findings = _say_truncated(findings)
    if not built.examples:
        findings = _without_table(decoded.findings, rows, findings)
        if not any(f.severity is Severity.ERROR for f in findings):
            code = "no_examples" if rows.width else "empty_json"
            findings.append(Finding(code, Severity.ERROR))
        return ReadResult(None, tuple(findings), built.columns)
    dataset = Dataset(dataset_name(filename), built.task, tuple(built.examples))
    return ReadResult(dataset, tuple(findings), built.columns)


def _say_truncated(findings: list[Finding]) -> list[Finding]:
    """Call a row cut off if closing its brackets did not make an example of it."""
    closed = {f.line for f in findings if f.code == "missing_close"}
    cut = {f.line for f in findings if f.severity is Severity.ERROR} & closed
    if not cut:
        return findings
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


def _rows(filename: str, text: str, max_rows: int) -> RowsRead:
    if _MARKUP.match(text[:500]):
        return RowsRead(findings=[Finding("markup_file", Severity.ERROR)])
    if filename.lower().endswith(".ipynb") and _NOTEBOOK.match(text):
        return RowsRead(findings=[Finding("notebook_file", Severity.ERROR)])
    findings: list[Finding] = []
    if "\n" not in text.rstrip() and "\r" in text.rstrip():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        findings.append(Finding("old_line_ends", Severity.REPAIR))
    if _QUOTED_OBJECT.match(text):
        text = _unquoted(text)
        findings.append(Finding("json_in_table", Severity.REPAIR))
    bare = without_fences(text)
    for undo in (without_prose, without_frame):
        if not bare.findings and not looks_like_json(text):
            bare = undo(text)
    text = bare.text
    if looks_like_json(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        is_document = filename.lower().endswith(".json")
        rows = JsonRows(text, is_document=is_document, max_rows=max_rows).read()
        unfold(rows, max_rows)
    else:
        rows = CsvRows(text, max_rows=max_rows).read()
    told = [f for f in rows.findings if not _is_gap(f, bare.emptied)]
    rows.findings = [*findings, *bare.findings, *told]
    return rows


def _is_gap(finding: Finding, emptied: frozenset[int]) -> bool:
    return finding.code in {"blank_lines", "blank_rows"} and finding.line in emptied


def looks_like_json(text: str) -> bool:
    """Whether the text is JSON in any layout, rather than a table."""
    noise = _NOISE.match(text)
    start = noise.end() if noise else 0
    head = text[start : start + 2_000]
    if _OBJECT.match(head) or _LIST.match(head) or head.startswith('"{\\"'):
        return True
    lines = [line.lstrip() for line in text[:200_000].split("\n")[:_LINE_STARTS]]
    filled = [line for line in lines if line.strip()]
    objects = sum(_has_object(line[:80]) for line in filled)
    return bool(filled) and objects * 2 >= len(filled)


def _has_object(line: str) -> bool:
    """Whether an object starts in the line, and not inside a quoted cell."""
    found = _OBJECT.search(line)
    return found is not None and not _CELL_OBJECT.match(line, found.start())


def _unquoted(text: str) -> str:
    """Undo what a spreadsheet does to JSONL: each line quoted as one cell."""
    lines: list[str] = []
    for line in text.split("\n"):
        try:
            cells = next(csv.reader([line.rstrip("\r")]), [])
        except csv.Error:
            cells = [line]
        lines.append(",".join(cells).rstrip(",;"))
    return "\n".join(lines)
