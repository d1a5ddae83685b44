"""Tell from the start of a big file how all of it can be read."""

from dataclasses import dataclass, replace

from ftcore.data.batch_assembly import Decision
from ftcore.data.chunks import text_chunks
from ftcore.data.encodings import Encoding, Source, detect
from ftcore.data.json_rows import JsonRows
from ftcore.data.options import MEGABYTE, ReadOptions
from ftcore.data.readers import ReadResult, read_dataset
from ftcore.data.text_rows import looks_like_json

WHOLE_MB = 50  # largest file that may be read whole when it cannot be streamed
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


@dataclass(frozen=True, slots=True)
class Plan:
    """What the start of a file tells of the whole.

    Attributes:
        filename: Name as uploaded.
        source: The bytes.
        options: What is decided before reading.
        encoding: How the bytes become text.
        head: The start of the text.
        is_json: It is JSON in some layout, and no table.
        decision: What its rows are taken to be.
    """

    filename: str
    source: Source
    options: ReadOptions
    encoding: Encoding
    head: str
    is_json: bool
    decision: Decision

    @property
    def is_document(self) -> bool:
        """Whether the file calls itself JSON, so that an array is meant."""
        return self.filename.lower().endswith(".json")


@dataclass(frozen=True, slots=True)
class NoPlan:
    """The file cannot be read block by block.

    Attributes:
        read: What its start gave; ``None`` if it is no text.
        is_wrapped: Something stands around its rows, or holds them all.
    """

    read: ReadResult | None = None
    is_wrapped: bool = False


def make_plan(filename: str, source: Source, options: ReadOptions) -> Plan | NoPlan:
    """Look at every byte once, and at the start with the whole reader."""
    encoding = detect(source)
    if encoding is None:
        return NoPlan()
    chunk = next(text_chunks(source, encoding), None)
    head = chunk.text[:_MOST_HEAD] if chunk is not None else ""
    is_json = looks_like_json(head)
    trial = replace(options, task=None)
    read = read_dataset(filename, head.encode("utf-8", "replace"), trial)
    is_wrapped = any(finding.code in _WRAPPED for finding in read.findings)
    if read.dataset is None or is_wrapped:
        return NoPlan(read, is_wrapped or is_json)
    decision = Decision.of(read.dataset.task)
    if options.task is not None:
        decision = replace(decision, task=options.task)
    plan = Plan(filename, source, options, encoding, head, is_json, decision)
    return NoPlan(read, is_wrapped=True) if _is_one_object(plan) else plan


def _is_one_object(plan: Plan) -> bool:
    """Whether one JSON object holds all the examples."""
    if not plan.is_json:
        return False
    limits = plan.options.limits
    rows = JsonRows(plan.head, is_document=plan.is_document, limits=limits).read()
    return len(rows.records) < 2
