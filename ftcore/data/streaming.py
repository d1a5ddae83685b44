"""Check a big file in one pass and in bounded memory."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, pairwise
from typing import overload

from ftcore.data.assembly import Assembled
from ftcore.data.batch_assembly import BatchBuilder, Decision
from ftcore.data.chunks import Encoding, Source, detect, text_chunks
from ftcore.data.finding_log import FindingLog
from ftcore.data.findings import Finding, Severity
from ftcore.data.json_rows import JsonRows
from ftcore.data.json_stream import JsonStream, newlines_only
from ftcore.data.options import MEGABYTE, ReadOptions
from ftcore.data.origins import LeftOut, Mend, TableShape
from ftcore.data.readers import (
    ReadResult,
    dataset_name,
    read_dataset,
    say_truncated,
    table_shape,
)
from ftcore.data.rows import RowsRead
from ftcore.data.sources import Sources, physical_lines
from ftcore.data.substance import Checked, Substance
from ftcore.data.table_stream import CsvStream, TableStream
from ftcore.data.text_rows import looks_like_json

MOST_MENDS = 200
MOST_LEFT_OUT = 1_000
WHOLE_MB = 50  # largest file that may be read whole when it cannot be streamed
_PAUSE = 0.25  # seconds between two reports of progress
_MOST_HEAD = 4 * MEGABYTE  # characters that tell what the file is
# What these codes say was mended in the whole text, before there were any rows.
_WRAPPED = frozenset(
    {
        "json_in_table",
        "keys_as_questions",
        "markdown_table",
        "markup_file",
        "notebook_file",
        "table_quotes",
        "text_around",
    }
)
Progress = Callable[[float], None]
_WHOLE_STAGE = 3  # after what was said of single rows
# Records, what their spans mean, and the lines they stand in.
_Batch = tuple[RowsRead, str, Callable[[], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Streamed:
    """What one pass over a big file gave.

    Attributes:
        read: Shape, mends and rows left out; its findings are in the log.
        checked: The examples; ``None`` if the file is refused.
        log: All findings.
    """

    read: ReadResult
    checked: Checked | None
    log: FindingLog


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the start of the file tells of the whole."""

    filename: str
    source: Source
    options: ReadOptions
    encoding: Encoding
    head: str
    is_json: bool
    decision: Decision


def stream_file(
    filename: str,
    source: Source,
    options: ReadOptions,
    progress: Progress | None = None,
) -> Streamed | None:
    """Read and check a file block by block.

    Args:
        filename: Name as uploaded.
        source: The bytes.
        options: What is decided before reading.
        progress: Told the share that is done, from 0 to 1.

    Returns:
        What there is to say, or ``None`` if the file had better be read whole: it
        is no text, or something stands around its rows.

    Raises:
        WrongTaskError: No row at all can serve ``options.task``.
    """
    plan = _plan(filename, source, options)
    if not isinstance(plan, _Plan):
        return plan
    first = _Pass(plan, plan.decision, progress)
    streamed = first.run()
    decision = first.decision
    if streamed is None:  # its start misled us: once more, knowing better
        streamed = _Pass(plan, decision, progress).run(is_sure=True)
    return streamed


def _plan(
    filename: str, source: Source, options: ReadOptions
) -> _Plan | Streamed | None:
    encoding = detect(source)
    if encoding is None:
        return None
    head = _head(source, encoding)
    is_json = looks_like_json(head)
    trial = replace(options, task=None)
    read = read_dataset(filename, head.encode("utf-8", "replace"), trial)
    is_odd = any(finding.code in _WRAPPED for finding in read.findings)
    if is_json and not is_odd:
        is_document = filename.lower().endswith(".json")
        rows = JsonRows(head, is_document=is_document, limits=options.limits).read()
        is_odd = len(rows.records) < 2  # one object that holds them all
    if is_odd or read.dataset is None:
        if source.size <= WHOLE_MB * MEGABYTE:
            return None
        return _refused(source, read, is_odd=is_odd or is_json)
    decision = Decision.of(read.dataset.task)
    if options.task is not None:
        decision = replace(decision, task=options.task)
    return _Plan(filename, source, options, encoding, head, is_json, decision)


def _head(source: Source, encoding: Encoding) -> str:
    chunk = next(text_chunks(source, encoding), None)
    return chunk.text[:_MOST_HEAD] if chunk is not None else ""


def _refused(source: Source, read: ReadResult, *, is_odd: bool) -> Streamed:
    """Refuse a file that would have to be read whole and is too big for that."""
    log = FindingLog()
    if is_odd:
        params = {"found": source.size // MEGABYTE, "limit": WHOLE_MB}
        log.add([Finding("too_big_to_mend", Severity.ERROR, params={**params})])
    else:
        log.add(read.findings)
    return Streamed(replace(read, dataset=None), None, log)


@dataclass(slots=True)
class _Origins:
    """The first rows that were mended and left out."""

    mends: list[Mend] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    kept: int = 0

    def note(self, sources: Sources, rows: RowsRead, built: Assembled) -> None:
        if len(self.left_out) < MOST_LEFT_OUT and (rows.lost or built.lost):
            lost = rows.lost[:MOST_LEFT_OUT], built.lost[:MOST_LEFT_OUT]
            room = MOST_LEFT_OUT - len(self.left_out)
            self.left_out += sources.left_out(*lost)[:room]
        if len(self.mends) < MOST_MENDS:
            room = MOST_MENDS - len(self.mends)
            self.mends += [
                replace(mend, row=mend.row + self.kept)
                for mend in islice(sources.mends(built.kept), room)
            ]
        self.kept += len(built.kept)


class _Pass:
    """One pass over the file with one decision of what it is.

    Attributes:
        decision: After the pass, what the file really is.
    """

    def __init__(
        self, plan: _Plan, decision: Decision, progress: Progress | None
    ) -> None:
        self.decision = decision
        self._plan = plan
        self._progress = progress
        self._reported = 0.0
        self._done = 0
        self._log = FindingLog()
        self._mended: list[Finding] = []
        self._waiting: list[Finding] = []
        self._origins = _Origins()

    def run(self, *, is_sure: bool = False) -> Streamed | None:
        """Return what there is to say; ``None`` if the decision proved wrong."""
        plan = self._plan
        builder = BatchBuilder(
            is_table=not plan.is_json, options=plan.options, decision=self.decision
        )
        substance = Substance(
            dataset_name(plan.filename), self.decision.task, self._log
        )
        self._log.add(plan.encoding.findings)
        shape = RowsRead()
        total = 0
        for (rows, text, lines), following in _with_next(self._batches()):
            shape = rows if rows.names or not shape.names else shape
            total += len(rows.records)
            if rows.over_limit or total > plan.options.limits.max_rows:
                return self._over_limit(shape)
            built = builder.take(rows, is_last=following is None)
            self._say(rows, built, Sources(rows, text, lines, self._due(rows)))
            substance.add(built.examples)
            self._pause()
        decided = builder.decide()
        if decided != self.decision and not is_sure:
            self.decision = decided
            return None
        return self._conclude(builder, substance, shape)

    def _conclude(
        self, builder: BatchBuilder, substance: Substance, shape: RowsRead
    ) -> Streamed:
        whole = builder.conclude()
        self._log.add(whole.findings, _WHOLE_STAGE)
        checked = substance.finish() if self._origins.kept else None
        table = table_shape(shape, whole) or (TableShape() if checked else None)
        read = ReadResult(
            None,
            (),
            whole.columns,
            table,
            tuple(self._origins.mends),
            tuple(self._origins.left_out),
        )
        if self._progress is not None:
            self._progress(1.0)
        return Streamed(read, checked, self._log)

    def _over_limit(self, shape: RowsRead) -> Streamed:
        log = FindingLog()
        limit = self._plan.options.limits.max_rows
        refusal = Finding("too_many_rows", Severity.ERROR, params={"limit": limit})
        log.add([*self._plan.encoding.findings, refusal])
        read = ReadResult(None, (), table=table_shape(shape, Assembled()))
        return Streamed(read, None, log)

    def _say(self, rows: RowsRead, built: Assembled, sources: Sources) -> None:
        mended, self._mended = self._mended, []
        found = [*mended, *rows.findings, *built.findings]
        said = say_truncated(found, built)
        if said is found:
            self._log.add_staged([(0, mended), (1, rows.findings), (2, built.findings)])
        else:
            self._log.add(said)
        self._origins.note(sources, rows, built)

    def _due(self, rows: RowsRead) -> list[Finding]:
        """Return what was mended in the lines of these rows."""
        last = max(
            max((row.line for row in rows.records), default=0),
            max((row.line for row in rows.lost), default=0),
        )
        due = [f for f in self._waiting if f.line is not None and f.line <= last]
        self._waiting = [f for f in self._waiting if f.line is None or f.line > last]
        return due

    def _pause(self) -> None:
        """Let other threads live, and tell how far the reading is."""
        time.sleep(0)
        now = time.monotonic()
        if self._progress is not None and now - self._reported >= _PAUSE:
            self._reported = now
            self._progress(min(1.0, self._done / max(1, self._plan.source.size)))

    # --- records ------------------------------------------------------------------

    def _texts(self) -> Iterator[str]:
        for chunk in text_chunks(self._plan.source, self._plan.encoding):
            self._mended += chunk.findings
            if len(self._origins.mends) < MOST_MENDS:
                self._waiting += chunk.findings
            self._done = chunk.done
            yield chunk.text

    def _batches(self) -> Iterator[_Batch]:
        plan, limits = self._plan, self._plan.options.limits
        texts = self._texts()
        head = plan.head
        if not plan.encoding.has_lines and "\r" in head.rstrip():
            self._log.add([Finding("old_line_ends", Severity.REPAIR)], 1)
            texts, head = newlines_only(texts), "".join(newlines_only(iter([head])))
        if plan.is_json:
            is_document = plan.filename.lower().endswith(".json")
            stream = JsonStream(
                newlines_only(texts), is_document=is_document, limits=limits
            )
            for read, text in stream.batches():
                yield read, text, partial(_lines_of, text, stream.first_line)
            return
        rows = CsvStream(head, texts)
        table = TableStream(
            rows, max_rows=limits.max_rows, has_header=plan.options.has_header
        )
        for read in table.batches():
            yield read, "", partial(_LinesFrom, rows.lines, rows.first_line)


def _with_next(batches: Iterator[_Batch]) -> Iterator[tuple[_Batch, _Batch | None]]:
    ended: Iterator[_Batch | None] = _and_none(batches)
    for batch, following in pairwise(ended):
        if batch is not None:
            yield batch, following


def _and_none(batches: Iterator[_Batch]) -> Iterator[_Batch | None]:
    yield from batches
    yield None


def _lines_of(text: str, first_line: int) -> "_LinesFrom":
    return _LinesFrom(physical_lines(text), first_line)


class _LinesFrom(Sequence[str]):
    """Some lines of a file, reached by their index in all of it."""

    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self._lines = lines
        self._skipped = first_line - 1

    def __len__(self) -> int:
        return self._skipped + len(self._lines)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, int):
            return self._lines[index - self._skipped]
        start = max(0, (index.start or 0) - self._skipped)
        stop = None if index.stop is None else max(0, index.stop - self._skipped)
        return self._lines[start:stop]
