"""Turn rows of cells into records: title, header, stray cells, rows too short."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ftcore.data.columns import is_known_name
from ftcore.data.findings import Finding, Severity
from ftcore.data.headers import is_header
from ftcore.data.rows import Lost, Record, RowsRead
from ftcore.data.tables import (
    Row,
    cells_inside,
    has_content,
    has_names,
    header_below,
    is_rule,
    is_table,
    join_text,
    last_values,
    positions,
    usual_width,
)

DELIMITERS = ",;\t|"
MOST_COLUMNS = 1_000  # a wider table is no table of examples


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table was split into cells.

    Attributes:
        delimiter: What stands between two cells.
        spaces: A space after each delimiter is decoration and not text.
        spaced: A space follows every delimiter and nothing is quoted, as in prose.
        is_ragged: A row may end before the last column, as in a spreadsheet.
    """

    delimiter: str = "\t"
    spaces: bool = False
    spaced: bool = False
    is_ragged: bool = False


class TableRows:
    """Reads the rows of one table, wherever they come from."""

    def __init__(
        self, dialect: Dialect, *, max_rows: int, has_header: bool | None = None
    ) -> None:
        """Prepare the reading.

        Args:
            dialect: How the rows were split.
            max_rows: Reading stops after this many rows.
            has_header: What the participant said of the first row, if anything.
        """
        self._dialect = dialect
        self._delimiter = dialect.delimiter
        self._max_rows = max_rows
        self._has_header = has_header
        self._out = RowsRead()

    def read(self, rows: Iterable[Row], *, first_line: int, last_line: int) -> RowsRead:
        """Return the rows as records keyed by column name, and what was mended.

        Args:
            rows: The rows in the file's order; consumed once.
            first_line: Line where the table may start.
            last_line: Last line of the file; that it is empty is no news.
        """
        source = iter(rows)
        first = next((row for row in source if has_content(row.cells)), None)
        if first is None or len(first.cells) > MOST_COLUMNS:
            self._out.width = len(first.cells) if first else 0
            return self._out
        for line in range(first_line, first.line):
            self._note("blank_rows", line)
        body = self._body(source, last_line)
        if self._out.over_limit:
            return self._out
        if self._has_header is not False:
            first, body = self._below_title(first, body)
        self._fill(*self._opened(first, body))
        if len(self._out.records) > self._max_rows:
            self._out.over_limit = True
        return self._out

    def _body(self, source: Iterator[Row], last_line: int) -> list[Row]:
        body: list[Row] = []
        for row in source:
            if len(body) > self._max_rows:
                self._out.over_limit = True
                break
            if has_content(row.cells) and not self._is_line(row.cells):
                body.append(row)
            elif row.line < last_line or row.cells:
                self._note("blank_rows", row.line)
        return body

    def _note(self, code: str, line: int | None) -> None:
        self._out.findings.append(Finding(code, Severity.REPAIR, line))

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
            mark = next((m for m in DELIMITERS if has_names(first.cells[0], m)), "")
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
        return Row(row.line, cells, notes=("rows_quoted",))

    def _is_line(self, cells: list[str]) -> bool:
        return self._delimiter == "|" and is_rule(cells)

    # --- header -------------------------------------------------------------------

    def _fill(self, first: Row, body: list[Row]) -> None:
        width = usual_width([first, *body])
        self._out.width = width
        if width > MOST_COLUMNS:
            return
        if width < 2:
            self._single_column(first, body)
            return
        header = self._header(first, body)
        self._out.has_header = header is not None
        if header is None:
            body = [first, *body]
            names = self._positions(body, width)
            if names is None:
                return
        else:
            names = self._names(header, body)
            body = self._without_header(header, body)
        self._out.names = tuple(names)
        labels = last_values(body, len(names))
        for row in body:
            self._add(names, row, labels)

    def _header(self, first: Row, body: list[Row]) -> Row | None:
        if self._has_header is None:
            return first if is_header(first.cells, body) else None
        return first if self._has_header else None

    def _positions(self, body: list[Row], width: int) -> list[str] | None:
        """Name the columns of a table without header; ``None`` if it is prose."""
        if self._has_header is False:
            return positions(body, width)
        if not is_table(body, width, spaced=self._dialect.spaced):
            return None
        names = positions(body, width)
        swapped = names[0] == "label"
        self._note("no_header_label_first" if swapped else "no_header", None)
        return names

    def _names(self, header: Row, body: list[Row]) -> list[str]:
        cells = [cell.strip() for cell in header.cells]
        while len(cells) > 2 and not cells[-1]:
            cells.pop()
        if len(cells) < len(header.cells):
            used = any(cell.strip() for row in body for cell in row.cells[len(cells) :])
            if not used:
                self._note("blank_columns", header.line)
        if self._dialect.spaces or any(c != c.strip() for c in header.cells):
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
        known = is_known_name(first.cells[0])
        self._out.has_header = known if self._has_header is None else self._has_header
        rows = body if self._out.has_header else [first, *body]
        name = first.cells[0].strip() if self._out.has_header else "#1"
        self._out.names = (name,)
        for row in rows:
            self._out.records.append(Record(row.line, {name: row.cells[0]}))

    # --- records ------------------------------------------------------------------

    def _add(self, names: list[str], row: Row, labels: Counter[str]) -> None:
        cells, width, notes = list(row.cells), len(names), list(row.notes)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) > width:
            joined = join_text(cells, width, labels, self._delimiter)
            if joined is None:
                self._fault("too_many_fields", row.line, len(row.cells), width)
                return
            cells = joined
            notes.append("unquoted_delimiter")
        if len(cells) < width and not self._dialect.is_ragged:
            code = "unclosed_quote" if row.fault else "too_few_fields"
            self._fault(code, row.line, len(row.cells), width)
            return
        cells += [""] * (width - len(cells))
        if row.fault:
            notes.append("csv_quotes")
        for code in notes[len(row.notes) :]:
            self._note(code, row.line)
        if self._dialect.spaces:
            cells = [cell.strip() for cell in cells]
        values: dict[str, object] = dict(zip(names, cells, strict=True))
        self._out.records.append(Record(row.line, values, tuple(notes)))

    def _fault(self, code: str, line: int, found: int, expected: int) -> None:
        params = {"found": found, "expected": expected}
        if code == "unclosed_quote":
            params = {}
        self._out.findings.append(
            Finding(code, Severity.ERROR, line, params={**params})
        )
        self._out.lost.append(Lost(line, code))
