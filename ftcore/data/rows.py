"""What every format is read into before its meaning is known."""

from dataclasses import dataclass, field

from ftcore.data.findings import Finding


@dataclass(frozen=True, slots=True)
class Record:
    """One object or row of the file.

    Attributes:
        line: Line where it starts, from 1.
        values: Its values by key or column name, in the order of the file.
    """

    line: int
    values: dict[str, object]


@dataclass(slots=True)
class RowsRead:
    """A file split into records.

    Attributes:
        records: The records that could be read.
        findings: What was mended, and what could not be read.
        over_limit: Reading stopped, because the file has more rows than allowed.
        width: Columns of a table; 0 for JSON.
        has_header: The table names its columns.
    """

    records: list[Record] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    over_limit: bool = False
    width: int = 0
    has_header: bool = False
