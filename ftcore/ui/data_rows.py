"""Rows of a file on their own: taken apart, put together, and read again."""

import csv
import io
import json
from collections.abc import Sequence

from ftcore.data.examples import Dataset, Task
from ftcore.data.findings import Finding
from ftcore.data.options import ColumnChoice, ReadOptions
from ftcore.data.origins import LeftOut, TableShape
from ftcore.data.readers import read_dataset
from ftcore.texts import text

_SEPARATORS = "\t;|,"  # the comma last: sentences have them too


def left_out_text(rows: Sequence[LeftOut]) -> str:
    """Return the rows as they were in the file, one after another."""
    return "".join(f"{row.raw.rstrip()}\n" for row in rows)


def read_row(
    raw: str, table: TableShape | None, task: Task, original: str = ""
) -> tuple[Dataset | None, tuple[Finding, ...]]:
    """Read one mended row in the way that its file was read.

    Args:
        raw: The row now.
        table: How the file was read.
        task: What the row must serve for.
        original: The row as it came.

    Returns:
        The examples, if it has any, and what was found in it.
    """
    options = ReadOptions(task=task)
    content = raw
    if table is not None and table.source and table.target:
        columns = ColumnChoice(table.source, table.target)
        if _is_json(raw):
            options = ReadOptions(task=task, columns=columns)
        else:
            options = ReadOptions(task=task, columns=columns, has_header=True)
            content = with_header(raw, table.names, original)
    read = read_dataset(text("data_left_out.row_name"), content.encode(), options)
    return read.dataset, read.findings


def parts_of(raw: str, table: TableShape | None) -> tuple[str, str] | None:
    """Return the two cells of a table's row that count, to be mended one by one.

    Returns:
        Question and answer, or text and label; ``None`` if the row is no table's,
        or does not fall into its columns.
    """
    if table is None or table.source not in table.names or _is_json(raw):
        return None
    sign = _separator([raw], len(table.names))
    cells = next(csv.reader(io.StringIO(raw, newline=""), delimiter=sign), [])
    if table.target not in table.names or len(cells) > len(table.names):
        return None
    found = dict(zip(table.names, cells, strict=False))
    return found.get(table.source, ""), found.get(table.target, "")


def row_of(parts: tuple[str, str], table: TableShape | None) -> str:
    """Return two cells as a row that reads as exactly these, whatever is in them."""
    if table is None:
        return json.dumps(parts, ensure_ascii=False)
    pair = {table.source: parts[0], table.target: parts[1]}
    return json.dumps(pair, ensure_ascii=False)


def with_header(raw: str, names: Sequence[str], original: str = "") -> str:
    """Return the names above a row, parted by the sign that parts the row.

    Args:
        raw: The row, perhaps changed by hand.
        names: Names of the columns.
        original: The row before that; it tells the sign from a comma in a sentence.
    """
    sign = _separator([row for row in (raw, original) if row], len(names))
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=sign, lineterminator="\n").writerow(names)
    return f"{line.getvalue()}{raw}"


def _is_json(raw: str) -> bool:
    return raw.lstrip().startswith(("{", "["))


def _separator(rows: Sequence[str], width: int) -> str:
    return min(_SEPARATORS, key=lambda each: _misfit(rows, each, width))


def _misfit(rows: Sequence[str], sign: str, width: int) -> int:
    readers = (csv.reader(io.StringIO(r, newline=""), delimiter=sign) for r in rows)
    return sum(abs(len(next(reader, [])) - width) for reader in readers)
