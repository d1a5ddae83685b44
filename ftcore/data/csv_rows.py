"""Split a table into rows: any delimiter, any quoting, a header or none."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ftcore.data.columns import is_index_name, is_known_name
from ftcore.data.findings import Finding, Severity
from ftcore.data.labels import look_like_labels
from ftcore.data.rows import Record, RowsRead

_DELIMITERS = ",;\t|"
_ANNOUNCED = _DELIMITERS + ":^~ "
_SAMPLE_ROWS = 200
_LARGEST_FIELD = 2**24  # characters; csv's own limit of 131,072 is below a long text
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?[ \t;,]*\r?\n?", re.IGNORECASE)
_SENTENCE = re.compile(r"[¿?¡!.:;]|\d{3,}")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]
    fault: str = ""  # code of what was wrong with its quotes


class CsvRows:
    """Reads one table; every physical line is parsed at most twice."""

    def __init__(self, text: str, *, max_rows: int) -> None:
        self._lines = list(io.StringIO(text, newline=""))
        self._max_rows = max_rows
        self._out = RowsRead()
        self._skip = 0
        self._spaces = False
        self._delimiter = self._choose_delimiter()

    def read(self) -> RowsRead:
        """Return the rows as records keyed by column name, and what was mended."""
        rows = self._rows()
        first = next((row for row in rows if _has_content(row.cells)), None)
        if first is None:
            return self._out
        body: list[_Row] = []
        for row in rows:
            if len(body) > self._max_rows:
                self._out.over_limit = True
                return self._out
            if _has_content(row.cells):
                body.append(row)
            elif row.line < len(self._lines) or row.cells:
                self._note("blank_rows", row.line)
        self._fill(first, body)
        if len(self._out.records) > self._max_rows:
            self._out.over_limit = True
        return self._out

    def _note(self, code: str, line: int | None, **params: str | int) -> None:
        self._out.findings.append(
            Finding(code, Severity.REPAIR, line, params={**params})
        )

    # --- dialect ------------------------------------------------------------------

    def _choose_delimiter(self) -> str:
        if self._lines:
            announced = _SEP_LINE.fullmatch(self._lines[0])
            if announced and announced.group(1) in _ANNOUNCED:
                self._skip = 1
                return announced.group(1)
        head = "".join(self._lines[self._skip : self._skip + _SAMPLE_ROWS])
        head = head[: 64 * 1024]
        best = max(_DELIMITERS, key=lambda mark: _consistency(head, mark))
        first = self._lines[self._skip] if len(self._lines) > self._skip else ""
        self._spaces = bool(re.search(rf"{re.escape(best)} +\"", head)) or bool(
            re.search(rf"\w{re.escape(best)} +\w", first)
        )
        return best

    # --- physical rows ------------------------------------------------------------

    def _rows(self) -> Iterator[_Row]:
        csv.field_size_limit(_LARGEST_FIELD)
        index = self._skip
        while index < len(self._lines):
            start = index
            reader = csv.reader(
                (self._lines[i] for i in range(start, len(self._lines))),
                delimiter=self._delimiter,
                strict=True,
                skipinitialspace=self._spaces,
            )
            try:
                for cells in reader:
                    yield _Row(start + 1, cells)
                    start = index + reader.line_num
            except csv.Error:
                yield self._mend(start)
                index = start + 1
            else:
                return

    def _mend(self, index: int) -> _Row:
        cells, fault = _lenient(self._lines[index], self._delimiter)
        return _Row(index + 1, cells, fault)

    # --- records ------------------------------------------------------------------

    def _fill(self, first: _Row, body: list[_Row]) -> None:
        width = _usual_width([first, *body])
        self._out.width = width
        if width < 2:
            self._single_column(first, body)
            return
        header = first if _is_header(first.cells, body) else None
        self._out.has_header = header is not None
        if header is None:
            body = [first, *body]
            if not _is_table(body, width):
                return
            self._note("no_header", None)
            names = _positions(body, width)
        else:
            names = self._names(header, body)
            body = self._without_header(header, body)
        labels = _last_values(body, len(names))
        for row in body:
            self._add(names, row, labels)

    def _names(self, header: _Row, body: list[_Row]) -> list[str]:
        cells = [cell.strip() for cell in header.cells]
        while len(cells) > 2 and not cells[-1]:
            cells.pop()
        if len(cells) < len(header.cells):
            used = any(cell.strip() for row in body for cell in row.cells[len(cells) :])
            if not used:
                self._note("blank_columns", header.line)
        if self._spaces or any(c != c.strip() for c in header.cells):
            self._note("header_spaces", header.line)
        names: list[str] = []
        for number, cell in enumerate(cells, 1):
            name = cell or f"#{number}"
            names.append(name if name not in names else f"{name} #{number}")
        return names

    def _without_header(self, header: _Row, body: list[_Row]) -> list[_Row]:
        """Leave out the header's copies, as two joined files have them."""
        copies = [row for row in body if row.cells == header.cells]
        for row in copies:
            self._note("repeated_header", row.line)
        return [row for row in body if row.cells != header.cells] if copies else body

    def _single_column(self, first: _Row, body: list[_Row]) -> None:
        self._out.has_header = is_known_name(first.cells[0])
        rows = body if self._out.has_header else [first, *body]
        name = first.cells[0].strip() if self._out.has_header else "#1"
        for row in rows:
            self._out.records.append(Record(row.line, {name: row.cells[0]}))

    def _add(self, names: list[str], row: _Row, labels: Counter[str]) -> None:
        cells, width = list(row.cells), len(names)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > width:
            joined = _join_text(cells, width, labels, self._delimiter)
            if joined is None:
                self._fault("too_many_fields", row.line, len(row.cells), width)
                return
            cells = joined
            self._note("unquoted_delimiter", row.line)
        if len(cells) < width:
            code = row.fault or "too_few_fields"
            self._fault(code, row.line, len(row.cells), width)
            return
        if row.fault:
            self._note("csv_quotes", row.line)
        if self._spaces:
            cells = [cell.strip() for cell in cells]
        values: dict[str, object] = dict(zip(names, cells, strict=True))
        self._out.records.append(Record(row.line, values))

    def _fault(self, code: str, line: int, found: int, expected: int) -> None:
        params = {"found": found, "expected": expected}
        if code == "unclosed_quote":
            params = {}
        self._out.findings.append(
            Finding(code, Severity.ERROR, line, params={**params})
        )


def _has_content(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _consistency(head: str, delimiter: str) -> tuple[float, int]:
    """Score a delimiter: known header names first, then equal widths above one."""
    lines = list(io.StringIO(head, newline=""))
    widths: Counter[int] = Counter()
    names = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter)):
            if not _has_content(cells):
                continue
            widths[len(cells)] += 1
            if number == 0 and len(cells) > 1:
                names = sum(is_known_name(cell) for cell in cells)
    except csv.Error:
        return 0.0, 0
    width, rows = widths.most_common(1)[0] if widths else (1, 0)
    share = rows / widths.total() if width > 1 else 0.0
    return share + 2 * min(names, 2), -width


def _lenient(line: str, delimiter: str) -> tuple[list[str], str]:
    """Split one line whose quotes do not pair up.

    A quote ends a field only where a delimiter or the line's end follows.
    """
    rest = line.rstrip("\r\n")
    closing = re.compile(rf'"\s*(?:{re.escape(delimiter)}|\Z)')
    cells: list[str] = []
    fault = "csv_quotes"
    while True:
        if rest.lstrip().startswith('"'):
            body = rest.lstrip()[1:]
            end = closing.search(body)
            if end:
                cells.append(body[: end.start()].replace('""', '"'))
                if end.end() == len(body) and not end.group().rstrip().endswith(
                    delimiter
                ):
                    return cells, fault
                rest = body[end.end() :]
                continue
            rest, fault = body, "unclosed_quote"
        cell, mark, rest = rest.partition(delimiter)
        cells.append(cell)
        if not mark:
            return cells, fault


def _usual_width(rows: Sequence[_Row]) -> int:
    head = len(rows[0].cells)
    widths = Counter(len(row.cells) for row in rows[1 : _SAMPLE_ROWS * 10])
    if not widths:
        return head
    common = widths.most_common(1)[0][0]
    known = sum(is_known_name(cell) for cell in rows[0].cells)
    return head if known >= 2 or head >= 2 and widths[head] else max(head, common)


def _is_header(cells: Sequence[str], body: Sequence[_Row]) -> bool:
    """Tell names from data: known words, or short words unlike what is below."""
    names = [cell.strip() for cell in cells]
    if len(names) > 1 and all(map(is_known_name, names)):
        return True
    sample = [row.cells for row in body[:_SAMPLE_ROWS]]
    if any(_repeats(name, column, sample) for column, name in enumerate(names)):
        return False
    if any(len(name) > _LONGEST_NAME or _SENTENCE.search(name) for name in names):
        return sum(is_known_name(name) for name in names) >= 2
    if any(is_known_name(name) or is_index_name(name) for name in names if name):
        return True
    if any(len(name.split()) > 2 or not name for name in names):
        return False
    lengths = [max(map(len, row)) for row in sample if row]
    longest = max(map(len, names))
    return bool(lengths) and sum(lengths) / len(lengths) > 2 * longest


def _repeats(name: str, column: int, sample: Sequence[Sequence[str]]) -> bool:
    if not name:
        return False
    same = sum(len(row) > column and row[column].strip() == name for row in sample)
    return same > 0


def _is_table(rows: Sequence[_Row], width: int) -> bool:
    """Tell a table without header from prose that happens to have commas."""
    sample = rows[:_SAMPLE_ROWS]
    same = [row.cells for row in sample if len(row.cells) == width]
    if len(same) < 0.6 * len(sample):
        return False
    spaced = all(cells[1].startswith(" ") for cells in same)
    return not spaced or look_like_labels([cells[-1] for cells in same])


def _positions(body: Sequence[_Row], width: int) -> list[str]:
    """Name columns by position; a first column of numbers only counts the rows."""
    names = [f"#{number}" for number in range(1, width + 1)]
    if width > 2 and all(row.cells[0].strip().isdigit() for row in body):
        names[0] = "id"
    return names


def _last_values(body: Sequence[_Row], width: int) -> Counter[str]:
    return Counter(
        row.cells[-1].strip() for row in body if len(row.cells) == width and row.cells
    )


def _join_text(
    cells: list[str], width: int, labels: Counter[str], delimiter: str
) -> list[str] | None:
    """Rejoin a sentence that was split at its own commas.

    Only when nothing is guessed: two columns, a comma followed by a space, and a
    last value that other rows use as their label.
    """
    if width != 2 or labels[cells[-1].strip()] < 2:
        return None
    if not all(piece.startswith(" ") for piece in cells[1:-1]):
        return None
    return [delimiter.join(cells[:-1]), cells[-1]]
