"""Read standard JSON, keeping numbers as they are spelt."""

import json

from ftcore.data.json_layout import region_end
from ftcore.data.tolerant_json import NumberText

_BLOCK = 65_536  # characters given to the strict parser at once


class StrictReader:
    """Python's own parser, with notes on what it accepts and should not.

    Attributes:
        notes: Codes of the repairs of the last read.
    """

    def __init__(self) -> None:
        self.notes: dict[str, None] = {}
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._pairs,
            parse_float=NumberText,
            parse_int=NumberText,
            parse_constant=self._constant,
        )

    def read(self, text: str, start: int) -> tuple[object, int]:
        """Return the value that starts at ``start`` and the index behind it.

        Raises:
            ValueError: It is not JSON.
            RecursionError: It is nested deeper than Python allows.
        """
        self.notes = {}
        value, end = self._decoder.raw_decode(text, start)
        return value, end

    def _pairs(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.notes["duplicate_keys"] = None
        return found

    def _constant(self, _: str) -> None:
        self.notes["not_a_number"] = None


class BlockReader(StrictReader):
    """Reads values anywhere in one long text.

    Python's parser counts the lines before an error from the start of what it is
    given. On the whole text many errors would take quadratic time, so it is given
    one block after another.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._block = ""
        self._block_start = -_BLOCK

    def read_at(self, start: int) -> tuple[object, int]:
        """Return the value that starts at ``start`` and the index behind it.

        Raises:
            ValueError: It is not JSON.
            RecursionError: It is nested deeper than Python allows.
        """
        if not 0 <= start - self._block_start < _BLOCK // 2:
            self._block_start = start
            self._block = self._text[start : start + _BLOCK]
        try:
            value, end = self.read(self._block, start - self._block_start)
        except ValueError:
            block_end = self._block_start + len(self._block)
            if region_end(self._text, start) < block_end or block_end >= len(
                self._text
            ):
                raise
            return self.read(self._text, start)
        return value, end + self._block_start
