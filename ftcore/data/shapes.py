"""Bring together messages that a file spreads over rows or keys."""

from collections.abc import Mapping
from functools import lru_cache

from ftcore.data.findings import Finding, Severity
from ftcore.data.rows import Record, RowsRead
from ftcore.data.values import excerpt
from ftcore.data.vocabulary import find_name, normal_name, role_names

_MESSAGES = "messages"
_LONGEST_TALK = 1_000  # messages; a longer one may be cut in a big file
_ROLE_NAMES = {"role", "rol"}
_HALVES = (("prompt", "completion"), ("prompt", "chosen"), ("question", "answer"))


def gather_messages(rows: RowsRead) -> None:
    """Give every conversation one list under ``messages``, in place.

    Knows lists under a misspelt key, a prompt and a completion that are both lists
    of messages, and messages of one conversation on lines of their own.
    """
    kept: list[Record] = []
    loose: list[Record] = []
    for record in rows.records:
        if _role(record.values):
            loose.append(record)
            continue
        kept += _joined(loose)
        loose = []
        kept.append(_with_list(record, rows.findings))
    kept += _joined(loose)
    if len(kept) < len(rows.records):
        rows.findings.append(Finding("loose_messages", Severity.REPAIR))
    rows.records = kept


def loose_tail(records: list[Record]) -> int:
    """Return where the last conversation starts that the next record may continue.

    Everything before can be gathered for good; ``len(records)`` if none is open.
    """
    end = len(records)
    if not end or not _role(records[-1].values):
        return end
    for index in range(end - 1, max(0, end - _LONGEST_TALK), -1):
        before = _role(records[index - 1].values)
        if not before or _starts_talk(records[index], records[index - 1], before):
            return index
    return 0 if end <= _LONGEST_TALK else end


def _starts_talk(record: Record, previous: Record, before: str) -> bool:
    """Whether a message opens a conversation, as `_joined` judges it."""
    talk = _talk(record.values)
    if talk is not None:
        return talk != _talk(previous.values)
    role = _role(record.values)
    return role == "system" or (role == "user" and before == "assistant")


def _with_list(record: Record, findings: list[Finding]) -> Record:
    values = record.values
    if _MESSAGES in values or not any(isinstance(v, list) for v in values.values()):
        return record
    lists = [name for name, value in values.items() if _is_messages(value)]
    if find_name(_MESSAGES, list(values)) is not None or not lists:
        return record
    halves = next((pair for pair in _HALVES if set(pair) <= set(lists)), None)
    if halves is not None:
        findings.append(Finding("split_messages", Severity.REPAIR, record.line))
        both = [message for name in halves for message in _as_list(values[name])]
        rest = {name: v for name, v in values.items() if name not in halves}
        joined = {_MESSAGES: both, **rest}
        notes = (*record.notes, "split_messages")
        return Record(record.line, joined, notes, record.span)
    if len(lists) > 1:
        return record
    params = {"found": excerpt(lists[0]), "name": _MESSAGES}
    findings.append(
        Finding("key_renamed", Severity.REPAIR, record.line, params={**params})
    )
    renamed = {_MESSAGES if n == lists[0] else n: v for n, v in values.items()}
    return Record(record.line, renamed, (*record.notes, "key_renamed"), record.span)


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is_messages(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
        and all(find_name("role", list(item)) for item in value)
    )


@lru_cache(maxsize=64)  # rows of one file share their names
def _parts(names: tuple[str, ...]) -> tuple[str, str] | None:
    """Return the names of a message's role and content."""
    role = find_name("role", list(names))
    content = find_name("content", [name for name in names if name != role])
    return (role, content) if role is not None and content is not None else None


def _role(values: Mapping[str, object]) -> str:
    """Return the role of a row that is one message; empty if it is none."""
    parts = _parts(tuple(values))
    word = values[parts[0]] if parts is not None else None
    return role_names().get(normal_name(word), "") if isinstance(word, str) else ""


def _joined(loose: list[Record]) -> list[Record]:
    """Start a conversation at each system message and at each new question."""
    roles = [_role(record.values) for record in loose]
    if len({"user", "assistant"} & set(roles)) < 2:
        return [_alone(record) for record in loose]
    talks: list[list[Record]] = []
    before = ""
    talk_before: object = None
    for record, role in zip(loose, roles, strict=True):
        talk = _talk(record.values)
        follows = role == "assistant" or before in {"system", "user"}
        fresh = role == "system" or not follows if talk is None else talk != talk_before
        if fresh or not talks:
            talks.append([])
        talks[-1].append(record)
        before, talk_before = role, talk
    return [_talk_of(talk) for talk in talks]


def _talk_of(parts: list[Record]) -> Record:
    notes = dict.fromkeys(note for part in parts for note in part.notes)
    spans = [part.span for part in parts if part.span is not None]
    span = (spans[0][0], spans[-1][1]) if spans else None
    values: dict[str, object] = {_MESSAGES: [_bare(part) for part in parts]}
    return Record(parts[0].line, values, (*notes, "loose_messages"), span)


def _alone(record: Record) -> Record:
    """A message that nobody answers, so that it is told as one."""
    parts = _parts(tuple(record.values))
    if parts is None or normal_name(parts[0]) not in _ROLE_NAMES:
        return record
    values: dict[str, object] = {_MESSAGES: [_bare(record)]}
    return Record(record.line, values, record.notes, record.span)


def _talk(values: Mapping[str, object]) -> object:
    """The number of the conversation, if a column gives it."""
    name = find_name("talk", list(values))
    return values[name] if name is not None else None


def _bare(record: Record) -> dict[str, object]:
    parts = _parts(tuple(record.values))
    if parts is None:
        raise ValueError("The row is no message.")
    return {"role": record.values[parts[0]], "content": record.values[parts[1]]}
