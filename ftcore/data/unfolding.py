"""Take the examples out of one object that holds them all."""

from ftcore.data.findings import Finding, Severity
from ftcore.data.rows import Record, RowsRead
from ftcore.data.vocabulary import find_name

_MOST_LAYERS = 5


def unfold(rows: RowsRead, max_rows: int) -> None:
    """Replace a lone wrapping object by the examples inside it, in place.

    Knows lists under any key, objects numbered by key and lists by column, as
    data tools write them. The lines are then all that of the wrapping object.
    """
    for _ in range(_MOST_LAYERS):
        inner = _inside(rows.records[0]) if len(rows.records) == 1 else None
        if inner is None:
            return
        line = rows.records[0].line
        rows.records = [Record(line, values) for values in inner]
        rows.over_limit = len(inner) > max_rows
        if all(finding.code != "wrapped_list" for finding in rows.findings):
            rows.findings.append(Finding("wrapped_list", Severity.REPAIR))


def _inside(record: Record) -> list[dict[str, object]] | None:
    values = list(record.values.values())
    if not values or find_name("messages", list(record.values)):
        return None
    objects = [value for value in values if isinstance(value, dict) and value]
    if len(objects) == len(values):
        return objects
    for value in values:
        if isinstance(value, list) and value:
            rows = [item for item in value if isinstance(item, dict)]
            if len(rows) == len(value):
                return rows
    return _by_column(record.values)


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
