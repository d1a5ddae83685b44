"""Unpack the one big text of an archive to the disk, so that it can be streamed."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ftcore.data.archives import (
    DAMAGE,
    STREAMS,
    Stream,
    data_files,
    is_archive,
    open_zip,
)
from ftcore.data.encodings import BLOCK, Source

_HEAD = 8  # bytes that tell an archive


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The file of an archive.

    Attributes:
        name: Its name in the archive.
        source: Its bytes, in a temporary file.
    """

    name: str
    source: Source


@contextmanager
def unpacked(
    filename: str, source: Source, *, least: int, most: int
) -> Iterator[Unpacked | None]:
    """Unpack the only data file of an archive if it is big.

    Args:
        filename: Name of the archive as uploaded.
        source: The bytes of any file.
        least: Bytes below which a file is not worth a trip to the disk.
        most: Bytes above which nothing is unpacked.

    Yields:
        The file, or ``None`` for whatever is better read in memory: no archive,
        several files, a small, damaged or protected one, one that is too large.
    """
    if not is_archive(source.head(_HEAD)):
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "unpacked"
        name = _unpack(filename, source.read(), path, most)
        inner = Unpacked(name, Source.of(path)) if name else None
        is_big = inner is not None and least <= inner.source.size <= most
        yield inner if is_big else None


def _unpack(filename: str, content: bytes, path: Path, most: int) -> str:
    """Write the file and return its name; nothing if there is not just one."""
    try:
        for mark, stream in STREAMS.items():
            if content.startswith(mark):
                with stream(io.BytesIO(content)) as file:
                    _copy(file, path, most)
                return filename.rpartition(".")[0] or filename
        return _unpack_zip(content, path, most)
    except DAMAGE:
        return ""


def _unpack_zip(content: bytes, path: Path, most: int) -> str:
    archive = open_zip(content)
    if not isinstance(archive, zipfile.ZipFile):
        return ""
    members = data_files(archive)
    if len(members) != 1 or members[0].info.file_size > most:
        return ""
    with archive.open(members[0].info) as file:
        _copy(file, path, most)
    return members[0].name


def _copy(file: Stream | IO[bytes], path: Path, most: int) -> None:
    """Copy in blocks, and stop one block after the limit."""
    written = 0
    with path.open("wb") as out:
        while written <= most and (block := file.read(BLOCK)):
            written += out.write(block)
