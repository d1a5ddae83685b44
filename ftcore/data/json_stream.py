"""Split JSON into records while it is read, however long the file is."""

from collections.abc import Iterator

from ftcore.data.findings import Severity
from ftcore.data.json_layout import region_end
from ftcore.data.json_rows import JsonRows
from ftcore.data.options import Limits
from ftcore.data.rows import RowsRead
from ftcore.data.strict_json import BlockReader

_BEHIND = 300  # characters before the next record that tell how it is laid out
_AHEAD = 1 << 18  # characters that must follow a record's start before it is read
_WINDOW = 1 << 21  # characters held at once, unless one object is longer
_LONGEST = 1 << 23  # characters of one object


class _CutError(Exception):
    """The text held ends inside an object."""


class _WindowReader(BlockReader):
    """Tells an object that is broken from one that has not been read whole."""

    def __init__(self, text: str, *, is_last: bool) -> None:
        super().__init__(text)
        self._is_last = is_last

    def read_at(self, start: int) -> tuple[object, int]:
        try:
            return super().read_at(start)
        except ValueError:
            block_end = self._block_start + len(self._block)
            is_long = region_end(self._text, start) >= block_end
            can_grow = not self._is_last and len(self._text) - start < _LONGEST
            if is_long and can_grow:
                raise _CutError from None
            raise


class JsonStream(JsonRows):
    """The pass of `JsonRows` over a window that moves along the file.

    What the pass knows (line, depth, what was said) goes along, so that a record
    reads the same wherever the windows end.

    Attributes:
        first_line: Number of the line in which the window starts.
    """

    def __init__(
        self, chunks: Iterator[str], *, is_document: bool, limits: Limits
    ) -> None:
        r"""Prepare the pass.

        Args:
            chunks: The text in pieces, with ``\n`` line ends.
            is_document: As in `JsonCursor`.
            limits: As in `JsonCursor`.
        """
        super().__init__("", is_document=is_document, limits=limits)
        self._chunks = chunks
        self.first_line = 1
        self._is_last = False
        self._told = 0

    def batches(self) -> Iterator[tuple[RowsRead, str]]:
        """Yield the records of each window, and the text that their spans mean."""
        self._slide()
        self._enter_wrapper()
        while not self._is_last and not self._out.over_limit:
            self._pass()
            if self._has_given_up():
                break
            yield self._drained(), self._text
            self._slide()
        self._pass()
        self._check_closed()
        yield self._drained(), self._text

    @property
    def position(self) -> int:
        """Where in the window the next batch starts."""
        return self._position

    def _has_given_up(self) -> bool:
        """Whether so many objects are broken that the rest is not worth reading."""
        return any(f.code == "too_many_errors" for f in self._out.findings[-1:])

    def _ends_file(self, inner: int) -> bool:
        """Take a list for the whole file's, too, if the window ends with it."""
        if self._is_last:
            return super()._ends_file(inner)
        try:
            _, end = self._strict.read(self._text, inner)
        except (ValueError, RecursionError):
            return True
        return end + _BEHIND > len(self._text) or super()._ends_file(inner)

    def _pass(self) -> None:
        end = len(self._text) if self._is_last else len(self._text) - _AHEAD
        while self._position < end and not self._out.over_limit:
            self._gap()
            if self._position >= len(self._text):
                return
            try:
                self._step(self._text[self._position])
            except _CutError:
                return

    def _slide(self) -> None:
        """Let go of what has been read, and read on."""
        line = self._line_at(self._position)
        start = max(0, self._position - _BEHIND)
        self.first_line = line - self._text.count("\n", start, self._position)
        kept = self._text[start:]
        wanted = _BEHIND + max(_WINDOW, 2 * (len(self._text) - self._position))
        pieces, size = [kept], len(kept)
        while size < wanted:
            piece = next(self._chunks, None)
            if piece is None:
                self._is_last = True
                break
            pieces.append(piece)
            size += len(piece)
        self._text = "".join(pieces)
        self._position -= start
        self._counted = self._position
        self._strict = _WindowReader(self._text, is_last=self._is_last)

    def _drained(self) -> RowsRead:
        """Hand over the records; what later judgements look back at stays."""
        out = self._out
        found = out.findings[self._told :]
        read = RowsRead(out.records, found, over_limit=out.over_limit, lost=out.lost)
        errors = [f for f in out.findings if f.severity is Severity.ERROR]
        recent = out.findings[-1:] if out.findings[-1:] != errors[-1:] else []
        self._out = RowsRead(findings=[*errors[-1:], *recent])
        self._told = len(self._out.findings)
        self._max_rows -= len(read.records)
        self._failures -= len(read.records)
        return read


def newlines_only(chunks: Iterator[str]) -> Iterator[str]:
    r"""Replace ``\r\n`` and ``\r`` by ``\n``, also where a piece ends between them."""
    held = ""
    for chunk in chunks:
        text = held + chunk
        held = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r")
        yield text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    if held:
        yield "\n"
