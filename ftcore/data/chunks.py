"""Read the text of a big file piece by piece, each of them clean and whole lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from ftcore.data.cleaning import is_hidden_free, needs_cleaning
from ftcore.data.decoding import clean_lines
from ftcore.data.encodings import BLOCK, Encoding, Piece, Source, decoded
from ftcore.data.findings import Finding, Severity
from ftcore.data.sources import physical_lines

_MOST_RAW = 1_000  # mended lines of one piece that are kept as they were
_LONGEST_LINE = 4 * BLOCK  # characters; a longer line is cut at a space


@dataclass(slots=True)
class Chunk:
    """A piece of the text, cut at the end of a line wherever that is possible.

    Attributes:
        text: The clean text.
        findings: What was mended in its lines.
        done: Bytes of the file read so far.
        raw: Lines that were mended, as they were, by their number.
    """

    text: str
    findings: list[Finding] = field(default_factory=list)
    done: int = 0
    raw: dict[int, str] = field(default_factory=dict)


def text_chunks(source: Source, encoding: Encoding) -> Iterator[Chunk]:
    """Yield the clean text of the file.

    Args:
        source: The file.
        encoding: What `detect` said of it.

    Yields:
        Pieces of about a megabyte. Lines are counted as the file's own.
    """
    line = 1
    for text, done, noted in _cut(decoded(source, encoding)):
        found = [_moved(finding, line - 1) for finding in noted]
        chunk = Chunk(text, found, done)
        if not _is_clean(text):
            chunk.text, mended = clean_lines(text)
            chunk.findings += [_moved(finding, line - 1) for finding in mended]
            chunk.raw = _mended_lines(text, chunk.findings, line)
        line += count_lines(text)
        yield chunk


def _mended_lines(
    text: str, findings: Iterable[Finding], first_line: int
) -> dict[int, str]:
    numbers = {f.line for f in islice(findings, _MOST_RAW) if f.line is not None}
    lines = physical_lines(text)
    return {number: lines[number - first_line] for number in numbers}


def _is_clean(text: str) -> bool:
    if text.isascii():
        return is_hidden_free(text)
    return not needs_cleaning(text) and "\ufffd" not in text


def _cut(pieces: Iterable[Piece]) -> Iterator[tuple[str, int, list[Finding]]]:
    """Join and cut pieces so that each ends with a line.

    What was found in a piece counts the lines of the joined text.
    """
    waiting: list[str] = []
    found: list[Finding] = []
    size = done = lines = 0
    for text, read, codes in pieces:
        if codes:
            found += [Finding(code, Severity.REPAIR, lines + 1) for code in codes]
        waiting.append(text)
        size += len(text)
        done = read
        if size < BLOCK:
            lines += text.count("\n")
            continue
        joined = "".join(waiting)
        end = _last_end(joined)
        if end:
            yield joined[:end], done, found
            found, lines = [], 0
        else:
            lines += text.count("\n")
        waiting, size = [joined[end:]], len(joined) - end
    rest = "".join(waiting).rstrip("\0\x1a")
    if rest:
        yield rest, done, found


def _last_end(text: str) -> int:
    """Return where to cut; 0 if the text had better grow first."""
    end = text.rfind("\n") + 1
    if end or len(text) < _LONGEST_LINE:
        return end
    return text.rfind(" ") + 1 or len(text) - 1


def _moved(finding: Finding, lines: int) -> Finding:
    if finding.line is None or not lines:
        return finding
    return Finding(finding.code, finding.severity, finding.line + lines, finding.params)


def count_lines(text: str) -> int:
    r"""Count line ends as the readers do: ``\n``, ``\r\n`` and ``\r``."""
    ends = text.count("\n")
    if "\r" in text:
        ends += text.count("\r") - text.count("\r\n")
    return ends
