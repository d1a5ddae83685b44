"""Tell how the bytes of a big file become text, looking at each of them once."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ftcore.data.binaries import binary_kind
from ftcore.data.decoding import (
    CONTROL_BYTES,
    CONTROL_SHARE,
    MARKS,
    SAMPLE_BYTES,
    encoding_finding,
    guess_encoding,
    is_utf8,
    wide_encoding,
)
from ftcore.data.findings import Finding, Severity

BLOCK = 1 << 20  # bytes read at once
# Text, bytes of the file read so far, codes of what was mended to decode it.
Piece = tuple[str, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes of a file, in memory or on disk; they are never copied whole.

    Attributes:
        content: The bytes, or the path of the file.
        size: How many bytes there are.
    """

    content: bytes | Path
    size: int

    @classmethod
    def of(cls, content: bytes | Path) -> "Source":
        """Measure a content."""
        if isinstance(content, Path):
            return cls(content, content.stat().st_size)
        return cls(content, len(content))

    def open(self) -> BinaryIO:
        """Open the bytes from their start."""
        if isinstance(self.content, Path):
            return self.content.open("rb")
        return io.BytesIO(self.content)  # shares the bytes until somebody writes

    def head(self, size: int) -> bytes:
        """Return the first ``size`` bytes."""
        with self.open() as stream:
            return stream.read(size)

    def read(self) -> bytes:
        """Return all bytes."""
        if isinstance(self.content, Path):
            return self.content.read_bytes()
        return self.content

    def blocks(self, skip: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from ``skip`` to ``end`` in blocks."""
        with self.open() as stream:
            stream.seek(skip)
            left = (self.size if end is None else end) - skip
            while left > 0:
                block = stream.read(min(BLOCK, left))
                if not block:
                    return
                left -= len(block)
                yield block


@dataclass(frozen=True, slots=True)
class Encoding:
    r"""How the bytes of a file become text.

    Attributes:
        name: Codec of all of it, or ``mixed``: UTF-8 lines beside Windows-1252 ones.
        start: Bytes of the mark before the text.
        end: Where the text ends.
        findings: What has to be said of it.
        has_lines: A ``\n`` stands before the end of the text.
    """

    name: str
    start: int
    end: int
    findings: tuple[Finding, ...] = ()
    has_lines: bool = True


def detect(source: Source) -> Encoding | None:
    """Look at every byte once and tell the encoding; ``None`` if it is no text."""
    head = source.head(SAMPLE_BYTES)
    if binary_kind(head) is not None:
        return None
    for mark, name in MARKS:
        if head.startswith(mark):
            if name != "utf-8-sig":
                unit = 4 if name == "utf-32" else 2
                return _wide(source, name, source.size - source.size % unit)
            found = Finding("byte_order_mark", Severity.REPAIR)
            return _narrow(source, len(mark), (found,))
    wide = wide_encoding(head)
    if wide is not None:
        return _wide(source, wide, source.size)
    return _narrow(source, 0, ())


def _wide(source: Source, name: str, end: int) -> Encoding | None:
    return _named(source, Encoding(name, 0, end))


def _named(source: Source, encoding: Encoding) -> Encoding | None:
    """Refuse a text in which too much could not be read."""
    broken = length = 0
    lines = _LineEnds()
    for text, _, _ in _decoded(source, encoding):
        length += len(text)
        broken += text.count("\ufffd")
        broken += sum(text.count(chr(byte)) for byte in CONTROL_BYTES if byte)
        lines.see(text)
    if broken > CONTROL_SHARE * length + 1:
        return None
    said = (*encoding.findings, encoding_finding(encoding.name))
    return Encoding(encoding.name, encoding.start, encoding.end, said, lines.inside)


def _narrow(
    source: Source, start: int, findings: tuple[Finding, ...]
) -> Encoding | None:
    end = _content_end(source)
    controls = 0
    is_ascii = True
    broken: UnicodeDecodeError | None = None
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = _LineEnds()
    for block in source.blocks(start, end):
        controls += len(block) - len(block.translate(None, CONTROL_BYTES))
        if broken is not None:
            continue
        try:
            text = decoder.decode(block)
            is_ascii = is_ascii and text.isascii()
            lines.see(text)
        except UnicodeDecodeError as error:
            broken = error
    if controls > max(2, CONTROL_SHARE * (end - start)):
        return None
    filled = Encoding("utf-8", start, source.size, findings, lines.inside)
    if broken is not None:
        return _not_utf8(source, filled)
    cut = len(decoder.getstate()[0])
    if not cut:
        return Encoding("utf-8", start, end, findings, lines.inside)
    if is_ascii or start:
        return _not_utf8(source, filled)
    said = (*findings, Finding("cut_character", Severity.REPAIR))
    return Encoding("utf-8", start, end - cut, said, lines.inside)


def _content_end(source: Source) -> int:
    """Return where the text ends, before the zeros that fill up some files."""
    with source.open() as stream:
        end = source.size
        while end:
            size = min(BLOCK, end)
            stream.seek(end - size)
            left = len(stream.read(size).rstrip(b"\0\x1a"))
            end -= size - left
            if left:
                return end
    return 0


def _not_utf8(source: Source, encoding: Encoding) -> Encoding | None:
    """Tell one other encoding from lines of two, as the reader of small files does."""
    sample: list[bytes] = []
    sampled = broken = accented = 0
    for line in _byte_lines(source, encoding):
        if line.isascii():
            continue
        accented += 1
        if is_utf8(line):
            continue
        broken += 1
        if sampled < SAMPLE_BYTES:
            sample.append(line.removesuffix(b"\n"))
            sampled += len(line) + 1
    if broken < accented:
        return Encoding("mixed", encoding.start, encoding.end, encoding.findings)
    name = guess_encoding(b"\n".join(sample))
    if name is None:
        return None
    changed = Encoding(name, encoding.start, encoding.end, encoding.findings)
    return _named(source, changed)


def _byte_lines(source: Source, encoding: Encoding) -> Iterator[bytes]:
    rest = b""
    for block in source.blocks(encoding.start, encoding.end):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            yield line + b"\n"
    if rest:
        yield rest


class _LineEnds:
    """Whether a line end stands before the last characters that are no space."""

    def __init__(self) -> None:
        self.inside = False
        self._pending = False

    def see(self, text: str) -> None:
        if self.inside:
            return
        bare = text.rstrip()
        self.inside = "\n" in bare or (self._pending and bool(bare))
        self._pending = self._pending or "\n" in text


def _decoded(source: Source, encoding: Encoding) -> Iterator[Piece]:
    decoder = codecs.getincrementaldecoder(encoding.name)("replace")
    done = encoding.start
    for block in source.blocks(encoding.start, encoding.end):
        done += len(block)
        yield decoder.decode(block), done, ()
    yield decoder.decode(b"", final=True), done, ()


def _decoded_mixed(source: Source, encoding: Encoding) -> Iterator[Piece]:
    done = encoding.start
    for line in _byte_lines(source, encoding):
        done += len(line)
        if is_utf8(line):
            yield line.decode(), done, ()
        else:
            yield line.decode("cp1252", "replace"), done, ("mixed_encoding",)


def decoded(source: Source, encoding: Encoding) -> Iterator[Piece]:
    """Yield the text in pieces; a mark before it is no part of it."""
    is_first = True
    read = _decoded_mixed if encoding.name == "mixed" else _decoded
    for text, done, codes in read(source, encoding):
        piece = text.lstrip("\ufeff") if is_first else text
        is_first = is_first and not text
        yield piece, done, codes
