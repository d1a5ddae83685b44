"""Every form in which a dataset can be taken away, but those of the destinations."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ftcore.data.examples import Dataset
from ftcore.data.formats import (
    dataset_to_csv,
    dataset_to_json,
    dataset_to_native_jsonl,
    dataset_to_rows,
)
from ftcore.errors import CellTooLongError
from ftcore.texts import text

# https://support.microsoft.com/office/excel-specifications-and-limits
MOST_CELL_CHARACTERS = 32_767
# What XML cannot hold is written _xHHHH_ (ECMA-376 part 1, 22.9.2.19), and so is
# what would be read as that.
_ODD = re.compile("[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_BOM = "\ufeff"  # or Excel reads accents in the machine's own code page


@dataclass(frozen=True, slots=True)
class Export:
    """One form of a file.

    Attributes:
        ending: Ending of its name, without the dot.
        mime: Its media type.
        write: Returns the whole content.
    """

    ending: str
    mime: str
    write: Callable[[Dataset], bytes]


def dataset_to_xlsx(dataset: Dataset) -> bytes:
    """Return a workbook with one sheet; every cell is text, never a formula.

    Raises:
        CellTooLongError: A text is longer than a cell of Excel.
    """
    from openpyxl import Workbook  # noqa: PLC0415  (a quarter of a second of import)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    rows = [[_ODD.sub(_escape, v) for v in row] for row in dataset_to_rows(dataset)]
    for place, row in enumerate(rows):  # before the workbook is open
        if max(map(len, row)) > MOST_CELL_CHARACTERS:
            raise CellTooLongError(row=place, most=MOST_CELL_CHARACTERS)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(text("exports.sheet"))
    for row in rows:
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            cell.data_type = "s"  # openpyxl would take '=…' for a formula
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def dataset_to_excel_csv(dataset: Dataset) -> str:
    """Return the table as Excel opens it in Spain and Mexico: BOM, ``;``, CRLF."""
    return _BOM + dataset_to_csv(dataset, delimiter=";", end="\r\n")


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _encoded(write: Callable[[Dataset], str]) -> Callable[[Dataset], bytes]:
    return lambda dataset: write(dataset).encode("utf-8", "replace")


EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "jsonl": Export(
            "jsonl", "application/jsonl", _encoded(dataset_to_native_jsonl)
        ),
        "json": Export("json", "application/json", _encoded(dataset_to_json)),
        "csv": Export("csv", "text/csv", _encoded(dataset_to_csv)),
        "csv_excel": Export("csv", "text/csv", _encoded(dataset_to_excel_csv)),
        "xlsx": Export(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            dataset_to_xlsx,
        ),
    }
)
