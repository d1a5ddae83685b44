"""Check a big file in one pass and in bounded memory."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from ftcore.data.assembly import Assembled
from ftcore.data.batch_assembly import BatchBuilder, Decision
from ftcore.data.chunks import text_chunks
from ftcore.data.encodings import Source
from ftcore.data.finding_log import FindingLog
from ftcore.data.findings import Finding, Severity
from ftcore.data.json_stream import JsonStream, newlines_only
from ftcore.data.options import MEGABYTE, ReadOptions
from ftcore.data.origins import TableShape
from ftcore.data.readers import ReadResult, dataset_name, say_truncated, table_shape
from ftcore.data.rows import RowsRead
from ftcore.data.stream_origins import Batch, Origins, lines_until
from ftcore.data.stream_plan import NoPlan, Plan, make_plan
from ftcore.data.substance import Checked, Substance
from ftcore.data.table_stream import CsvStream, TableStream

WHOLE_MB = 50  # largest text that is read whole when it cannot be streamed
_PAUSE = 0.25  # seconds between two reports of progress
_WHOLE_STAGE = 3  # after what was said of single rows
Progress = Callable[[float], None]


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
    plan = make_plan(filename, source, options)
    if isinstance(plan, NoPlan):
        return _without_plan(source, plan)
    first = _Pass(plan, plan.decision, progress)
    streamed = first.run()
    if streamed is None:  # its start misled us: once more, knowing better
        streamed = _Pass(plan, first.decision, progress).run(is_sure=True)
    return streamed


def _without_plan(source: Source, plan: NoPlan) -> Streamed | None:
    """Refuse a text that would have to be read whole and is too big for that."""
    if plan.read is None or source.size <= WHOLE_MB * MEGABYTE:
        return None
    log = FindingLog()
    if plan.is_wrapped:
        params = {"found": source.size // MEGABYTE, "limit": WHOLE_MB}
        log.add([Finding("too_big_to_mend", Severity.ERROR, params={**params})])
    else:
        log.add(plan.read.findings)
    return Streamed(replace(plan.read, dataset=None, mends=()), None, log)


class _Pass:
    """One pass over the file with one decision of what it is.

    Attributes:
        decision: After the pass, what the file really is.
    """

    def __init__(
        self, plan: Plan, decision: Decision, progress: Progress | None
    ) -> None:
        self.decision = decision
        self._plan = plan
        self._progress = progress
        self._reported = 0.0
        self._done = 0
        self._log = FindingLog()
        self._mended: list[Finding] = []
        self._origins = Origins()

    def run(self, *, is_sure: bool = False) -> Streamed | None:
        """Return what there is to say; ``None`` if the decision proved wrong."""
        plan = self._plan
        builder = BatchBuilder(
            is_table=not plan.is_json, options=plan.options, decision=self.decision
        )
        name = dataset_name(plan.filename)
        substance = Substance(name, self.decision.task, self._log)
        self._log.add(plan.encoding.findings)
        shape = RowsRead()
        total = 0
        for batch, following in _with_next(self._batches()):
            rows = batch.rows
            shape = rows if rows.names or not shape.names else shape
            total += len(rows.records)
            if rows.over_limit or total > plan.options.limits.max_rows:
                return self._over_limit(shape)
            built = builder.take(rows, is_last=following is None)
            self._say(rows, built)
            self._origins.note(batch, built)
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
        origins = self._origins
        checked = substance.finish() if origins.kept else None
        table = table_shape(shape, whole) or (TableShape() if checked else None)
        mends, left_out = tuple(origins.mends), tuple(origins.left_out)
        read = ReadResult(None, (), whole.columns, table, mends, left_out)
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

    def _say(self, rows: RowsRead, built: Assembled) -> None:
        mended, self._mended = self._mended, []
        found = [*mended, *rows.findings, *built.findings]
        said = say_truncated(found, built)
        if said is found:
            self._log.add_staged([(0, mended), (1, rows.findings), (2, built.findings)])
        else:
            self._log.add(said)

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
            self._origins.see(chunk)
            self._done = chunk.done
            yield chunk.text

    def _batches(self) -> Iterator[Batch]:
        texts, head = self._texts(), self._plan.head
        if not self._plan.encoding.has_lines and "\r" in head.rstrip():
            self._log.add([Finding("old_line_ends", Severity.REPAIR)], 1)
            texts, head = newlines_only(texts), "".join(newlines_only(iter([head])))
        if self._plan.is_json:
            return self._json_batches(texts)
        return self._table_batches(head, texts)

    def _json_batches(self, texts: Iterator[str]) -> Iterator[Batch]:
        plan = self._plan
        stream = JsonStream(
            newlines_only(texts),
            is_document=plan.is_document,
            limits=plan.options.limits,
        )
        for rows, text in stream.batches():
            lines = partial(lines_until, text, stream.position)
            yield Batch(rows, text, lines, stream.first_line)

    def _table_batches(self, head: str, texts: Iterator[str]) -> Iterator[Batch]:
        options = self._plan.options
        stream = CsvStream(head, texts)
        table = TableStream(
            stream, max_rows=options.limits.max_rows, has_header=options.has_header
        )
        for rows in table.batches():
            lines = stream.lines
            yield Batch(rows, "", lines.copy, stream.first_line)


def _with_next(batches: Iterator[Batch]) -> Iterator[tuple[Batch, Batch | None]]:
    """Yield each batch with the one after it; the last one with nothing."""
    for batch, following in pairwise(_and_none(batches)):
        if batch is not None:
            yield batch, following


def _and_none(batches: Iterator[Batch]) -> Iterator[Batch | None]:
    yield from batches
    yield None
