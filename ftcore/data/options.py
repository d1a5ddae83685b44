"""How a file may be read: its limits, and what the participant has decided of it."""

from dataclasses import dataclass, field

from ftcore.data.examples import Task
from ftcore.settings import Settings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Where reading stops with a clear refusal.

    Attributes:
        max_rows: Most examples in one file.
        max_unpacked_mb: Largest content of an archive or spreadsheet, in megabytes.
        max_depth: Deepest nesting of JSON values.
        max_file_mb: Largest file, in megabytes.
    """

    max_rows: int = 2_000_000
    max_unpacked_mb: int = 400
    max_depth: int = 50
    max_file_mb: int = 300

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """Return the limits that the environment sets."""
        return cls(
            settings.max_rows,
            settings.max_unpacked_mb,
            settings.max_depth,
            settings.max_upload_mb,
        )


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Which column or key is asked, and which one is answered.

    Attributes:
        source: Name of the text, question or prompt.
        target: Name of the label, answer or completion.
    """

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is decided before a file is read; ``None`` leaves it to the reader.

    Attributes:
        task: Read the pairs for this task.
        limits: Where reading stops.
        columns: Read these two columns, whatever the names suggest.
        has_header: Whether the first row of a table names the columns.
        sheet: Name of the sheet (or of the file inside an archive) to read.
    """

    task: Task | None = None
    limits: Limits = field(default_factory=Limits)
    columns: ColumnChoice | None = None
    has_header: bool | None = None
    sheet: str | None = None
