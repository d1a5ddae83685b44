"""Open a file by what it holds: a workbook, an archive or a text."""

import zipfile
from functools import partial

from ftcore.data.archives import is_archive, open_zip, split_archive
from ftcore.data.binaries import OLD_OFFICE, binary_kind
from ftcore.data.decoding import decode
from ftcore.data.options import ReadOptions
from ftcore.data.sources import physical_lines
from ftcore.data.splits import Split, refused
from ftcore.data.spreadsheets import split_workbook
from ftcore.data.text_rows import split_text

_MOST_LAYERS = 2  # an archive inside an archive, and no deeper
_BOOKS = {"xl/workbook.xml", "xl/workbook.bin"}
_BOOK_NAMES = (".xlsx", ".xlsm", ".xlsb", ".ods")
_DOCUMENTS = {"[Content_Types].xml", "mimetype", "Index/Document.iwa"}
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"


def open_file(filename: str, content: bytes, options: ReadOptions) -> Split:
    """Split any bytes into records.

    Args:
        filename: Name as uploaded.
        content: Raw bytes of the file.
        options: What is decided before reading.
    """
    return _open(filename, content, options, options.sheet, 0)


def _open(
    filename: str,
    content: bytes,
    options: ReadOptions,
    sheet: str | None,
    layers: int,
) -> Split:
    kind = _container(filename, content)
    if kind == "workbook":
        return split_workbook(filename, content, options, sheet)
    if kind == "archive":
        if layers == _MOST_LAYERS:
            return refused("nested_archive")

        def opener(name: str, inner: bytes, inner_sheet: str | None) -> Split:
            return _open(name, inner, options, inner_sheet, layers + 1)

        most = options.limits.max_unpacked_mb
        return split_archive(filename, content, sheet, most, opener)
    return refused(kind) if kind else _text(filename, content, options)


def _text(filename: str, content: bytes, options: ReadOptions) -> Split:
    decoded = decode(content)
    if decoded.text is None:
        return Split(decoded.findings)
    split = split_text(filename, decoded.text, options)
    lines = partial(physical_lines, decoded.raw)
    return Split(decoded.findings, split.rows, split.text, lines)


def _container(filename: str, content: bytes) -> str:
    """Return ``workbook``, ``archive``, a finding's code, or nothing for the rest."""
    if content.startswith(OLD_OFFICE):
        return _old_office(content)
    if not is_archive(content):
        return ""
    if not content.startswith(b"PK"):
        return "archive"
    archive = open_zip(content)
    if isinstance(archive, str):
        kind = binary_kind(content)
        if kind in {"word", "slides"}:
            return ""
        is_book = kind == "excel" or filename.lower().endswith(_BOOK_NAMES)
        return "damaged_workbook" if is_book else archive
    return _zip_kind(archive)


def _zip_kind(archive: zipfile.ZipFile) -> str:
    names = set(archive.namelist())
    if names & _BOOKS:
        return "workbook"
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
        try:
            mime = archive.read("mimetype")
        except (zipfile.BadZipFile, RuntimeError, OSError):
            return "damaged_archive"
        if mime.startswith(_SPREADSHEET):
            return "workbook"
    return "" if names & _DOCUMENTS else "archive"


def _old_office(content: bytes) -> str:
    """Tell a workbook of Excel 97 by the names of its streams."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        return "protected_workbook"
    if has("WordDocument") or has("PowerPoint Document"):
        return ""
    return "workbook" if has("Workbook") or has("Book") else ""
