"""Judge a table's rows: where they split, how wide they are, what prose is."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ftcore.data.columns import is_known_name, map_columns
from ftcore.data.labels import look_like_labels

SAMPLE_ROWS = 200
_OPENING_QUOTE = re.compile(r' *"')
_LOG_LINE = re.compile(r"\s*\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d")
_FEWEST_TEXTS = 3  # different last values that show a column of texts
_TITLE_ROWS = 10  # rows above the header at most


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        line: Physical line where it starts, from 1.
        cells: Its values.
        fault: Code of what was wrong with its quotes; empty if nothing was.
        notes: Codes of what was already mended and said.
    """

    line: int
    cells: list[str]
    fault: str = ""
    notes: tuple[str, ...] = ()


def has_content(cells: Sequence[str]) -> bool:
    """Whether any cell holds more than space."""
    return any(cell.strip() for cell in cells)


def cells_inside(row: Row, delimiter: str) -> list[str]:
    """Split a row that is one quoted cell; nothing if it holds no whole row."""
    if len(row.cells) != 1 or delimiter not in row.cells[0]:
        return []
    lines = io.StringIO(row.cells[0], newline="")
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
    return rows[0] if len(rows) == 1 else []


def has_names(cell: str, delimiter: str) -> bool:
    """Whether the cell holds a whole header of known names."""
    names = cell.split(delimiter)
    return len(names) > 1 and all(map(is_known_name, names))


def header_below(rows: Sequence[Row]) -> int | None:
    """Find the header under a title or an introduction, by its known names."""
    for index, row in enumerate(rows[:_TITLE_ROWS]):
        names = [cell for cell in row.cells if cell.strip()]
        if len(names) > 1 and all(map(is_known_name, names)):
            mapping = map_columns(names)
            if mapping is not None and not mapping.guessed:
                return index
    return None


def is_rule(cells: Sequence[str]) -> bool:
    """Whether the row only draws a line, as below a Markdown table's header."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) > 1 and all(not set(cell) - set("-:") for cell in filled)


def consistency(head: str, delimiter: str) -> tuple[float, int]:
    """Score a delimiter: known header names first, then equal widths above one."""
    lines = list(io.StringIO(head, newline=""))
    widths: Counter[int] = Counter()
    names = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter)):
            if not has_content(cells):
                continue
            widths[len(cells)] += 1
            if number == 0 and len(cells) > 1:
                names = sum(is_known_name(cell) for cell in cells)
    except csv.Error:
        return 0.0, 0
    width, rows = widths.most_common(1)[0] if widths else (1, 0)
    share = rows / widths.total() if width > 1 else 0.0
    return share + 2 * min(names, 2), -width


def lenient(line: str, delimiter: str) -> tuple[list[str], str]:
    """Split one line whose quotes do not pair up.

    A quote ends a field only where a delimiter or the line's end follows.
    """
    text = line.rstrip("\r\n")
    closing = re.compile(rf'" *({re.escape(delimiter)}|\Z)')
    cells: list[str] = []
    fault = "csv_quotes"
    position, can_close = 0, True
    while True:
        opening = _OPENING_QUOTE.match(text, position)
        end = closing.search(text, opening.end()) if opening and can_close else None
        if opening and end:
            cells.append(text[opening.end() : end.start()].replace('""', '"'))
            if not end.group(1):
                return cells, fault
            position = end.end()
            continue
        if opening:
            position, can_close, fault = opening.end(), False, "unclosed_quote"
        mark = text.find(delimiter, position)
        cells.append(text[position:] if mark < 0 else text[position:mark])
        if mark < 0:
            return cells, fault
        position = mark + len(delimiter)


def usual_width(rows: Sequence[Row]) -> int:
    """Return how many columns the table has: its header says, or most rows do."""
    head = len(rows[0].cells)
    widths = Counter(len(row.cells) for row in rows[1 : SAMPLE_ROWS * 10])
    if not widths:
        return head
    common = widths.most_common(1)[0][0]
    known = sum(is_known_name(cell) for cell in rows[0].cells)
    return head if known >= 2 or (head >= 2 and widths[head]) else max(head, common)


def is_table(rows: Sequence[Row], width: int, *, spaced: bool) -> bool:
    """Tell a table without header from prose that happens to have commas.

    Args:
        rows: All rows.
        width: Columns of most rows.
        spaced: A space follows every delimiter and nothing is quoted.
    """
    sample = rows[:SAMPLE_ROWS]
    same = [row.cells for row in sample if len(row.cells) == width]
    if len(same) < 0.6 * len(sample):
        return False
    dated = sum(bool(_LOG_LINE.match(row.cells[0])) for row in sample)
    if width == 2 and dated >= 0.9 * len(sample):
        return False  # a program's log
    return not spaced or look_like_labels([cells[-1] for cells in same])


def positions(body: Sequence[Row], width: int) -> list[str]:
    """Name columns by position; a first column of numbers only counts the rows.

    Of two columns, one of labels and one of texts, the labels may come first.
    """
    whole = [row.cells for row in body if len(row.cells) == width]
    columns = [[cells[i] for cells in whole] for i in range(min(width, 2))]
    if width == 2 and [look_like_labels(column) for column in columns] == [True, False]:
        return ["label", "text"]
    names = [f"#{number}" for number in range(1, width + 1)]
    if width > 2 and all(row.cells[0].strip().isdigit() for row in body):
        names[0] = "id"
    return names


def last_values(body: Sequence[Row], width: int) -> Counter[str]:
    """Count the last cells of the rows that may be whole: the labels, if any."""
    return Counter(
        row.cells[-1].strip()
        for row in body
        if len(row.cells) == width
        or (len(row.cells) > width and _is_sentence(row.cells[1:-1]))
    )


def _is_sentence(pieces: Sequence[str]) -> bool:
    return all(piece.startswith(" ") for piece in pieces)


def join_text(
    cells: list[str], width: int, labels: Counter[str], delimiter: str
) -> list[str] | None:
    """Rejoin a sentence that was split at its own commas.

    Only when nothing is guessed: two columns, commas followed by a space as in
    prose, and either a last value that other rows use as their label or, where
    the last column holds no labels, a single comma without its space.
    """
    if width != 2 or not cells:
        return None
    if labels[cells[-1].strip()] >= 2:
        if _is_sentence(cells[1:-1]):
            return [delimiter.join(cells[:-1]), cells[-1]]
        return None
    repeated = sum(count for count in labels.values() if count > 1)
    if delimiter != "," or len(labels) < _FEWEST_TEXTS or repeated > len(labels) / 2:
        return None
    cuts = [
        place
        for place, (before, after) in enumerate(pairwise(cells), 1)
        if not after.startswith(" ") and not _is_decimal(before, after)
    ]
    if len(cuts) != 1:
        return None
    joined = [delimiter.join(cells[: cuts[0]]), delimiter.join(cells[cuts[0] :])]
    return joined if has_content(joined[:1]) and has_content(joined[1:]) else None


def _is_decimal(before: str, after: str) -> bool:
    """Whether the comma is that of a number: 5,20."""
    return before[-1:].isdigit() and after[:1].isdigit()
