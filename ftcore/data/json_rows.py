"""Split a text into JSON objects, however they are laid out."""

import re

from ftcore.data.findings import Finding, Severity
from ftcore.data.json_cursor import JsonCursor
from ftcore.data.json_layout import after_nesting, is_deeper, region_end
from ftcore.data.options import Limits
from ftcore.data.rows import RowsRead
from ftcore.data.strict_json import BlockReader
from ftcore.data.tolerant_json import TolerantReader, UnrepairableError
from ftcore.data.vocabulary import find_name

_MOST_FAILURES = 10_000  # more broken objects than good ones: no such format
_JUNK_STOP = re.compile(r"[{\n]|\[\s*[{\n]")
_COMMENT = re.compile(r"(?://|#)[^\n]*|/\*.{0,2000}?\*/", re.DOTALL)
_FENCE = re.compile(r"```[^\n]*|~~~[^\n]*")
_MESSAGE_LIST = re.compile(r"""\[\s*\{\s*["'“]?(?:role|rol|from|content|value)["'”]""")
_WRAPPER = re.compile(r"""\{\s*"([^"\n]{1,40})"\s*:\s*\[\s*[{\[]""")
_MEMBER = re.compile(r"""(?=["])"[^"\n]{0,60}"\s*:\s*(\[\s*[{\[])?""")
_CUT_OFF = {"truncated_object", "too_deep", "too_many_errors"}
BARE_MESSAGES = "messages"


class JsonRows(JsonCursor):
    """One pass over a text; every character is looked at a bounded number of times."""

    def __init__(self, text: str, *, is_document: bool, limits: Limits) -> None:
        """Prepare the pass; the arguments are those of `JsonCursor`."""
        super().__init__(text, is_document=is_document, limits=limits)
        self._strict = BlockReader(text)
        self._failures = 0
        self._last_line = 0

    def read(self) -> RowsRead:
        """Return every object with its line, and what had to be mended."""
        self._enter_wrapper()
        while self._position < len(self._text) and not self._out.over_limit:
            self._gap()
            if self._position < len(self._text):
                self._step(self._text[self._position])
        self._check_closed()
        return self._out

    def _check_closed(self) -> None:
        """Say that a list was left open, unless a cut off object explains it."""
        errors = [f for f in self._out.findings if f.severity is Severity.ERROR]
        cut = bool(errors) and errors[-1].code in _CUT_OFF
        if self._depth and self._out.records and not cut:
            self._note("unclosed_list", self._line_at(len(self._text)))

    def _step(self, character: str) -> None:
        if character == "{":
            self._record()
        elif character == "[":
            self._open_list()
        elif character in "]}":
            self._close(character)
        elif character == '"' and self._double_encoded():
            return
        else:
            self._outside()

    def _enter_wrapper(self) -> None:
        """Go to the list inside ``{"data": [...]}``, unless it is one example."""
        wrapper = _WRAPPER.match(self._text.lstrip())
        if not wrapper:
            return
        start = wrapper.end() - 1 + len(self._text) - len(self._text.lstrip())
        inner = self._text.rindex("[", 0, start + 1)
        is_object = self._text[start] == "{"
        if is_object and self._is_conversation(inner):
            return
        if not is_object and self._is_pairs(wrapper.group(1), start):
            return
        self._note_once("wrapped_list")
        self._position = inner

    def _is_conversation(self, inner: int) -> bool:
        return bool(_MESSAGE_LIST.match(self._text, inner)) or not self._ends_file(
            inner
        )

    def _is_pairs(self, key: str, start: int) -> bool:
        """Whether ``"messages": [["user", …`` is one example, badly written."""
        follows = self._text[start + 1 : start + 100].lstrip()[:1]
        return follows == '"' and find_name("messages", [key]) is not None

    def _ends_file(self, inner: int) -> bool:
        try:
            _, end = self._strict.read(self._text, inner)
        except (ValueError, RecursionError):
            return True
        rest = self._text[end : end + 200].strip()
        return rest.startswith(("}", ",")) and "\n{" not in self._text[end : end + 200]

    def _record(self) -> None:
        start, line = self._position, self._line_at(self._position)
        try:
            value, end = self._strict.read_at(start)
            notes = list(self._strict.notes)
        except RecursionError:
            self._fail("too_deep", line, after_nesting(self._text, start))
            return
        except ValueError:
            read = self._tolerant(start, line)
            if read is None:
                return
            value, end, notes = read
        if self._is_too_deep(value, start, end):
            self._fail("too_deep", line, end)
            return
        notes += self._layout(start, end, line)
        for code in notes:
            self._note(code, line)
        self._position = end
        self._after_item = True
        if isinstance(value, dict):
            self._add(line, value, start, tuple(notes))

    def _is_too_deep(self, value: object, start: int, end: int) -> bool:
        brackets = self._text.count("{", start, end) + self._text.count("[", start, end)
        return brackets > self._max_depth and is_deeper(value, self._max_depth)

    def _layout(self, start: int, end: int, line: int) -> list[str]:
        """Say what is unusual about the place of an object."""
        lines = self._text.count("\n", start, end)
        shared = line == self._last_line and self._depth == 0
        self._last_line = line + lines
        found = ["pretty_printed"] if lines and not self._is_document else []
        return [*found, "several_per_line"] if shared else found

    def _tolerant(self, start: int, line: int) -> tuple[object, int, list[str]] | None:
        end = region_end(self._text, start)
        reader = TolerantReader(self._text, start, end, max_depth=self._max_depth)
        try:
            value = reader.read()
        except UnrepairableError as error:
            code = error.code
            ends_whole = self._text[start:end].rstrip().endswith("}")
            if code == "truncated_object" and ends_whole:
                code = "unclosed_quote"
            self._fail(code, line, end)
            return None
        return value, reader.position, list(reader.repairs)

    def _fail(self, code: str, line: int, end: int) -> None:
        start = self._position
        self._position = max(end, start + 1)
        self._lose(code, line, (start, self._position))
        self._failures += 1
        if self._failures > _MOST_FAILURES + len(self._out.records):
            self._out.findings.append(Finding("too_many_errors", Severity.ERROR))
            self._position = len(self._text)
        self._last_line = 0

    def _open_list(self) -> None:
        start = self._position
        line = self._line_at(start)
        follows = self._text[start + 1 : start + 200].lstrip()[:1]
        if _MESSAGE_LIST.match(self._text, start) or follows not in set("{[]/#") | {""}:
            self._list_record(start, line)
            return
        if not self._is_document:
            self._note_once("json_array")
        self._depth += 1
        self._after_item = False
        self._position += 1
        if self._depth > 20:
            self._fail("too_deep", line, len(self._text))

    def _list_record(self, start: int, line: int) -> None:
        """Read a row that is a list: of messages, or of cells."""
        try:
            value, end = self._strict.read_at(start)
        except (ValueError, RecursionError):
            newline = self._text.find("\n", start)
            self._fail(
                "unreadable_object", line, newline if newline >= 0 else len(self._text)
            )
            return
        self._position = end
        self._after_item = True
        if not isinstance(value, list):
            return
        if value and all(isinstance(item, dict) for item in value):
            self._note("bare_messages", line)
            self._add(line, {BARE_MESSAGES: value}, start, ("bare_messages",))
        else:
            self._note_once("row_lists")
            values = {f"#{i}": item for i, item in enumerate(value, 1)}
            self._add(line, values, start)

    def _next_list(self) -> int:
        """Find the next list in the wrapping object, such as ``"test": [...]``."""
        position = self._position
        while True:
            member = _MEMBER.match(self._text, position)
            if not member:
                return len(self._text)
            if member.group(1):
                return member.start(1)
            try:
                _, position = self._strict.read(self._text, member.end())
            except (ValueError, RecursionError):
                return len(self._text)
            while self._text[position : position + 1] in tuple(", \n\t"):
                position += 1

    def _close(self, character: str) -> None:
        if character == "]" and self._depth:
            self._depth -= 1
            self._after_item = True
        elif "wrapped_list" not in self._noted:
            self._note("extra_close", self._line_at(self._position))
        self._position += 1

    def _double_encoded(self) -> bool:
        start, line = self._position, self._line_at(self._position)
        try:
            value, end = self._strict.read_at(start)
            inner = self._strict.read(str(value), 0)[0]
        except (ValueError, RecursionError):
            return False
        if not isinstance(inner, dict):
            return False
        self._note("double_encoded", line)
        self._position = end
        self._add(line, inner, start, ("double_encoded",))
        return True

    def _outside(self) -> None:
        """Pass over what belongs to no object: comments, fences, stray words."""
        line = self._line_at(self._position)
        comment = _COMMENT.match(self._text, self._position)
        if comment:
            self._note("comments", line)
            self._position = comment.end()
            return
        fence = _FENCE.match(self._text, self._position)
        if fence:
            self._note("outside_text", line)
            self._position = fence.end()
            return
        stop = _JUNK_STOP.search(self._text, self._position)
        end = stop.start() if stop else len(self._text)
        if "wrapped_list" not in self._noted:
            if stop and stop.group() != "\n":
                self._note("outside_text", line)
            else:
                self._lose("unreadable_object", line, (self._position, end))
        elif not self._depth:
            end = self._next_list()
        self._position = max(end, self._position + 1)
