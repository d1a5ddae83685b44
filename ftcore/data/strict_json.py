"""Read standard JSON, keeping numbers as they are spelt."""

import json

from ftcore.data.tolerant_json import NumberText


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
