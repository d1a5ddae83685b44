"""Where examples come from: the table's shape, rows mended, rows left out."""

from dataclasses import dataclass

MOST_RAW = 2_000  # characters kept of a raw row


@dataclass(frozen=True, slots=True)
class TableShape:
    """How the columns or keys of a file were understood.

    Attributes:
        names: Every column or key that could be chosen, in the file's order.
        source: The one that is asked; empty for conversations.
        target: The one that is answered; empty for conversations.
        guessed: The names said nothing, so the participant should confirm.
        has_header: The first row names the columns; ``None`` if it is no table.
        sheets: Sheets of a workbook or files of an archive that could be read.
        sheet: The one that was read; empty if there is only the file itself.
    """

    names: tuple[str, ...] = ()
    source: str = ""
    target: str = ""
    guessed: bool = False
    has_header: bool | None = None
    sheets: tuple[str, ...] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Mend:
    """One row that was repaired while it was read.

    Attributes:
        line: Line of the file where it starts, from 1.
        codes: Codes of the findings that say what was done to it.
        before: The row as it was in the file, cut at ``MOST_RAW`` characters.
        row: Position of the example it became, from 1.
    """

    line: int
    codes: tuple[str, ...]
    before: str
    row: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One row that could not become an example; nothing is dropped without one.

    Attributes:
        line: Line of the file where it starts, from 1.
        code: Code of the finding that says why.
        raw: The row as it was in the file, whole unless it is over a megabyte.
    """

    line: int
    code: str
    raw: str
