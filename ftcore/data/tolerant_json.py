"""Read one JSON object written with the slips that people make.

Only called where a strict parser refused. Every liberty taken is reported by the
code of its finding, and nothing is invented: a text that was cut off inside a value
is refused, never completed.
"""

import re

from ftcore.data.json_slips import (
    AFTER_COMMA,
    CLOSERS,
    COMMENT,
    ESCAPES,
    LITERALS,
    NEXT_KEY,
    NUMBER,
    PLAIN_SPACE,
    SPACE,
    SWALLOWED_KEY,
    WORD,
)

_DEPTH = 50  # of a text inside a value; a file has its own limit
_DEEPEST = 200  # Python's own recursion ends soon after


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

    def __init__(
        self, text: str, start: int, end: int, *, max_depth: int = _DEPTH
    ) -> None:
        self._text = text
        self._end = end
        self._max_depth = min(max_depth, _DEEPEST)
        self.position = start
        self.repairs: dict[str, None] = {}

    def read(self) -> object:
        """Return the value.

        Raises:
            UnrepairableError: With the code ``truncated_object``,
                ``too_deep``, ``unclosed_quote`` or ``unreadable_object``.
        """
        return self._value(0)

    def _note(self, code: str) -> None:
        if code:
            self.repairs[code] = None

    def _skip(self) -> str:
        """Pass over space and comments; return the next character or ''."""
        while self.position < self._end:
            space = SPACE.match(self._text, self.position, self._end)
            if space:
                if not PLAIN_SPACE.issuperset(space.group()):
                    self._note("odd_spaces")
                self.position = space.end()
                continue
            comment = COMMENT.match(self._text, self.position, self._end)
            if not comment:
                return self._text[self.position]
            self._note("comments")
            self.position = comment.end()
        return ""

    def _value(self, depth: int) -> object:
        character = self._skip()
        if character == "":
            raise UnrepairableError("truncated_object")
        if depth >= self._max_depth and character in "{[":
            raise UnrepairableError("too_deep")
        if character == "{":
            return self._object(depth)
        if character == "[":
            return self._array(depth)
        if character in CLOSERS:
            return self._string(is_key=False)
        return self._bare()

    def _bare(self) -> object:
        number = NUMBER.match(self._text, self.position, self._end)
        if number:
            self.position = number.end()
            return NumberText(number.group())
        word = WORD.match(self._text, self.position, self._end)
        if word and word.group() in LITERALS:
            self.position = word.end()
            value, code = LITERALS[word.group()]
            self._note(code)
            return value
        cut = word is not None and word.end() == self._end
        raise UnrepairableError("truncated_object" if cut else "unreadable_object")

    def _object(self, depth: int) -> dict[str, object]:
        self.position += 1
        found: dict[str, object] = {}
        while not self._closed("}", after_value=bool(found)):
            key = self._key()
            self._colon()
            if key in found:
                self._note("duplicate_keys")
            found[key] = self._value(depth + 1)
        return found

    def _colon(self) -> None:
        character = self._skip()
        if character == "" or self.position >= self._end:
            raise UnrepairableError("truncated_object")
        if character != ":":
            self._note("missing_colon")
        if character in ":=":
            self.position += 1
        elif character not in CLOSERS:
            raise UnrepairableError("unreadable_object")

    def _key(self) -> str:
        character = self._skip()
        if character in CLOSERS and character:
            return self._string(is_key=True)
        word = WORD.match(self._text, self.position, self._end)
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
        while character and character in ",;":
            if character == ";":
                self._note("semicolon_for_comma")
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
        closers = CLOSERS[opener]
        if opener != '"':
            self._note("single_quotes" if opener in "'`´" else "typographic_quotes")
        self.position += 1
        chunk = re.compile(rf"[^\\\n{closers}]+")
        pieces: list[str] = []
        inner = False
        while self.position < self._end:
            plain = chunk.match(self._text, self.position, self._end)
            if plain:
                self._note("tab_in_string" if "\t" in plain.group() else "")
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
                return self._whole("".join(pieces), inner=inner)
            elif is_key and character == '"':
                raise UnrepairableError("unclosed_quote")
            else:
                inner = inner or character == '"'
                pieces.append(character)
        raise UnrepairableError("truncated_object")

    def _whole(self, text: str, *, inner: bool) -> str:
        if inner and SWALLOWED_KEY.search(text):
            raise UnrepairableError("unclosed_quote")
        self._note("inner_quotes" if inner else "")
        return text

    def _closes(self, *, is_key: bool) -> bool:
        """Whether the quote just read ends the string, told by what follows."""
        space = SPACE.match(self._text, self.position, self._end)
        after = space.end() if space else self.position
        if after >= self._end:
            return not is_key
        character = self._text[after]
        if is_key:
            return character in ":=" or character in CLOSERS
        if character in "}]":
            return True
        if character == ",":
            return bool(AFTER_COMMA.match(self._text, after + 1, self._end))
        if character == ";":
            return bool(NEXT_KEY.match(self._text, after + 1, self._end))
        if COMMENT.match(self._text, after, self._end) and character == "/":
            return True
        return bool(NEXT_KEY.match(self._text, after, self._end))

    def _escape(self) -> str:
        character = self._text[self.position : self.position + 1]
        if character == "u":
            digits = self._text[self.position + 1 : self.position + 5]
            if re.fullmatch(r"[0-9a-fA-F]{4}", digits):
                self.position += 5
                return chr(int(digits, 16))
        if character in ESCAPES:
            self.position += 1
            return ESCAPES[character]
        if character and character in "\"'/\\":
            self.position += 1
            return character
        self._note("bad_escape")
        return "\\"
