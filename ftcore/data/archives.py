"""Take the data file out of an archive, in memory and within its limits."""

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from ftcore.data.findings import Finding, Severity
from ftcore.data.options import MEGABYTE
from ftcore.data.splits import Split, promise, refused
from ftcore.data.values import excerpt
from ftcore.data.vocabulary import normal_name
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

SHEET_OF = " › "  # between a file of the archive and one of its sheets
_MOST_DIRECTORY = 4 * MEGABYTE  # bytes of the list of members, about 40,000 names
_MOST_TRIED = 20  # files looked into for the best
_FILES_NAMED = 6
_END = b"PK\x05\x06"
Stream = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
STREAMS: dict[bytes, Callable[[io.BytesIO], Stream]] = {
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
# What the archive libraries raise for broken or unknown content, or a password.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
Opener = Callable[[str, bytes, str | None], Split]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a ZIP."""

    name: str
    info: zipfile.ZipInfo


def is_archive(content: bytes) -> bool:
    """Whether the content is a ZIP or one compressed file."""
    return content.startswith((b"PK\x03\x04", _END, *STREAMS))


def split_archive(
    filename: str, content: bytes, sheet: str | None, most_mb: int, opener: Opener
) -> Split:
    """Read the file that was asked for, or the one most like examples.

    Args:
        filename: Name as uploaded.
        content: A ZIP, or one file compressed with gzip, bzip2 or xz.
        sheet: File (and sheet, after ``SHEET_OF``) that was asked for.
        most_mb: Megabytes that the content may have, unpacked.
        opener: Reads one file: its name, its bytes, the sheet asked for.
    """
    most = most_mb * MEGABYTE
    for mark, stream in STREAMS.items():
        if content.startswith(mark):
            return _stream(filename, stream(io.BytesIO(content)), sheet, most, opener)
    archive = open_zip(content)
    if isinstance(archive, str):
        return refused(archive)
    members = data_files(archive)
    if not members:
        return refused("empty_archive")
    if sum(member.info.file_size for member in members) > most:
        return refused("large_archive", limit=most_mb)
    return _Chooser(archive, members, most, opener).read(sheet)


def open_zip(content: bytes) -> zipfile.ZipFile | str:
    """Read the list of members, or return the code of what is wrong with it."""
    if _directory_size(content) > _MOST_DIRECTORY:
        return "crowded_archive"
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        return "damaged_archive"


def _stream(
    filename: str, raw: Stream, sheet: str | None, most: int, opener: Opener
) -> Split:
    try:
        content = raw.read(most + 1)
    except DAMAGE:
        return refused("damaged_archive")
    if len(content) > most:
        return refused("large_archive", limit=most // MEGABYTE)
    return opener(filename.rpartition(".")[0] or filename, content, sheet)


def _directory_size(content: bytes) -> int:
    """Return the size that the end of a ZIP declares for its list of members."""
    at = content.rfind(_END, -65_557)
    if at < 0 or at + 16 > len(content):
        return 0
    size: int = struct.unpack_from("<L", content, at + 12)[0]
    return size


@cache
def _words() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = read_yaml(ASSETS / "data" / "archives.yaml")
    return loaded


def data_files(archive: zipfile.ZipFile) -> list[Member]:
    """Return the members that may hold data, the likeliest names first."""
    found: list[Member] = []
    for info in archive.infolist():
        parts = info.filename.replace("\\", "/").split("/")
        is_junk = any(part in _words()["junk"] for part in parts)
        if info.is_dir() or is_junk or parts[-1].startswith(".") or not info.file_size:
            continue
        found.append(Member(info.filename, info))
    return sorted(found, key=lambda member: _rank(member.name))


def _rank(name: str) -> tuple[bool, bool, bool]:
    """Sort notes behind data, and what trains before what tests."""
    base = name.replace("\\", "/").rpartition("/")[2].lower()
    stem, _, extension = base.rpartition(".")
    words = _words()
    is_note = any(normal_name(stem or base).startswith(w) for w in words["notes"])
    is_main = any(word in base for word in words["main"])
    return is_note, extension not in words["extensions"], not is_main


class _Chooser:
    """Opens the members of one archive until one of them holds examples."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        members: Sequence[Member],
        most: int,
        opener: Opener,
    ) -> None:
        self._archive = archive
        self._members = members
        self._most = most
        self._opener = opener

    def read(self, asked: str | None) -> Split:
        """Return the member asked for, or the best one."""
        found: list[Finding] = []
        names = [member.name for member in self._members]
        wanted, _, sheet = (asked or "").partition(SHEET_OF)
        if len(names) == 1:
            return self._open(self._members[0], sheet or asked)
        if wanted in names:
            index = names.index(wanted)
            return self._told(index, self._open(self._members[index], sheet or None))
        if asked is not None:
            params = {"sheet": excerpt(asked)}
            found.append(Finding("sheet_missing", Severity.WARNING, params={**params}))
        index, split = self._best()
        others = ", ".join(
            f"«{excerpt(name)}»" for i, name in enumerate(names) if i != index
        )
        params = {"sheet": excerpt(names[index]), "others": excerpt(others, 200)}
        found.append(Finding("other_files", Severity.WARNING, params={**params}))
        return self._told(index, split, found)

    def _best(self) -> tuple[int, Split]:
        best: tuple[int, Split] | None = None
        for index, member in enumerate(self._members[:_MOST_TRIED]):
            split = self._open(member, None)
            fit = promise(split.rows)[0]
            if best is None or fit > promise(best[1].rows)[0]:
                best = index, split
            if fit == 3:
                break
        if best is None:
            raise ValueError("There is no file to choose from.")
        return best

    def _told(self, index: int, split: Split, found: Sequence[Finding] = ()) -> Split:
        """Name the sheets of the file that was read after the file itself."""
        names = [member.name for member in self._members]
        own = [f"{names[index]}{SHEET_OF}{sheet}" for sheet in split.sheets]
        sheets = [*names[:index], *(own or [names[index]]), *names[index + 1 :]]
        read = f"{names[index]}{SHEET_OF}{split.sheet}" if own else names[index]
        findings = (*found, *split.findings)
        return Split(findings, split.rows, split.text, split.lines, tuple(sheets), read)

    def _open(self, member: Member, sheet: str | None) -> Split:
        if member.info.flag_bits & 1:
            return refused("protected_archive")
        try:
            with self._archive.open(member.info) as file:
                content = file.read(self._most + 1)
        except DAMAGE:
            return refused("damaged_archive")
        if len(content) > self._most:
            return refused("large_archive", limit=self._most // MEGABYTE)
        return self._opener(member.name, content, sheet)
