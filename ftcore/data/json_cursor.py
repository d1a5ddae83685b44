"""Where a pass over a JSON text stands, and what it has noted so far."""

import re

from ftcore.data.findings import Finding, Severity
from ftcore.data.options import Limits
from ftcore.data.rows import Lost, Record, RowsRead, Span

_GAP = re.compile(r"[\s,;]*")


class JsonCursor:
    """Position, line count and findings of one pass over a text.

    Every character is counted once, whatever is asked in between.
    """

    def __init__(self, text: str, *, is_document: bool, limits: Limits) -> None:
        r"""Prepare the pass.

        Args:
            text: The whole file, with ``\n`` line ends.
            is_document: The file calls itself ``.json``: an array and a layout
                over several lines are then as they should be.
            limits: Reading stops after so many objects, and refuses what is
                nested deeper.
        """
        self._text = text
        self._is_document = is_document
        self._max_rows = limits.max_rows
        self._max_depth = limits.max_depth
        self._out = RowsRead()
        self._position = 0
        self._depth = 0
        self._line = 1
        self._counted = 0
        self._noted: set[str] = set()
        self._after_item = False

    def _gap(self) -> None:
        """Pass over space and separators, and judge the separators."""
        gap = _GAP.match(self._text, self._position)
        if gap is None:
            return
        end = gap.end()
        if self._depth:
            self._separators(gap.group(), self._text[end : end + 1])
        elif not self._is_document and gap.group():
            self._blank_lines(gap.group())
            if "," in gap.group() and self._out.records:
                self._note("comma_between", self._line_at(self._position))
        if ";" in gap.group() and self._out.records:
            self._note("semicolon_between", self._line_at(self._position))
        self._position = end

    def _separators(self, gap: str, follows: str) -> None:
        """One comma belongs between two items of a list, and none elsewhere."""
        commas = gap.count(",")
        line = self._line_at(self._position)
        if follows == "]":
            if commas:
                self._note("trailing_comma", line)
        elif commas > 1 and self._after_item:
            self._note("extra_comma", line)
        elif follows == "{" and not commas and self._after_item:
            self._note("missing_comma", line)
        if commas:
            self._after_item = False

    def _blank_lines(self, gap: str) -> None:
        pieces = gap.split("\n")
        first = self._line_at(self._position)
        skip_first = 0 if self._position == 0 else 1
        blank = pieces[skip_first:-1]
        for offset, piece in enumerate(blank):
            if not piece.strip():
                line = first + offset + skip_first
                self._note("blank_lines", line)

    def _add(
        self,
        line: int,
        values: dict[str, object],
        start: int,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Keep an object that stands between ``start`` and the position."""
        if len(self._out.records) >= self._max_rows:
            self._out.over_limit = True
            return
        span = (start, self._position)
        self._out.records.append(Record(line, values, notes, span))

    def _lose(self, code: str, line: int, span: Span) -> None:
        if not self._said(code, line):
            self._out.findings.append(Finding(code, Severity.ERROR, line))
        self._out.lost.append(Lost(line, code, span))

    def _said(self, code: str, line: int) -> bool:
        said = self._out.findings
        return bool(said) and said[-1].code == code and said[-1].line == line

    def _note(self, code: str, line: int) -> None:
        if self._said(code, line):
            return
        self._out.findings.append(Finding(code, Severity.REPAIR, line))

    def _note_once(self, code: str) -> None:
        if code not in self._noted:
            self._noted.add(code)
            self._out.findings.append(Finding(code, Severity.REPAIR))

    def _line_at(self, position: int) -> int:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line
