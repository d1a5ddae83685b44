"""Split the text of a table into rows: any delimiter, any quoting."""

import csv
import io
import re
from collections.abc import Iterator

from ftcore.data.columns import is_known_name
from ftcore.data.rows import RowsRead
from ftcore.data.table_rows import DELIMITERS, Dialect, TableRows
from ftcore.data.tables import SAMPLE_ROWS, Row, consistency, lenient

_ANNOUNCED = DELIMITERS + ":^~ "
LARGEST_FIELD = 2**24  # characters; csv's own limit of 131,072 is below a long text
_SEP_LINE = re.compile(r"\s*\"?sep=(.)\"?[ \t;,]*\r?\n?", re.IGNORECASE)


class CsvRows:
    """Reads one table; every physical line is parsed at most twice."""

    def __init__(
        self, text: str, *, max_rows: int, has_header: bool | None = None
    ) -> None:
        self._lines = list(io.StringIO(text, newline=""))
        self._max_rows = max_rows
        self._has_header = has_header
        self._skip = 0
        self._dialect = self._choose_dialect()

    def read(self) -> RowsRead:
        """Return the rows as records keyed by column name, and what was mended."""
        table = TableRows(
            self._dialect, max_rows=self._max_rows, has_header=self._has_header
        )
        return table.read(
            self._rows(), first_line=self._skip + 1, last_line=len(self._lines)
        )

    # --- dialect ------------------------------------------------------------------

    def _choose_dialect(self) -> Dialect:
        if self._lines:
            announced = _SEP_LINE.fullmatch(self._lines[0])
            if announced and announced.group(1) in _ANNOUNCED:
                self._skip = 1
                mark = announced.group(1)
                return Dialect(mark, spaced=self._is_spaced(mark))
        head = "".join(self._lines[self._skip : self._skip + SAMPLE_ROWS])
        head = head[: 64 * 1024]
        best = max(DELIMITERS, key=lambda mark: consistency(head, mark))
        first = self._lines[self._skip] if len(self._lines) > self._skip else ""
        spaces = self._has_spaces(head, first, best)
        return Dialect(best, spaces=spaces, spaced=self._is_spaced(best))

    def _has_spaces(self, head: str, first: str, mark: str) -> bool:
        """Whether a space after each delimiter is decoration and not text."""
        names = first.rstrip("\r\n").split(mark)
        if any(name.startswith(" ") for name in names[1:]):
            return all(is_known_name(n.strip(' "')) for n in names if n.strip())
        tight, loose = f'"{mark}"', f'"{mark} "'
        return loose in head and tight not in head

    def _is_spaced(self, delimiter: str) -> bool:
        sample = self._lines[self._skip : self._skip + SAMPLE_ROWS]
        mark = f"{delimiter} "
        return all(mark in line and '"' not in line for line in sample if line.strip())

    # --- physical rows ------------------------------------------------------------

    def _rows(self) -> Iterator[Row]:
        csv.field_size_limit(LARGEST_FIELD)
        index = self._skip
        while index < len(self._lines):
            start = index
            reader = csv.reader(
                (self._lines[i] for i in range(start, len(self._lines))),
                delimiter=self._dialect.delimiter,
                strict=True,
                skipinitialspace=self._dialect.spaces,
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
        cells, fault = lenient(self._lines[index], self._dialect.delimiter)
        return Row(index + 1, cells, fault)
