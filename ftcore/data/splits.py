"""A file split into records, wherever they come from, and how promising it looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ftcore.data.columns import map_columns
from ftcore.data.findings import Finding, Severity
from ftcore.data.rows import RowsRead
from ftcore.data.vocabulary import find_name

_ENOUGH = 10  # rows; more of them do not make a sheet more likely


@dataclass(frozen=True, slots=True)
class Split:
    """A file split into records.

    Attributes:
        findings: What was said before there were rows: encoding, containers.
        rows: The records; ``None`` if the file was refused.
        text: What the spans of the records refer to.
        lines: Gives the lines (or rows) before anything was mended.
        sheets: Sheets or files that could be read instead.
        sheet: The one that was read; empty if there is only the file itself.
    """

    findings: tuple[Finding, ...]
    rows: RowsRead | None = None
    text: str = ""
    lines: Callable[[], Sequence[str]] = tuple
    sheets: tuple[str, ...] = ()
    sheet: str = ""


def refused(code: str, **params: str | int) -> Split:
    """Return what stands for a file that cannot be read at all."""
    return Split((Finding(code, Severity.ERROR, params={**params}),))


def promise(rows: RowsRead | None) -> tuple[int, int]:
    """Tell how likely rows are to be examples: by their names, then their number."""
    if rows is None or not (rows.records or rows.over_limit):
        return 0, 0
    names = list(rows.names or (rows.records[0].values if rows.records else ()))
    count = min(len(rows.records), _ENOUGH)
    if find_name("messages", names) is not None:
        return 3, count
    mapping = map_columns(names)
    if mapping is None:
        return 1, count
    return (2 if mapping.guessed else 3), count
