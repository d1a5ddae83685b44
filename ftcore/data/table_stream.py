"""Split a table into records while it is read, however long the file is."""

import csv
import io
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ftcore.data.columns import is_known_name
from ftcore.data.csv_rows import LARGEST_FIELD, CsvRows
from ftcore.data.rows import Record, RowsRead
from ftcore.data.table_rows import TableRows
from ftcore.data.tables import Row, has_content, last_values, lenient

_HEAD_ROWS = 2_500  # rows that decide the header and the width
_BATCH_ROWS = 5_000
_MOST_LABELS = 10_000  # different last cells remembered


class CsvStream(CsvRows):
    """The rows of a text that comes in pieces, split as `CsvRows` splits them.

    Attributes:
        lines: Physical lines read since the last `forget`.
        first_line: Number of the first of them.
    """

    def __init__(self, head: str, chunks: Iterator[str]) -> None:
        """Choose the dialect.

        Args:
            head: The start of the text.
            chunks: All of the text, in pieces that end with a line.
        """
        super().__init__(head, max_rows=0)
        self._chunks = chunks
        self.dialect = self._dialect
        self.skipped = self._skip
        self.lines: list[str] = []
        self.first_line = 1

    def forget(self) -> None:
        """Let go of the lines that have been read."""
        self.first_line += len(self.lines)
        self.lines = []

    def rows(self) -> Iterator[Row]:
        """Yield all rows but an empty last one.

        A row whose quotes do not pair up is split again on its own, and what was
        read beyond its line is read anew.
        """
        blank: Row | None = None
        for row in self._physical_rows():
            if blank is not None:
                yield blank
                blank = None
            if row.cells:
                yield row
            else:
                blank = row

    def _physical_rows(self) -> Iterator[Row]:
        csv.field_size_limit(LARGEST_FIELD)
        source = self._physical_lines()
        self.lines += islice(source, self.skipped)
        line = self.skipped + 1
        again: deque[str] = deque()
        taken: list[str] = []

        def feed() -> Iterator[str]:
            while True:
                text = again.popleft() if again else next(source, None)
                if text is None:
                    return
                taken.append(text)
                yield text

        while True:
            reader = csv.reader(
                feed(),
                delimiter=self.dialect.delimiter,
                strict=True,
                skipinitialspace=self.dialect.spaces,
            )
            try:
                for cells in reader:
                    self.lines += taken
                    yield Row(line, cells)
                    line += len(taken)
                    taken.clear()
            except csv.Error:
                again.extendleft(reversed(taken[1:]))
                self.lines.append(taken[0])
                cells, fault = lenient(taken[0], self.dialect.delimiter)
                taken.clear()
                yield Row(line, cells, fault)
                line += 1
            else:
                return

    def _physical_lines(self) -> Iterator[str]:
        held = ""
        for chunk in self._chunks:
            lines = list(io.StringIO(held + chunk if held else chunk, newline=""))
            is_cut = bool(lines) and not lines[-1].endswith(("\n", "\r"))
            held = lines.pop() if is_cut and len(lines[-1]) < LARGEST_FIELD else ""
            yield from lines
        if held:
            yield held


class TableStream(TableRows):
    """The records of a table whose shape its first rows decide."""

    def __init__(
        self, stream: CsvStream, *, max_rows: int, has_header: bool | None = None
    ) -> None:
        """Prepare the reading.

        Args:
            stream: Gives the rows.
            max_rows: As in `TableRows`.
            has_header: As in `TableRows`.
        """
        super().__init__(stream.dialect, max_rows=max_rows, has_header=has_header)
        self._stream = stream
        self._is_quoted_whole = False
        self._columns: list[str] = []
        self._labels: Counter[str] = Counter()
        self._header_row: Row | None = None
        self._is_text = False
        self._count = 0

    def batches(self) -> Iterator[RowsRead]:
        """Yield the records in batches; the first has the shape of the table."""
        rows = self._stream.rows()
        head = _with_content(rows, _HEAD_ROWS)
        if not head:
            return
        shape = self.read(
            head, first_line=self._stream.skipped + 1, last_line=head[-1].line + 1
        )
        self._count = sum(has_content(row.cells) for row in head)
        yield shape
        if not self._columns or shape.over_limit:
            return
        self._stream.forget()
        while batch := list(islice(rows, _BATCH_ROWS)):
            self._out = RowsRead(
                width=shape.width,
                has_header=shape.has_header,
                names=shape.names,
            )
            self._more(batch)
            self._out.over_limit = self._count > self._max_rows + 1
            yield self._out
            self._stream.forget()

    # --- what the head decides ----------------------------------------------------

    def _opened(self, first: Row, body: list[Row]) -> tuple[Row, list[Row]]:
        first, body = super()._opened(first, body)
        self._is_quoted_whole = len(first.cells) > 1 and all(
            map(is_known_name, first.cells)
        )
        return first, body

    def _without_header(self, header: Row, body: list[Row]) -> list[Row]:
        self._header_row = header
        return super()._without_header(header, body)

    def _single_column(self, first: Row, body: list[Row]) -> None:
        super()._single_column(first, body)
        self._columns = list(self._out.names)
        self._is_text = True

    def _add(self, names: list[str], row: Row, labels: Counter[str]) -> None:
        if not self._columns:
            self._columns, self._labels = names, labels
        super()._add(names, row, labels)

    # --- the rows after it --------------------------------------------------------

    def _more(self, batch: Sequence[Row]) -> None:
        rows = list(self._filled(batch))
        self._count += len(rows)
        rows = [row for row in rows if not self._repeats_header(row)]
        if self._is_text:
            name = self._columns[0]
            self._out.records += [Record(r.line, {name: r.cells[0]}) for r in rows]
            return
        if len(self._columns) == 2 and len(self._labels) < _MOST_LABELS:
            self._labels.update(last_values(rows, len(self._columns)))
        for row in rows:
            self._add(self._columns, row, self._labels)

    def _filled(self, batch: Iterable[Row]) -> Iterator[Row]:
        width = len(self._columns)
        for row in batch:
            if not has_content(row.cells) or self._is_line(row.cells):
                self._note("blank_rows", row.line)
            elif self._is_quoted_whole and len(row.cells) == 1:
                yield self._open(row, width)
            else:
                yield row

    def _repeats_header(self, row: Row) -> bool:
        if self._header_row is None or row.cells != self._header_row.cells:
            return False
        self._note("repeated_header", row.line)
        return True


def _with_content(rows: Iterator[Row], wanted: int) -> list[Row]:
    """Take rows until enough of them hold something."""
    taken: list[Row] = []
    for row in rows:
        taken.append(row)
        wanted -= has_content(row.cells)
        if not wanted:
            break
    return taken
