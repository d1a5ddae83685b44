"""Take off what surrounds the data: a chatbot's prose, fences, a table's frame."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ftcore.data.findings import Finding, Severity
from ftcore.data.strict_json import StrictReader

_LOOKED_AT = 200  # lines that tell whether there is a wrapping at all
_LONGEST_PROSE = 40  # lines of introduction before the data
_LONGEST_FENCE = 80  # characters
_SHARE = 0.6  # of the lines must be wrapped alike
_FENCE = re.compile(r"\s*(?:```|~~~)\s*(\w*)\s*$")
_TABLE_TAGS = {"csv", "tsv"}
_DATA_START = re.compile(r"\s*[\[{]")
_DATA_END = re.compile(r"[\]}][\s,;]*$")
_BAR_ROW = re.compile(r"\s*\|(.*)\|\s*$")
_RULE = frozenset("|:- \t\r")
_MARKS = ",;\t|"
_QUOTE_PAIRS = (("“”„", "“”"), ("'‘", "'’"), ("«", "»"))


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A text without its wrapping.

    Attributes:
        text: The same number of lines; those that were no data are empty.
        findings: What was taken off.
        emptied: Numbers of the emptied lines; that they are empty is no news.
    """

    text: str
    findings: tuple[Finding, ...] = ()
    emptied: frozenset[int] = frozenset()


def without_fences(text: str) -> Unwrapped:
    """Keep what stands inside code fences, as a chatbot gives its data."""
    if "```" not in text and "~~~" not in text:
        return Unwrapped(text)
    lines = text.split("\n")
    kept = _fenced(lines)
    return _keeping(lines, kept, "text_around") if kept else Unwrapped(text)


def without_prose(text: str) -> Unwrapped:
    """Keep the JSON that follows an introduction, and what follows to its end."""
    lines = text.split("\n")
    kept = _after_introduction(text, lines)
    return _keeping(lines, kept, "text_around") if kept else Unwrapped(text)


def without_frame(text: str) -> Unwrapped:
    """Undo a Markdown table's bars, and quotes that no table knows."""
    lines = text.split("\n")
    bars = {i for i, line in enumerate(lines) if _BAR_ROW.match(line)}
    filled = sum(bool(line.strip()) for line in lines)
    ruled = [i for i in sorted(bars)[:3] if _RULE.issuperset(lines[i])]
    if ruled and len(bars) >= max(3, _SHARE * filled):
        inner = [_without_bars(line) for line in lines]
        return _keeping(inner, bars - set(ruled), "markdown_table")
    return _straight_quotes(text, lines)


def _without_bars(line: str) -> str:
    found = _BAR_ROW.match(line)
    if found is None:
        return line
    return "|".join(cell.strip() for cell in found.group(1).split("|"))


def _keeping(lines: list[str], kept: Iterable[int], code: str) -> Unwrapped:
    wanted = set(kept)
    emptied = frozenset(i + 1 for i in range(len(lines)) if i not in wanted)
    text = "\n".join(line if i in wanted else "" for i, line in enumerate(lines))
    return Unwrapped(text, (Finding(code, Severity.REPAIR),), emptied)


def _fenced(lines: list[str]) -> set[int]:
    """Return the lines inside fences that hold data."""
    marks = [
        i
        for i, line in enumerate(lines)
        if len(line) <= _LONGEST_FENCE and _FENCE.match(line)
    ]
    if not marks or "\n".join(lines[: marks[0]]).count('"') % 2:
        return set()  # the fence is part of a quoted text
    filled = next(i for i, line in enumerate(lines) if line.strip())
    kept: set[int] = set()
    for opening, closing in zip(marks[::2], [*marks[1::2], len(lines)], strict=False):
        inside = range(opening + 1, closing)
        first = next((lines[i] for i in inside if lines[i].strip()), "")
        tag = _FENCE.sub(r"\1", lines[opening]).lower()
        leads = opening == marks[0] == filled
        if _DATA_START.match(first) or tag in _TABLE_TAGS or leads:
            kept.update(inside)
    return kept


def _after_introduction(text: str, lines: list[str]) -> range:
    """Find JSON behind a few lines of prose."""
    start = 0
    for index, line in enumerate(lines[:_LONGEST_PROSE]):
        if index and _DATA_START.match(line):
            break
        start += len(line) + 1
    else:
        return range(0)
    begin = start + len(line) - len(line.lstrip())
    try:
        value, end = StrictReader().read(text, begin)
    except (ValueError, RecursionError):
        return range(0)
    if not _holds_rows(value) or not "".join(lines[:index]).strip():
        return range(0)
    closed = [i for i, line in enumerate(lines) if _DATA_END.search(line)]
    last = max([index + text.count("\n", begin, end), *closed])
    return range(index, last + 1)


def _holds_rows(value: object) -> bool:
    rows = value if isinstance(value, list) else [value]
    return bool(rows) and all(isinstance(row, dict) and row for row in rows)


def _straight_quotes(text: str, lines: list[str]) -> Unwrapped:
    """Change typographic or single quotes around whole cells for straight ones."""
    sample = [line for line in lines[1:_LOOKED_AT] if line.strip()]
    if '"' in text or not sample:
        return Unwrapped(text)
    for openers, closers in _QUOTE_PAIRS:
        opening = re.compile(rf"(^|[{_MARKS}])[ ]?[{openers}]", re.MULTILINE)
        closing = re.compile(rf"[{closers}][ ]?(?=[{_MARKS}]|\r?$)", re.MULTILINE)
        both = sum(bool(opening.search(s) and closing.search(s)) for s in sample)
        if both >= _SHARE * len(sample):
            changed = closing.sub('"', opening.sub(r'\1"', text))
            found = (Finding("table_quotes", Severity.REPAIR),)
            return Unwrapped(changed, found)
    return Unwrapped(text)
