"""What every format is read into before its meaning is known."""

from dataclasses import dataclass, field

from ftcore.data.findings import Finding

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Record:
    """One object or row of the file.

    Attributes:
        line: Line where it starts, from 1.
        values: Its values by key or column name, in the order of the file.
        notes: Codes of what was mended to read it.
        span: Where it stands in the text, if it does not fill whole lines.
    """

    line: int
    values: dict[str, object]
    notes: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """One row that could not be split into values.

    Attributes:
        line: Line where it starts, from 1.
        code: Code of the finding that says why.
        span: Where it stands in the text, if it does not fill whole lines.
    """

    line: int
    code: str
    span: Span | None = None


@dataclass(slots=True)
class RowsRead:
    """A file split into records.

    Attributes:
        records: The records that could be read.
        findings: What was mended, and what could not be read.
        over_limit: Reading stopped, because the file has more rows than allowed.
        width: Columns of a table; 0 for JSON.
        has_header: The table names its columns.
        names: Columns of the table, or keys of the objects, in the file's order.
        lost: Rows that could not be split.
    """

    records: list[Record] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    over_limit: bool = False
    width: int = 0
    has_header: bool = False
    names: tuple[str, ...] = ()
    lost: list[Lost] = field(default_factory=list)
