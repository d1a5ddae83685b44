"""Tell a row of names from a row of data: which one heads the table."""

import re
from collections.abc import Sequence
from functools import partial
from itertools import chain, pairwise

from ftcore.data.columns import is_index_name, is_known_name
from ftcore.data.labels import look_like_labels
from ftcore.data.tables import SAMPLE_ROWS, Row
from ftcore.data.vocabulary import mentions, nearest_name, word_inside

_SENTENCE = re.compile(r"[¿?¡!.:;]|\d{3,}")
_FORM_PARTS = ("question", "answer", "text", "label")
_LONGEST_TITLE = 60  # of a form's question
_LONGEST_NAME = 40
_TITLE_WORDS = 6
_TITLED_ROWS = 3  # below a title at least; fewer show no difference
_MUCH_LONGER = 2.5  # times; two short lines of a chat do not differ so much


def is_header(cells: Sequence[str], body: Sequence[Row]) -> bool:
    """Tell names from data: known words, or short words unlike what is below."""
    names = [cell.strip() for cell in cells]
    if len(names) > 1 and all(map(is_known_name, names)):
        return True
    sample = [row.cells for row in body[:SAMPLE_ROWS]]
    if any(_repeats(name, column, sample) for column, name in enumerate(names)):
        return False
    if len(names) > 1 and all(is_known_name(n) or nearest_name(n) for n in names):
        return True
    if _mentions_parts(names) and not any(map(_mentions_parts, sample)):
        return True
    if any(len(name) > _LONGEST_NAME or _SENTENCE.search(name) for name in names):
        return sum(is_known_name(name) for name in names) >= 2
    if any(is_known_name(name) or is_index_name(name) for name in names if name):
        return True
    if any(len(name.split()) > 2 or not name for name in names):
        return _is_titled(names, sample)
    lengths = [max(map(len, row)) for row in sample if row]
    longest = max(map(len, names))
    return bool(lengths) and sum(lengths) / len(lengths) > 2 * longest


def _is_titled(names: Sequence[str], sample: Sequence[Sequence[str]]) -> bool:
    """Whether longer titles stand above much longer texts, or above labels."""
    rows = [row for row in sample if len(row) == len(names)]
    if len(names) < 2 or len(rows) < _TITLED_ROWS or not _are_titles(names):
        return False
    has_words = any(word_inside(name) for name in names)
    columns = [[cell.strip() for cell in column] for column in zip(*rows, strict=True)]
    has_labels = look_like_labels(columns[-1])
    is_unlike = has_labels and _is_unlike_labels(names[-1], columns[-1])
    if has_words and is_unlike:
        return True
    size = sum(map(len, names))
    alike = sum(_are_titles(row) and sum(map(len, row)) <= size for row in rows)
    if alike > len(rows) / 10:
        return False
    times = 1.2 if has_words else 1.5
    longer = list(map(partial(_is_longer, times=times), columns, names))
    if has_labels:
        return all(longer[:-1]) and (has_words or is_unlike)
    enough = has_words or sum(map(len, chain(*rows))) > _MUCH_LONGER * size * len(rows)
    return all(longer) and enough


def _are_titles(cells: Sequence[str]) -> bool:
    return all(
        cell.strip()
        and len(cell.split()) <= _TITLE_WORDS
        and len(cell) <= _LONGEST_NAME
        and not _SENTENCE.search(cell)
        and "," not in cell
        for cell in cells
    )


def _is_longer(column: Sequence[str], name: str, *, times: float) -> bool:
    return sum(map(len, column)) > times * len(name) * len(column)


def _is_unlike_labels(name: str, labels: Sequence[str]) -> bool:
    """Whether a title has a capital that no label has, or more words than any."""
    if name[0].isupper() and not any(label[:1].isupper() for label in labels):
        return True
    return len(name.split()) > max(len(label.split()) for label in labels)


def _mentions_parts(names: Sequence[str]) -> bool:
    """Whether two short cells speak of a question and its answer, as forms do."""
    parts = [
        {part for part in _FORM_PARTS if mentions(part, name)}
        for name in names
        if len(name) <= _LONGEST_TITLE and name.count("(") == name.count(")")
    ]
    return any(
        first and second and first != second for first, second in pairwise(parts)
    )


def _repeats(name: str, column: int, sample: Sequence[Sequence[str]]) -> bool:
    if not name:
        return False
    same = sum(len(row) > column and row[column].strip() == name for row in sample)
    return same > 0
