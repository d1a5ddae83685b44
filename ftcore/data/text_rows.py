"""Split a text into records, told by its content: JSON in any layout, or a table."""

import csv
import re
from dataclasses import dataclass

from ftcore.data.csv_rows import CsvRows
from ftcore.data.findings import Finding, Severity
from ftcore.data.json_rows import JsonRows
from ftcore.data.options import ReadOptions
from ftcore.data.rows import RowsRead
from ftcore.data.unfolding import unfold
from ftcore.data.wrapping import without_fences, without_frame, without_prose

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
class TextRows:
    """A text split into records.

    Attributes:
        rows: The records, and what was mended to split them.
        text: What the spans of the records refer to.
    """

    rows: RowsRead
    text: str


def split_text(filename: str, text: str, options: ReadOptions) -> TextRows:
    """Split any text.

    Args:
        filename: Name as uploaded; ``.json`` says that an array is meant.
        text: The whole text, cleaned.
        options: What is decided before reading.
    """
    if _MARKUP.match(text[:500]):
        return _refused("markup_file")
    if filename.lower().endswith(".ipynb") and _NOTEBOOK.match(text):
        return _refused("notebook_file")
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
    limits = options.limits
    if looks_like_json(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        is_document = filename.lower().endswith(".json")
        rows = JsonRows(text, is_document=is_document, limits=limits).read()
        unfold(rows, limits.max_rows)
    else:
        rows = CsvRows(
            text, max_rows=limits.max_rows, has_header=options.has_header
        ).read()
    told = [f for f in rows.findings if not _is_gap(f, bare.emptied)]
    rows.findings = [*findings, *bare.findings, *told]
    return TextRows(rows, text)


def _refused(code: str) -> TextRows:
    return TextRows(RowsRead(findings=[Finding(code, Severity.ERROR)]), "")


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
