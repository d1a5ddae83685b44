"""Recognise by its first bytes a file that holds no text to learn from."""

from collections.abc import Mapping

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Office 97 to 2003, or a password
# Signatures as published by each format; the names are keys of ``file_kinds``.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF87a", "image"),
    (0, b"GIF89a", "image"),
    (0, b"II*\x00", "image"),
    (0, b"MM\x00*", "image"),
    (0, b"\x00\x00\x01\x00", "image"),
    (8, b"WEBP", "image"),
    (8, b"WAVE", "audio"),
    (8, b"AVI ", "video"),
    (0, b"ID3", "audio"),
    (0, b"OggS", "audio"),
    (0, b"fLaC", "audio"),
    (4, b"ftyp", "video"),
    (0, b"\x1aE\xdf\xa3", "video"),
    (0, OLD_OFFICE, "old_office"),
    (0, b"SQLite format 3\x00", "sqlite"),
    (0, b"\x1f\x8b", "compressed"),
    (0, b"7z\xbc\xaf\x27\x1c", "seven_zip"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"BZh", "compressed"),
    (0, b"\xfd7zXZ\x00", "compressed"),
    (0, b"\x28\xb5\x2f\xfd", "compressed"),
    (257, b"ustar", "compressed"),
    (0, b"PAR1", "parquet"),
    (0, b"ARROW1", "parquet"),
    (0, b"GGUF", "model"),
    (0, b"\x93NUMPY", "model"),
    (0, b"\x89HDF\r\n\x1a\n", "model"),
    (0, b"\x80\x02", "model"),
    (0, b"\x80\x03", "model"),
    (0, b"\x80\x04\x95", "model"),
    (0, b"\x80\x05\x95", "model"),
    (0, b"\x7fELF", "program"),
    (0, b"\xca\xfe\xba\xbe", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"\x00asm", "program"),
    (0, b"{\\rtf", "word"),
)
PACKED = frozenset({"rar", "seven_zip"})  # kinds that hold files and stay shut
_ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# A folder or file name near the start of the archive tells what the zip carries.
_ZIP_MEMBERS: Mapping[bytes, str] = {
    b"xl/": "excel",
    b"opendocument.spreadsheet": "excel",
    b"Index/Document.iwa": "excel",
    b"word/": "word",
    b"opendocument.text": "word",
    b"ppt/": "slides",
    b"opendocument.presentation": "slides",
    b"epub+zip": "word",
}


def binary_kind(content: bytes) -> str | None:
    """Name the kind of binary file, or ``None`` if no signature matches.

    Args:
        content: The file's bytes; only the ends are looked at, except in a zip,
            whose member names are searched.

    Returns:
        A key of the texts ``file_kinds``, such as ``"pdf"`` or ``"excel"``.
    """
    if content.startswith(_ZIP_HEADS):
        return _zip_kind(content)
    if content.startswith(b"MZ") and b"\x00" in content[:64]:
        return "program"
    for offset, signature, kind in _SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            return kind
    return None


def _zip_kind(content: bytes) -> str:
    names = content[:4_096] + content[-65_536:]
    for mark, kind in _ZIP_MEMBERS.items():
        if mark in names:
            return kind
    return "compressed"
