"""Tell of each row what it was in the file: what was mended, what was left out."""

import io
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ftcore.data.assembly import Assembled, Fate
from ftcore.data.findings import Finding, Severity
from ftcore.data.origins import MOST_RAW, LeftOut, Mend
from ftcore.data.rows import Lost, Record, RowsRead, Span

_MOST_LOST = 1_000_000  # characters kept of a row left out
# What stands on lines of its own and belongs to no row.
_BETWEEN = frozenset(
    {
        "blank_lines",
        "blank_rows",
        "comments",
        "outside_text",
        "repeated_header",
        "title_row",
    }
)


def physical_lines(text: str) -> Sequence[str]:
    r"""Split a text at ``\n``, ``\r\n`` and ``\r``, as the readers count lines."""
    return list(io.StringIO(text, newline=""))


class Sources:
    """Gives back each row as it was in the file.

    All rows together take time linear in the text.
    """

    def __init__(
        self,
        rows: RowsRead,
        text: str,
        lines: Callable[[], Sequence[str]],
        mended: Iterable[Finding] = (),
    ) -> None:
        """Prepare the answers.

        Args:
            rows: The records and the rows that were lost.
            text: What the spans of the rows refer to.
            lines: Gives the file's lines before anything was mended.
            mended: Findings about lines rather than rows: encoding, hidden
                characters.
        """
        self._text = text
        self._lines = lines
        self._physical: Sequence[str] | None = None
        self._shared = Counter(record.line for record in rows.records)
        self._shared.update(lost.line for lost in rows.lost)
        between = {f.line for f in rows.findings if f.code in _BETWEEN and f.line}
        self._starts = sorted({*self._shared, *between})
        self._notes: dict[int, dict[str, None]] = {}
        for finding in mended:
            if finding.severity is Severity.REPAIR and finding.line is not None:
                start = self._start_of(finding.line)
                self._notes.setdefault(start, {})[finding.code] = None

    def _start_of(self, line: int) -> int:
        index = bisect_right(self._starts, line)
        return self._starts[index - 1] if index else 0

    def mends(self, kept: Sequence[Fate]) -> tuple[Mend, ...]:
        """Return the rows that were mended, with what they were before."""
        found: list[Mend] = []
        for number, fate in enumerate(kept, 1):
            codes = (*self._line_notes(fate.record), *fate.codes)
            if codes:
                unique = tuple(dict.fromkeys(codes))
                before = self._raw(fate.record)[:MOST_RAW]
                found.append(Mend(fate.record.line, unique, before, number))
        return tuple(found)

    def left_out(
        self, lost: Sequence[Lost], fates: Sequence[Fate]
    ) -> tuple[LeftOut, ...]:
        """Return the rows that became no example, in the file's order."""
        found = [LeftOut(row.line, row.code, self._raw(row)) for row in lost]
        found += [
            LeftOut(fate.record.line, fate.fault, self._raw(fate.record))
            for fate in fates
        ]
        found.sort(key=lambda row: row.line)
        return tuple(found)

    def _line_notes(self, record: Record) -> Iterable[str]:
        """What was mended in the lines of a row that has them to itself."""
        alone = self._shared[record.line] == 1
        return self._notes.get(record.line, ()) if alone else ()

    def _raw(self, row: Record | Lost) -> str:
        is_alone = self._shared[row.line] <= 1
        if row.span is not None and not (is_alone and row.line in self._notes):
            return self._between(row.span)
        if not is_alone and isinstance(row, Record):
            return _spelt(row.values)[:_MOST_LOST]
        index = bisect_right(self._starts, row.line)
        last = self._starts[index] - 1 if index < len(self._starts) else None
        if self._physical is None:
            self._physical = self._lines()
        raw = "".join(self._physical[row.line - 1 : last])
        return raw.strip("\r\n")[:_MOST_LOST]

    def _between(self, span: Span) -> str:
        start, end = span
        return self._text[start : min(end, start + _MOST_LOST)].strip()


def _spelt(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def explain(
    sources: Sources, rows: RowsRead, built: Assembled
) -> tuple[tuple[Mend, ...], tuple[LeftOut, ...]]:
    """Return what was mended and what was left out of one file."""
    return sources.mends(built.kept), sources.left_out(rows.lost, built.lost)
