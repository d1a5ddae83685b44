"""The first rows of a big file that were mended or left out, as they were."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import overload

from ftcore.data.assembly import Assembled
from ftcore.data.chunks import Chunk
from ftcore.data.findings import Finding
from ftcore.data.origins import LeftOut, Mend  # noqa: TC001 - named beside it
from ftcore.data.rows import RowsRead
from ftcore.data.sampling import SAMPLE_ROWS
from ftcore.data.sources import Sources, physical_lines

MOST_LEFT_OUT = 1_000  # rows; the file itself has them all


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a file.

    Attributes:
        rows: The records.
        text: What their spans mean.
        lines: Gives the lines that end with them.
        first_line: Number of the first of these lines.
    """

    rows: RowsRead
    text: str
    lines: Callable[[], Sequence[str]]
    first_line: int


class Origins:
    """Collects what `Sources` tells of each batch, up to a limit.

    Attributes:
        mends: The first mends.
        left_out: The first rows left out.
        kept: How many rows became examples.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self.mends: list[Mend] = []
        self.left_out: list[LeftOut] = []
        self.kept = 0
        self._waiting: list[Finding] = []
        self._raw: dict[int, str] = {}

    @property
    def _has_room(self) -> bool:
        return len(self.mends) < SAMPLE_ROWS  # the report has those of its examples

    def see(self, chunk: Chunk) -> None:
        """Remember what was mended in the lines of a piece of the text."""
        if self._has_room:
            self._waiting += chunk.findings
            self._raw.update(chunk.raw)

    def note(self, batch: Batch, built: Assembled) -> None:
        """Look at what became of one batch."""
        rows = batch.rows
        lines = partial(_LinesFrom, batch.lines, batch.first_line, self._raw)
        sources = Sources(rows, batch.text, lines, self._due(rows))
        if len(self.left_out) < MOST_LEFT_OUT and (rows.lost or built.lost):
            lost = rows.lost[:MOST_LEFT_OUT], built.lost[:MOST_LEFT_OUT]
            room = MOST_LEFT_OUT - len(self.left_out)
            self.left_out += sources.left_out(*lost)[:room]
        if self._has_room:
            room = SAMPLE_ROWS - len(self.mends)
            self.mends += [
                replace(mend, row=mend.row + self.kept)
                for mend in islice(sources.mends(built.kept), room)
            ]
        self.kept += len(built.kept)

    def _due(self, rows: RowsRead) -> list[Finding]:
        """Return what was mended in the lines of these rows."""
        last = max(
            max((row.line for row in rows.records), default=0),
            max((row.line for row in rows.lost), default=0),
        )
        due = [f for f in self._waiting if f.line is not None and f.line <= last]
        self._waiting = [f for f in self._waiting if f.line is None or f.line > last]
        return due


class _LinesFrom(Sequence[str]):
    """Some lines of a file, reached by their index in all of it."""

    def __init__(
        self,
        lines: Callable[[], Sequence[str]],
        first_line: int,
        raw: Mapping[int, str],
    ) -> None:
        self._lines = lines()
        self._skipped = first_line - 1
        self._raw = raw

    def __len__(self) -> int:
        return self._skipped + len(self._lines)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self._line(i) for i in range(*index.indices(len(self)))]
        return self._line(index)

    def _line(self, index: int) -> str:
        mended = self._raw.get(index + 1)
        if mended is not None or index < self._skipped:
            return mended or ""
        return self._lines[index - self._skipped]


def lines_until(text: str, position: int) -> Sequence[str]:
    """Return the lines of a text up to a position."""
    return physical_lines(text[:position])
