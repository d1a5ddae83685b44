"""Take the examples out of one object that holds them all."""

from ftcore.data.columns import map_columns
from ftcore.data.findings import Finding, Severity
from ftcore.data.rows import Record, RowsRead
from ftcore.data.vocabulary import (
    column_names,
    find_name,
    nearest_name,
    normal_name,
)

_MOST_LAYERS = 5
_FEWEST_KEYS = 3  # questions in one object


def unfold(rows: RowsRead, max_rows: int) -> None:
    """Replace a lone wrapping object by the examples inside it, in place.

    Knows lists under any key, objects numbered by key and lists by column, as
    data tools write them. The lines are then all that of the wrapping object.
    """
    for _ in range(_MOST_LAYERS):
        if len(rows.records) != 1:
            return
        line = rows.records[0].line
        questions = _by_key(rows.records[0].values)
        if questions is not None:
            rows.records = [Record(line, values) for values in questions]
            rows.findings.append(Finding("keys_as_questions", Severity.REPAIR))
            return
        inner = _inside(rows.records[0])
        if inner is None:
            return
        rows.records = [Record(line, values) for values in inner]
        rows.over_limit = len(inner) > max_rows
        if all(finding.code != "wrapped_list" for finding in rows.findings):
            rows.findings.append(Finding("wrapped_list", Severity.REPAIR))


def _inside(record: Record) -> list[dict[str, object]] | None:
    values = list(record.values.values())
    if not values or any(map(_names_messages, record.values)):
        return None
    if sum(map(_is_talk, values)) > 1:  # a prompt and a completion, each of messages
        return None
    objects = [value for value in values if isinstance(value, dict) and value]
    if len(objects) == len(values):
        return _transposed(record.values) or objects
    rows: list[dict[str, object]] = []
    for value in values:
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            rows += value
    if rows:
        return rows
    return _split_frame(record.values) or _by_column(record.values)


def _is_talk(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, dict) for item in value)
        and all(find_name("role", list(item)) for item in value)
    )


def _names_messages(key: str) -> bool:
    """Whether the key is, perhaps misspelt, that of one conversation."""
    words = (normal_name(key), nearest_name(key))
    return any(word in column_names()["messages"] for word in words)


def _transposed(columns: dict[str, object]) -> list[dict[str, object]] | None:
    """Turn a data frame's ``{"text": {"0": …}, "label": {"0": …}}`` into rows."""
    cells = {name: value for name, value in columns.items() if isinstance(value, dict)}
    indexes = {tuple(value) for value in cells.values()}
    if len(cells) < 2 or len(indexes) != 1 or map_columns(list(cells)) is None:
        return None
    numbers = indexes.pop()
    if not all(str(number).isdigit() for number in numbers):
        return None
    return [{name: value[n] for name, value in cells.items()} for n in numbers]


def _by_key(values: dict[str, object]) -> list[dict[str, object]] | None:
    """Read ``{"¿Abren hoy?": "Sí", …}``, whose keys are sentences, as questions."""
    texts = [value for value in values.values() if isinstance(value, str)]
    sentences = sum(len(key.split()) > 1 for key in values)
    if len(texts) < _FEWEST_KEYS or len(texts) < len(values):
        return None
    if sentences < len(values) or map_columns(list(values)) is not None:
        return None
    return [{"question": key, "answer": value} for key, value in values.items()]


def _split_frame(values: dict[str, object]) -> list[dict[str, object]] | None:
    """Read a data frame written as ``{"columns": […], "data": [[…], …]}``."""
    names, cells = values.get("columns"), values.get("data")
    if not isinstance(names, list) or not isinstance(cells, list):
        return None
    rows = [row for row in cells if isinstance(row, list) and len(row) == len(names)]
    if not rows or len(rows) < len(cells):
        return None
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def _by_column(columns: dict[str, object]) -> list[dict[str, object]] | None:
    lists = {name: value for name, value in columns.items() if isinstance(value, list)}
    if len(lists) < 2 or len(lists) != len(columns):
        return None
    lengths = {len(value) for value in lists.values()}
    if len(lengths) != 1 or lengths == {0}:
        return None
    return [
        dict(zip(lists, cells, strict=True))
        for cells in zip(*lists.values(), strict=True)
    ]
