"""Read the rows to be answered and write them back with their answers."""

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ftcore.data.decoding import decode_only
from ftcore.data.text_rows import looks_like_json
from ftcore.data.tolerant_json import TolerantReader, UnrepairableError
from ftcore.data.vocabulary import find_name
from ftcore.errors import (
    FileNotReadableError,
    FileNotWritableError,
    NoQuestionColumnError,
)
from ftcore.texts import text

Values = Mapping[str, object]
UNREADABLE = "unreadable"  # key under which a line that is no JSON is kept
SOURCES = ("question", "prompt", "text", "content", "context")
_DELIMITERS = ",;\t|"
_LARGEST_FIELD = 2**24  # characters; csv's own limit of 131,072 is below a long text


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the input.

    Attributes:
        line: Line where it starts, from 1.
        values: What it holds, by key or column, in the order of the file.
        raw: How it was written, to be kept as it is; empty if it cannot be.
    """

    line: int
    values: dict[str, object]
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of an input file.

    Attributes:
        rows: In the order of the file; blank lines are none.
        columns: Names of the columns of a table; empty for JSON.
        is_table: Whether it was a table (CSV) rather than JSON.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...] = field(default=())
    is_table: bool = False


def read_rows(path: Path) -> Rows:
    """Read a JSONL, JSON or CSV file, in whatever encoding it is.

    Raises:
        FileNotReadableError: The path cannot be opened, or holds no text.
        NoQuestionColumnError: It is a table without a column to ask.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise FileNotReadableError(
            path=str(path), reason=type(error).__name__
        ) from error
    words = decode_only(content)
    if words is None:
        raise FileNotReadableError(path=str(path), reason=text("cli_predict.no_text"))
    suffix = path.suffix.lower()
    if suffix in {".jsonl", ".ndjson", ".json"}:
        return _read_json(words)
    if suffix not in {".csv", ".tsv"} and looks_like_json(words):
        return _read_json(words)
    return _read_table(path, words)


# --- JSON ---------------------------------------------------------------------


def _read_json(words: str) -> Rows:
    lines = words.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip()]
    rows = [_strict(n, line) for n, line in numbered]
    if all(rows):
        return Rows(tuple(row for row in rows if row))
    whole = _document(words)
    if whole is not None:
        return Rows(whole)
    mended = (row or _tolerant(*pair) for row, pair in zip(rows, numbered, strict=True))
    return Rows(tuple(mended))


def _strict(line: int, raw: str) -> Row | None:
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return Row(line, values, raw.strip()) if isinstance(values, dict) else None


def _tolerant(line: int, raw: str) -> Row:
    """Read a line with the slips that people make; keep it whole if that fails."""
    start = raw.find("{")
    if start >= 0:
        try:
            values = TolerantReader(raw, start, len(raw)).read()
        except (UnrepairableError, RecursionError):
            values = None
        if isinstance(values, dict) and values:
            return Row(line, values)
    return Row(line, {UNREADABLE: raw.strip()})


def _document(words: str) -> tuple[Row, ...] | None:
    """Read an array, or objects laid out over several lines; ``None`` if neither."""
    decoder = json.JSONDecoder()
    found: list[Row] = []
    position = 0
    while position < len(words):
        if words[position] in " \t\r\n,":
            position += 1
            continue
        line = words.count("\n", 0, position) + 1
        try:
            value, position = decoder.raw_decode(words, position)
        except (ValueError, RecursionError):
            return None
        for item in value if isinstance(value, list) else [value]:
            is_object = isinstance(item, dict)
            found.append(Row(line, item if is_object else {UNREADABLE: item}))
    return tuple(found)


def json_line(row: Row, added: Values) -> str:
    """Return the row as one line, with what is added at its end.

    A row that came on a line of its own keeps its spelling to the letter. A key
    that was there before is overwritten where it stands.
    """
    if row.raw and not set(added) & set(row.values):
        extra = _dumps(added)[1:-1]
        body = row.raw[:-1].rstrip()
        return f"{body}{', ' if row.values else ''}{extra}}}"
    return _dumps({**row.values, **added})


def _dumps(values: Values) -> str:
    line = json.dumps(values, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: only escaped it survives
        return json.dumps(values)
    return line


# --- tables -------------------------------------------------------------------


def _read_table(path: Path, words: str) -> Rows:
    lines = list(io.StringIO(words, newline=""))
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return Rows((), (), is_table=True)
    delimiter, names, asked = _header(path, lines[first])
    rows = []
    for line, cells in _cells(lines, first + 1, delimiter):
        fitted = _fit(cells, len(names), asked, delimiter)
        rows.append(Row(line, dict(zip(names, fitted, strict=True))))
    return Rows(tuple(rows), tuple(names), is_table=True)


def question_column(names: Sequence[str], first: str = "") -> str | None:
    """Return the name of what is asked, looking for the part ``first`` before others.

    Args:
        names: Columns or keys.
        first: A part of an example in ``assets/data/columns.yaml``.
    """
    order = (first, *SOURCES) if first else SOURCES
    found = (find_name(part, list(names)) for part in order)
    return next((name for name in found if name is not None), None)


def _header(path: Path, line: str) -> tuple[str, list[str], int]:
    """Return the delimiter, the columns and which of them is asked."""
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        names: list[str] = []
        for number, name in enumerate((cell.strip() for cell in cells), 1):
            taken = not name or name in names
            names.append(f"{name}#{number}" if taken else name)
        asked = question_column(names)
        if asked is not None:
            return delimiter, names, names.index(asked)
    raise NoQuestionColumnError(path=path.name, expected="text, question, prompt")


def _cells(
    lines: Sequence[str], start: int, delimiter: str
) -> Iterator[tuple[int, list[str]]]:
    """Split physical lines into rows; a line with unpaired quotes is one by itself."""
    csv.field_size_limit(_LARGEST_FIELD)
    while start < len(lines):
        base = start
        rest = (lines[i] for i in range(base, len(lines)))
        reader = csv.reader(rest, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                if lines[start].strip():
                    yield start + 1, cells
                start = base + reader.line_num
        except csv.Error:
            yield start + 1, lines[start].rstrip("\r\n").split(delimiter)
            start += 1


def _fit(cells: list[str], width: int, asked: int, delimiter: str) -> list[str]:
    """Give a row the header's width: spare cells belong to an unquoted text."""
    spare = len(cells) - width
    if spare > 0:
        joined = delimiter.join(cells[asked : asked + spare + 1])
        return [*cells[:asked], joined, *cells[asked + spare + 1 :]]
    return [*cells, *([""] * -spare)]


def table_text(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as CSV, its values to the letter."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        FileNotWritableError: The folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
        Path(draft).chmod(0o644)  # a temporary file is its owner's only
        Path(draft).replace(path)
    except OSError as error:
        raise FileNotWritableError(
            path=str(path), reason=type(error).__name__
        ) from error
