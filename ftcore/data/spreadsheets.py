"""Read the sheets of a workbook (XLSX, XLSM, XLSB, XLS, ODS) as tables."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ftcore.data.cleaning import clean_cell, needs_cleaning
from ftcore.data.decoding import cleaning_findings
from ftcore.data.findings import Finding, Severity
from ftcore.data.options import ReadOptions
from ftcore.data.splits import Split, promise, refused
from ftcore.data.table_rows import DELIMITERS, Dialect, TableRows
from ftcore.data.tables import Row, has_content, has_names
from ftcore.data.text_rows import looks_like_json, split_text
from ftcore.data.values import CellError, excerpt
from ftcore.data.vocabulary import find_name

_WORKER = Path(__file__).with_name("workbook_worker.py")
_MEMORY_MB = 2_000  # of the process that reads the workbook
_SECONDS = 120.0
_TITLE_ROWS = 10
_SHEETS_NAMED = 6
_DIALECT = Dialect(is_ragged=True)


@dataclass(slots=True)
class Sheet:
    """One sheet as it was found.

    Attributes:
        name: As its tab says.
        is_hidden: It is not shown when the workbook is opened.
        left: Empty columns before the first cell.
        merged: Cells joined over several rows: first row, last row and column,
            from 0.
        odd: Errors and formulas without a saved value: row, column, text.
        hidden_rows: Rows that a filter or a person hid.
        rows: Cells as text, from the first row of the sheet.
    """

    name: str
    is_hidden: bool
    left: int
    merged: list[tuple[int, int, int]]
    odd: list[tuple[int, int, str]]
    hidden_rows: int
    rows: list[list[str]] = field(default_factory=list)


def split_workbook(
    filename: str, content: bytes, options: ReadOptions, asked: str | None
) -> Split:
    """Read the sheet that was asked for, or the one most like examples.

    Args:
        filename: Name as uploaded.
        content: A workbook, told by its first bytes.
        options: What is decided before reading.
        asked: Name of the sheet that was asked for.
    """
    sheets = _open(content, options.limits.max_unpacked_mb)
    if isinstance(sheets, str):
        return refused(sheets)
    filled = [sheet for sheet in sheets if any(map(has_content, sheet.rows))]
    if not filled:
        return refused("empty_workbook")
    splits = [_split_sheet(filename, sheet, options) for sheet in filled]
    names = [sheet.name for sheet in filled]
    chosen, found = _choose(filled, splits, asked)
    split = splits[chosen]
    others = [f"«{excerpt(name)}»" for i, name in enumerate(names) if i != chosen]
    if others and asked != names[chosen]:
        shown = ", ".join(others[:_SHEETS_NAMED])
        params = {"sheet": excerpt(names[chosen]), "others": shown}
        found.append(Finding("other_sheets", Severity.WARNING, params={**params}))
    if filled[chosen].hidden_rows:
        count = {"count": filled[chosen].hidden_rows}
        found.append(Finding("hidden_rows", Severity.WARNING, params={**count}))
    is_named = len(names) > 1
    return Split(
        (*found, *split.findings),
        split.rows,
        split.text,
        split.lines,
        tuple(names) if is_named else (),
        names[chosen] if is_named else "",
    )


def _choose(
    sheets: Sequence[Sheet], splits: Sequence[Split], asked: str | None
) -> tuple[int, list[Finding]]:
    found: list[Finding] = []
    if asked is not None:
        names = [sheet.name for sheet in sheets]
        if asked in names:
            return names.index(asked), found
        params = {"sheet": excerpt(asked)}
        found.append(Finding("sheet_missing", Severity.WARNING, params={**params}))

    def rank(index: int) -> tuple[int, bool, int]:
        fit, count = promise(splits[index].rows)
        return fit, not sheets[index].is_hidden, count

    return max(range(len(sheets)), key=rank), found


# --- the process that reads -----------------------------------------------------------


def _open(content: bytes, most_mb: int) -> list[Sheet] | str:
    """Return the sheets, or the code of the reason why there are none."""
    command = [sys.executable, "-P", str(_WORKER), str(_MEMORY_MB), str(most_mb)]
    try:
        done = subprocess.run(  # noqa: S603 - our own script; the file is its input
            command, input=content, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "large_workbook"
    lines = done.stdout.splitlines()
    reason = json.loads(lines.pop()) if lines and lines[-1].startswith(b'"') else ""
    if reason == "end":
        return _sheets(lines)
    if reason:
        return f"{reason}_workbook"
    no_memory = b"memory allocation" in done.stderr or b"MemoryError" in done.stderr
    return "large_workbook" if no_memory else "damaged_workbook"


def _sheets(lines: Iterable[bytes]) -> list[Sheet]:
    found: list[Sheet] = []
    for line in lines:
        value = json.loads(line)
        if isinstance(value, dict):
            found.append(Sheet(**value))
        else:
            found[-1].rows += value
    return found


# --- one sheet ------------------------------------------------------------------------


def _split_sheet(filename: str, sheet: Sheet, options: ReadOptions) -> Split:
    raw = ["\t".join(cells) + "\n" for cells in sheet.rows]
    findings = [*_fill_merged(sheet), *_clean(sheet)]
    text = _single_column(sheet)
    if text is not None:
        split = split_text(filename, text, options)
        findings.append(Finding("one_column_sheet", Severity.REPAIR))
        return Split(tuple(findings), split.rows, split.text, partial(list, raw))
    _place_odd(sheet)
    rows, titles = _below_titles(_table(sheet))
    findings += [Finding("title_row", Severity.REPAIR, row.line) for row in titles]
    read = TableRows(
        _DIALECT, max_rows=options.limits.max_rows, has_header=options.has_header
    ).read(rows, first_line=rows[0].line, last_line=rows[-1].line)
    read.findings = [*_offset(sheet, titles or rows), *read.findings]
    return Split(tuple(findings), read, "", partial(list, raw))


def _fill_merged(sheet: Sheet) -> Iterable[Finding]:
    """Give every row the value of a cell that is joined over several rows."""
    lines: set[int] = set()
    for top, bottom, column in sheet.merged:
        last = min(bottom, len(sheet.rows) - 1)
        value = sheet.rows[top][column] if top <= last else ""
        for row in range(top + 1, last + 1):
            others = (c for i, c in enumerate(sheet.rows[row]) if i != column)
            if value.strip() and has_content(list(others)):
                sheet.rows[row][column] = value
                lines.add(row + 1)
    return [Finding("merged_cells", Severity.REPAIR, line) for line in sorted(lines)]


def _clean(sheet: Sheet) -> list[Finding]:
    """Undo mojibake and remove hidden characters, as in the lines of a text."""
    findings: list[Finding] = []
    for line, cells in enumerate(sheet.rows, 1):
        for column, cell in enumerate(cells):
            if needs_cleaning(cell):
                cleaned = clean_cell(cell)
                cells[column] = cleaned.text
                findings += cleaning_findings(cleaned.removed, line)
    return findings


def _place_odd(sheet: Sheet) -> None:
    for row, column, text in sheet.odd:
        if row < len(sheet.rows) and column < len(sheet.rows[row]):
            sheet.rows[row][column] = CellError(text)


def _single_column(sheet: Sheet) -> str | None:
    """Return the text of a sheet that holds a whole CSV or JSONL in one column."""
    cells = [[cell for cell in row if cell.strip()] for row in sheet.rows]
    if any(len(row) > 1 or (row and "\n" in row[0]) for row in cells):
        return None
    text = "\n".join(row[0] if row else "" for row in cells)
    first = next(row[0] for row in cells if row)
    if find_name("messages", [first]):
        return None  # a column of conversations, as this program writes them
    is_table = any(has_names(first, mark) for mark in DELIMITERS)
    return text if is_table or looks_like_json(text) else None


def _table(sheet: Sheet) -> list[Row]:
    """Return the rows without empty columns, and without empty rows at the ends."""
    used = {
        column
        for cells in sheet.rows
        for column, cell in enumerate(cells)
        if cell or isinstance(cell, CellError)
    }
    columns = sorted(used)
    rows = [Row(n, [row[c] for c in columns]) for n, row in enumerate(sheet.rows, 1)]
    filled = [row.line for row in rows if has_content(row.cells)]
    return rows[filled[0] - 1 : filled[-1]]


def _below_titles(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Leave out a title: lone cells above rows that fill several columns."""
    counts = [sum(bool(cell.strip()) for cell in row.cells) for row in rows]
    start = next((i for i, count in enumerate(counts) if count > 1), 0)
    below = [count for count in counts[start:] if count]
    if not 0 < start <= _TITLE_ROWS or sum(c > 1 for c in below) < 0.8 * len(below):
        return rows, []
    return rows[start:], [row for row in rows[:start] if has_content(row.cells)]


def _offset(sheet: Sheet, rows: Sequence[Row]) -> list[Finding]:
    """Say that the table does not start in the first cell."""
    column = next(
        (
            i
            for i in range(len(sheet.rows[0]) if sheet.rows else 0)
            if any(cells[i] for cells in sheet.rows)
        ),
        0,
    )
    number = sheet.left + column
    if rows[0].line == 1 and not number:
        return []
    params = {"cell": f"{_letters(number)}{rows[0].line}"}
    return [Finding("sheet_offset", Severity.REPAIR, params={**params})]


def _letters(column: int) -> str:
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
