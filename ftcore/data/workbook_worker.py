"""Print the cells of a workbook, in a process of its own.

A hostile workbook can make any parser ask for more memory than there is, which ends
the process at once. Run as a script: the workbook comes in on standard input, and
every line of standard output is one JSON value (see :func:`main`).
"""

import datetime as dt
import io
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import python_calamine

_ROWS = 1_000  # rows in one line of output
_PLAIN = 1e21  # larger numbers are written with an exponent
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"([^>]*)>(<f\b[^>]*?(?:/>|>[^<]*</f>))?(<v>([^<]*))?'
)
_ERROR_TYPE = re.compile(rb"""\bt=["']e["']""")
_HIDDEN_ROW = re.compile(rb'<row\b[^>]*\bhidden="(?:1|true)"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def as_shown(value: Cell) -> str:
    """Return a cell as text: ``5.0`` as ``5``, dates as ISO 8601 writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(float(value))
    if isinstance(value, dt.datetime):
        return f"{value.date().isoformat()} {_time(value.time())}"
    if isinstance(value, dt.timedelta):
        return _duration(value)
    return _time(value) if isinstance(value, dt.time) else value.isoformat()


def _number(value: float) -> str:
    rounded = float(f"{value:.15g}")  # the digits that Excel keeps
    if rounded.is_integer() and abs(rounded) < _PLAIN:
        return str(int(rounded))
    return f"{value:.15g}"


def _time(value: dt.time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


# --- what the parser does not tell of an XLSX -----------------------------------------


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name -> path inside an XLSX; nothing for other workbooks."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    # This process has little memory, and expat refuses entities that multiply.
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
    links = ElementTree.fromstring(  # noqa: S314
        archive.read("xl/_rels/workbook.xml.rels")
    )
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found: dict[str, str] = {}
    for node in book.iter():
        if node.tag.endswith("}sheet"):
            target = targets.get(node.get(_RELATION), "")
            path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if path in names:
                found[node.get("name", "")] = path
    return found


def odd_cells(xml: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield row, column (from 0) and text of errors and unsaved formulas."""
    if b'"e"' not in xml and b"'e'" not in xml and b"<f" not in xml:
        return
    for match in _CELL.finditer(xml):
        column, row, attributes, formula, _, value = match.groups()
        is_error = _ERROR_TYPE.search(attributes) is not None
        if is_error or (formula is not None and not value):
            text = (value or b"").decode("utf-8", "replace") if is_error else ""
            yield int(row) - 1, _column(column), text


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


# --- output ---------------------------------------------------------------------------


class _TooLargeError(Exception):
    """The sheets hold more text than allowed."""


class _Printer:
    """Prints one value a line, up to a limit of characters."""

    def __init__(self, most: int) -> None:
        self._left = most

    def print(self, value: object) -> None:
        sys.stdout.write(json.dumps(value) + "\n")

    def count(self, cells: list[str]) -> list[str]:
        self._left -= sum(map(len, cells)) + len(cells)
        if self._left < 0:
            raise _TooLargeError
        return cells


def _sheet(
    book: python_calamine.CalamineWorkbook, number: int, xml: bytes, out: _Printer
) -> None:
    sheet = book.get_sheet_by_index(number)
    left = sheet.start[1] if sheet.start else 0
    merged = [
        (top, bottom, column - left)
        for (top, column), (bottom, last) in sheet.merged_cell_ranges or []
        if column == last and bottom > top and 0 <= column - left < sheet.width
    ]
    width = sheet.width
    odd = [
        (row, column - left, text)
        for row, column, text in odd_cells(xml)
        if 0 <= column - left < width
    ]
    shape = {
        "name": sheet.name,
        "is_hidden": book.sheets_metadata[number].visible
        != python_calamine.SheetVisibleEnum.Visible,
        "left": left,
        "merged": merged,
        "odd": odd,
        "hidden_rows": len(_HIDDEN_ROW.findall(xml)),
    }
    out.print(shape)
    rows: list[list[str]] = []
    for cells in sheet.iter_rows():
        rows.append(out.count([as_shown(cell) for cell in cells]))
        if len(rows) == _ROWS:
            out.print(rows)
            rows = []
    out.print(rows)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource  # noqa: PLC0415 - Unix only
    except ImportError:
        return
    size = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _read(content: bytes, out: _Printer, most: int) -> None:
    paths: dict[str, str] = {}
    archive = None
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        if sum(member.file_size for member in archive.infolist()) > most:
            raise _TooLargeError
        paths = sheet_paths(archive)
    with python_calamine.load_workbook(io.BytesIO(content)) as book:
        for number, sheet in enumerate(book.sheets_metadata):
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
                path = paths.get(sheet.name)
                xml = archive.read(path) if archive is not None and path else b""
                _sheet(book, number, xml, out)


def main(memory: int, content: int) -> None:
    """Print of every sheet its shape and then its rows, by the thousand.

    The last line is ``"end"``, or the reason why there is nothing to print:
    ``"protected"``, ``"damaged"`` or ``"large"``.

    Args:
        memory: Megabytes that this process may take.
        content: Megabytes that the workbook may hold, unpacked.
    """
    _limit_memory(memory)
    out = _Printer(content * 1_000_000)
    try:
        _read(sys.stdin.buffer.read(), out, content * 1_000_000)
    except python_calamine.PasswordError:
        out.print("protected")
    except (_TooLargeError, MemoryError):
        out.print("large")
    except (
        python_calamine.CalamineError,
        zipfile.BadZipFile,
        ElementTree.ParseError,
        RuntimeError,
        ValueError,
        OSError,
        EOFError,
    ):
        out.print("damaged")
    else:
        out.print("end")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
