"""Read one JSON object written with the slips that people make.

Only called where a strict parser refused. Every liberty taken is reported by the
code of its finding, and nothing is invented: a text that was cut off inside a value
is refused, never completed.
"""

import re

MAX_DEPTH = 40

_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_COMMENT = re.compile(r"(?://|#)[^\n]*|/\*.{0,2000}?\*/", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])")
_WORD = re.compile(r"[^\W\d][\w-]*|-?Infinity")
_CLOSERS = {
    '"': '"',
    "'": "'",
    "“": '”“"',
    "”": '”“"',
    "„": '“”"',
    "‘": "’‘'",
    "’": "’‘'",
    "«": "»",
    "`": "`´",
    "´": "´`",
}
_QUOTES = "".join(_CLOSERS)
_NEXT_KEY = re.compile(rf"""\s*(?:[{_QUOTES}][^\n{_QUOTES}]{{0,60}}[{_QUOTES}]\s*:)""")
_AFTER_COMMA = re.compile(
    rf"""\s*(?:[,{_QUOTES}}}\]{{\[]|[^\W\d]\w*\s*:|//|\#|/\*|-?\d|\Z)"""
)
_LITERALS: dict[str, tuple[object, str]] = {
    "true": (True, ""),
    "false": (False, ""),
    "null": (None, ""),
    "True": (True, "python_literals"),
    "False": (False, "python_literals"),
    "None": (None, "python_literals"),
    "undefined": (None, "python_literals"),
    "NaN": (None, "not_a_number"),
    "nan": (None, "not_a_number"),
    "Infinity": (None, "not_a_number"),
    "-Infinity": (None, "not_a_number"),
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class NumberText(str):
    """A JSON number, spelt as in the file, so that ``4.50`` stays ``4.50``."""

    __slots__ = ()


class UnrepairableError(Exception):
    """The object cannot be read without inventing something."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class TolerantReader:
    """Reads the value that starts at ``start`` and looks no further than ``end``.

    Attributes:
        repairs: Codes of the slips met, in order of appearance.
        position: After :meth:`read`, the index behind the value.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._end = end
        self.position = start
        self.repairs: dict[str, None] = {}

    def read(self) -> object:
        """Return the value.

        Raises:
            UnrepairableError: With the code ``truncated_object``,
                ``too_deep`` or ``unreadable_object``.
        """
        return self._value(0)

    def _note(self, code: str) -> None:
        if code:
            self.repairs[code] = None

    def _skip(self) -> str:
        """Pass over space and comments; return the next character or ''."""
        while self.position < self._end:
            space = _SPACE.match(self._text, self.position, self._end)
            if space:
                self.position = space.end()
                continue
            comment = _COMMENT.match(self._text, self.position, self._end)
            if not comment:
                return self._text[self.position]
            self._note("comments")
            self.position = comment.end()
        return ""

    def _value(self, depth: int) -> object:
        if depth > MAX_DEPTH:
            raise UnrepairableError("too_deep")
        character = self._skip()
        if character == "":
            raise UnrepairableError("truncated_object")
        if character == "{":
            return self._object(depth)
        if character == "[":
            return self._array(depth)
        if character in _CLOSERS:
            return self._string(is_key=False)
        return self._bare()

    def _bare(self) -> object:
        number = _NUMBER.match(self._text, self.position, self._end)
        if number:
            self.position = number.end()
            return NumberText(number.group())
        word = _WORD.match(self._text, self.position, self._end)
        if word and word.group() in _LITERALS:
            self.position = word.end()
            value, code = _LITERALS[word.group()]
            self._note(code)
            return value
        cut = word is not None and word.end() == self._end
        raise UnrepairableError("truncated_object" if cut else "unreadable_object")

    def _object(self, depth: int) -> dict[str, object]:
        self.position += 1
        found: dict[str, object] = {}
        while not self._closed("}", after_value=bool(found)):
            key = self._key()
            if self._skip() != ":":
                cut = self.position >= self._end
                raise UnrepairableError(
                    "truncated_object" if cut else "unreadable_object"
                )
            self.position += 1
            if key in found:
                self._note("duplicate_keys")
            found[key] = self._value(depth + 1)
        return found

    def _key(self) -> str:
        character = self._skip()
        if character in _CLOSERS and character:
            return self._string(is_key=True)
        word = _WORD.match(self._text, self.position, self._end)
        if not word:
            raise UnrepairableError("unreadable_object")
        self._note("unquoted_keys")
        self.position = word.end()
        return word.group()

    def _array(self, depth: int) -> list[object]:
        self.position += 1
        found: list[object] = []
        while not self._closed("]", after_value=bool(found)):
            found.append(self._value(depth + 1))
        return found

    def _closed(self, closer: str, *, after_value: bool) -> bool:
        """Deal with what stands between values; return whether the end came."""
        character = self._skip()
        commas = 0
        while character == ",":
            commas += 1
            self.position += 1
            character = self._skip()
        if character == closer:
            self._note("trailing_comma" if commas else "")
            self.position += 1
            return True
        if character == "" or character in "}]":
            if not after_value:
                raise UnrepairableError("truncated_object")
            self._note("missing_close")
            return True
        if commas > (1 if after_value else 0):
            self._note("extra_comma")
        if after_value and not commas:
            self._note("missing_comma")
        return False

    def _string(self, *, is_key: bool) -> str:
        opener = self._text[self.position]
        closers = _CLOSERS[opener]
        if opener != '"':
            self._note("single_quotes" if opener in "'`´" else "typographic_quotes")
        self.position += 1
        chunk = re.compile(rf"[^\\\n{closers}]+")
        pieces: list[str] = []
        while self.position < self._end:
            plain = chunk.match(self._text, self.position, self._end)
            if plain:
                pieces.append(plain.group())
                self.position = plain.end()
                continue
            character = self._text[self.position]
            self.position += 1
            if character == "\\":
                pieces.append(self._escape())
            elif character == "\n":
                self._note("newline_in_string")
                pieces.append(character)
            elif self._closes(is_key=is_key):
                return "".join(pieces)
            else:
                self._note("inner_quotes" if character == '"' else "")
                pieces.append(character)
        raise UnrepairableError("truncated_object")

    def _closes(self, *, is_key: bool) -> bool:
        """Whether the quote just read ends the string, told by what follows."""
        space = _SPACE.match(self._text, self.position, self._end)
        after = space.end() if space else self.position
        if after >= self._end:
            return not is_key
        character = self._text[after]
        if is_key:
            return character == ":"
        if character in "}]":
            return True
        if character == ",":
            return bool(_AFTER_COMMA.match(self._text, after + 1, self._end))
        if _COMMENT.match(self._text, after, self._end) and character == "/":
            return True
        return bool(_NEXT_KEY.match(self._text, after, self._end))

    def _escape(self) -> str:
        character = self._text[self.position : self.position + 1]
        if character == "u":
            digits = self._text[self.position + 1 : self.position + 5]
            if re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                self.position += 5
                return chr(int(digits, 16))
        if character in _ESCAPES:
            self.position += 1
            return _ESCAPES[character]
        if character and character in "\"'/\\":
            self.position += 1
            return character
        self._note("bad_escape")
        return "\\"
