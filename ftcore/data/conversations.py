"""Read one conversation, whatever its roles and keys are called."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from ftcore.data.examples import Example, Message, Role
from ftcore.data.findings import Finding, Severity
from ftcore.data.tolerant_json import TolerantReader, UnrepairableError
from ftcore.data.values import as_text, excerpt
from ftcore.data.vocabulary import find_name, normal_name, role_names
from ftcore.errors import Param

_TYPO_LIKENESS = 0.8
_KNOWN_KEYS = frozenset({"name", "weight", "id"})
_TOOL_KEYS = ("tool_calls", "function_call")
_TOOL_ROLES = ("tool", "function")
_USUAL_KEYS = {"role", "content"}
# Also those of ShareGPT and of Gemini: a file in another service's form is sound.
_ACCEPTED_KEYS = frozenset({*_USUAL_KEYS, "from", "value", "parts"})
_ROLES = {role.value: role for role in Role}


@dataclass(slots=True)
class ConversationRead:
    """One conversation after reading.

    Attributes:
        example: The example, or ``None`` if it cannot train.
        findings: What was mended or is wrong.
        stray: Keys that were not used.
    """

    example: Example | None = None
    findings: list[Finding] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)


class _BadRowError(Exception):
    def __init__(self, code: str, **params: Param) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def read_conversation(
    values: Mapping[str, object], key: str, line: int, *, is_cell: bool = False
) -> ConversationRead:
    """Read the list of messages under ``key``; a fault leaves the row out.

    Args:
        values: The whole object.
        key: Name of the list of messages in it.
        line: Line of the source file, from 1.
        is_cell: The object is a table's row: JSON in a cell is as it should be.
    """
    return _Reader(line, is_cell=is_cell).read(values, key)


class _Reader:
    def __init__(self, line: int, *, is_cell: bool) -> None:
        self._line = line
        self._is_cell = is_cell
        self._out = ConversationRead()

    def read(self, values: Mapping[str, object], key: str) -> ConversationRead:
        others = [name for name in values if name != key]
        system_key = find_name("system", others)
        self._out.stray = [name for name in others if name != system_key]
        try:
            messages = self._messages(values[key])
            if system_key is not None and values[system_key] is not None:
                messages.insert(
                    0, Message(Role.SYSTEM, self._system(values[system_key]))
                )
            self._out.example = self._example(messages)
        except _BadRowError as error:
            self._out.findings.append(
                Finding(error.code, Severity.ERROR, self._line, params=error.params)
            )
        return self._out

    def _note(self, code: str, severity: Severity = Severity.REPAIR) -> None:
        if all(finding.code != code for finding in self._out.findings):
            self._out.findings.append(Finding(code, severity, self._line))

    def _system(self, value: object) -> str:
        read = as_text(value.get("parts") if isinstance(value, dict) else value)
        for note in read.notes:
            self._note(note)
        return read.text

    def _messages(self, value: object) -> list[Message]:
        if isinstance(value, str):
            value = self._decoded(value)
        if not isinstance(value, list) or not value:
            raise _BadRowError("no_messages")
        return [self._message(item) for item in value]

    def _decoded(self, value: str) -> object:
        try:
            decoded: object = json.loads(value)
        except (ValueError, RecursionError):
            try:
                decoded = TolerantReader(value, 0, len(value)).read()
            except UnrepairableError as error:
                raise _BadRowError("no_messages") from error
            self._note("double_encoded")
            return decoded
        if not self._is_cell:
            self._note("double_encoded")
        return decoded

    def _message(self, item: object) -> Message:
        if not isinstance(item, dict):
            raise _BadRowError("not_a_message")
        if item.keys() == _USUAL_KEYS and (role := _exact_role(item["role"])):
            return Message(role, self._content(item["content"]))
        names = list(item)
        used = next((key for key in _TOOL_KEYS if item.get(key)), None)
        if used is not None or item.get("role") in _TOOL_ROLES:
            raise _BadRowError("tool_use", found=str(used or item["role"]))
        role_key = "role" if "role" in item else find_name("role", names)
        if role_key is None:
            raise _BadRowError("missing_role")
        rest = [name for name in names if name != role_key]
        content_key = "content" if "content" in item else find_name("content", rest)
        if content_key is None:
            content_key = self._misspelt("content", rest)
        if content_key is None:
            raise _BadRowError("missing_content")
        self._say_renamed("role", role_key)
        self._say_renamed("content", content_key)
        self._out.stray += [
            n for n in rest if n != content_key and n not in _KNOWN_KEYS
        ]
        return Message(self._role(item[role_key]), self._content(item[content_key]))

    def _misspelt(self, part: str, names: list[str]) -> str | None:
        close = get_close_matches(part, names, 1, _TYPO_LIKENESS)
        if not close:
            return None
        return close[0]

    def _say_renamed(self, part: str, found: str) -> None:
        """Say once a line that a key is not one that any service accepts."""
        if found in _ACCEPTED_KEYS:
            return
        params = {"found": excerpt(found), "name": part}
        said = Finding("key_renamed", Severity.REPAIR, self._line, params={**params})
        if said not in self._out.findings:
            self._out.findings.append(said)

    def _role(self, value: object) -> Role:
        exact = _exact_role(value)
        if exact is not None:
            return exact
        word = normal_name(value) if isinstance(value, str) else ""
        known = role_names()
        if word not in known:
            close = get_close_matches(word[:40], known, 1, _TYPO_LIKENESS)
            if not close:
                raise _BadRowError("unknown_role", role=excerpt(value))
            word = close[0]
        params = {"found": excerpt(value), "role": known[word]}
        self._out.findings.append(
            Finding("role_renamed", Severity.REPAIR, self._line, params={**params})
        )
        return Role(known[word])

    def _content(self, value: object) -> str:
        read = as_text(value)
        if read.fault:
            raise _BadRowError(read.fault, name="content")
        for note in read.notes:
            self._note(note)
        return read.text

    def _example(self, messages: list[Message]) -> Example:
        kept = [
            message
            for message in messages
            if message.role is not Role.SYSTEM or message.content.strip()
        ]
        if len(kept) < len(messages):
            self._note("empty_system")
        last = max(
            (i for i, message in enumerate(kept) if message.role is Role.ASSISTANT),
            default=-1,
        )
        if last < 0:
            raise _BadRowError("no_assistant")
        if last < len(kept) - 1:
            self._note("unanswered_question")
            kept = kept[: last + 1]
        if all(message.role is not Role.USER for message in kept):
            raise _BadRowError("no_user")
        for message in kept:
            if not message.content.strip():
                answers = message.role is Role.ASSISTANT
                raise _BadRowError("empty_answer" if answers else "empty_prompt")
        self._check_order(kept)
        return Example(tuple(kept), self._line)

    def _check_order(self, messages: list[Message]) -> None:
        roles = [message.role for message in messages]
        turns = roles[1:] if roles[0] is Role.SYSTEM else roles
        expected = [Role.USER, Role.ASSISTANT] * (len(turns) // 2 + 1)
        if turns != expected[: len(turns)]:
            self._note("turn_order", Severity.WARNING)


def _exact_role(value: object) -> Role | None:
    return _ROLES.get(value) if isinstance(value, str) else None
