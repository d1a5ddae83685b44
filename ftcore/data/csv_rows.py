"""Split a table into rows: any delimiter, any quoting, a header or none."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from ftcore.data.columns import is_known_name
from ftcore.data.findings import Finding, Severity
from ftcore.data.rows import Record, RowsRead
from ftcore.data.tables import (
    SAMPLE_ROWS,
    Row,
    cells_inside,
    consistency,
    has_content,
    has_names,
    header_below,
    is_header,
    is_rule,
    is_table,
    join_text,
    last_values,
    lenient,
    positions,
    usual_width,
)

_DELIMITERS = ",;\t|"
_ANNOUNCED = _DELIMITERS + ":^~ "
_MOST_COLUMNS = 1_000  # a wider table is no table of examples
_LARGEST_FIELD = 2**24  # characters; csv's own limit of 131,072 is below a long text
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?[ \t;,]*\r?\n?", re.IGNORECASE)


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
        first = next((row for row in rows if has_content(row.cells)), None)
        if first is None or len(first.cells) > _MOST_COLUMNS:
            self._out.width = len(first.cells) if first else 0
            return self._out
        self._note_blank_start(first)
        body: list[Row] = []
        for row in rows:
            if len(body) > self._max_rows:
                self._out.over_limit = True
                return self._out
            if has_content(row.cells) and not self._is_line(row.cells):
                body.append(row)
            elif row.line < len(self._lines) or row.cells:
                self._note("blank_rows", row.line)
        first, body = self._below_title(first, body)
        self._fill(*self._opened(first, body))
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
        head = "".join(self._lines[self._skip : self._skip + SAMPLE_ROWS])
        head = head[: 64 * 1024]
        best = max(_DELIMITERS, key=lambda mark: consistency(head, mark))
        first = self._lines[self._skip] if len(self._lines) > self._skip else ""
        self._spaces = self._has_spaces(head, first, best)
        return best

    def _has_spaces(self, head: str, first: str, mark: str) -> bool:
        """Whether a space after each delimiter is decoration and not text."""
        names = first.rstrip("\r\n").split(mark)
        if any(name.startswith(" ") for name in names[1:]):
            return all(is_known_name(n.strip(' "')) for n in names if n.strip())
        tight, loose = f'"{mark}"', f'"{mark} "'
        return loose in head and tight not in head

    # --- physical rows ------------------------------------------------------------

    def _rows(self) -> Iterator[Row]:
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
                    yield Row(start + 1, cells)
                    start = index + reader.line_num
            except csv.Error:
                yield self._mend(start)
                index = start + 1
            else:
                return

    def _mend(self, index: int) -> Row:
        cells, fault = lenient(self._lines[index], self._delimiter)
        return Row(index + 1, cells, fault)

    # --- records ------------------------------------------------------------------

    def _fill(self, first: Row, body: list[Row]) -> None:
        width = usual_width([first, *body])
        self._out.width = width
        if width > _MOST_COLUMNS:
            return
        if width < 2:
            self._single_column(first, body)
            return
        header = first if is_header(first.cells, body) else None
        self._out.has_header = header is not None
        if header is None:
            body = [first, *body]
            if not is_table(body, width, spaced=self._is_spaced()):
                return
            names = positions(body, width)
            swapped = names[0] == "label"
            self._note("no_header_label_first" if swapped else "no_header", None)
        else:
            names = self._names(header, body)
            body = self._without_header(header, body)
        labels = last_values(body, len(names))
        for row in body:
            self._add(names, row, labels)

    def _note_blank_start(self, first: Row) -> None:
        for line in range(self._skip + 1, first.line):
            self._note("blank_rows", line)

    def _below_title(self, first: Row, body: list[Row]) -> tuple[Row, list[Row]]:
        """Look for the header under a title or an introduction."""
        index = None if is_header(first.cells, body) else header_below(body)
        if index is None:
            return first, body
        for above in [first, *body[:index]]:
            self._note("title_row", above.line)
        return body[index], body[index + 1 :]

    def _opened(self, first: Row, body: list[Row]) -> tuple[Row, list[Row]]:
        """Split rows that were quoted whole, as a spreadsheet does on saving again."""
        if len(first.cells) == 1:
            mark = next((m for m in _DELIMITERS if has_names(first.cells[0], m)), "")
            if not mark:
                return first, body
            self._delimiter = mark
            first = self._open(first, 2)
        if len(first.cells) < 2 or not all(map(is_known_name, first.cells)):
            return first, body
        return first, [self._open(row, len(first.cells)) for row in body]

    def _open(self, row: Row, least: int) -> Row:
        cells = cells_inside(row, self._delimiter)
        if len(cells) < least:
            return row
        self._note("rows_quoted", row.line)
        return Row(row.line, cells)

    def _is_line(self, cells: list[str]) -> bool:
        return self._delimiter == "|" and is_rule(cells)

    def _is_spaced(self) -> bool:
        sample = self._lines[self._skip : self._skip + SAMPLE_ROWS]
        mark = f"{self._delimiter} "
        return all(mark in line and '"' not in line for line in sample if line.strip())

    def _names(self, header: Row, body: list[Row]) -> list[str]:
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

    def _without_header(self, header: Row, body: list[Row]) -> list[Row]:
        """Leave out the header's copies, as two joined files have them."""
        copies = [row for row in body if row.cells == header.cells]
        for row in copies:
            self._note("repeated_header", row.line)
        return [row for row in body if row.cells != header.cells] if copies else body

    def _single_column(self, first: Row, body: list[Row]) -> None:
        self._out.has_header = is_known_name(first.cells[0])
        rows = body if self._out.has_header else [first, *body]
        name = first.cells[0].strip() if self._out.has_header else "#1"
        for row in rows:
            self._out.records.append(Record(row.line, {name: row.cells[0]}))

    def _add(self, names: list[str], row: Row, labels: Counter[str]) -> None:
        cells, width = list(row.cells), len(names)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > width:
            joined = join_text(cells, width, labels, self._delimiter)
            if joined is None:
                self._fault("too_many_fields", row.line, len(row.cells), width)
                return
            cells = joined
            self._note("unquoted_delimiter", row.line)
        if len(cells) < width:
            code = "unclosed_quote" if row.fault else "too_few_fields"
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
