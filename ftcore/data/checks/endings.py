"""Answers that were cut before their end, or lack their full stop."""

import re
from collections import Counter
from collections.abc import Iterator

from ftcore.data.checking import (
    MIN_EXAMPLES,
    distinct,
    style_words,
    warning,
    writes_answers,
)
from ftcore.data.checks.style import CLOSED, MIN_ODD, OPEN, closing_of, looks_like_code
from ftcore.data.examples import Dataset
from ftcore.data.findings import Finding
from ftcore.data.values import excerpt

CUT_WORDS = 4  # shorter answers may well end in 'a' or 'para'
SAME_LENGTH = 3  # answers of the very same, greatest length: a field was full
MIN_USUAL = 0.75  # share of the usual close before the others stand out
FULL_FIELD = 40  # characters: no field that cuts is shorter
MOST_TRAILING = 0.20  # above this share '…' is how they end on purpose
LONGEST_WORD = 20  # letters; the words that need another one are short
SHOWN = 30  # characters of the end that the finding quotes

_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_OPEN_ENDS = (",", ";", "(", "[", "«", "“", "¿", "¡", "–", "—", "-")
_DOTS = ("…", "...")


def check_truncated(dataset: Dataset) -> Iterator[Finding]:
    """Answers that stop in mid-sentence, each with how it ends."""
    if not writes_answers(dataset):
        return
    rows = distinct(dataset)
    full = _full_field([example.target for _, example in rows])
    trailing = sum(_trails_off(example.target) for _, example in rows)
    dots_are_odd = trailing <= MOST_TRAILING * len(rows)
    for line, example in rows:
        answer = example.target
        if looks_like_code(answer):
            continue
        trails = dots_are_odd and _trails_off(answer)
        if ends_midway(answer) or trails or _fills(answer, full):
            end = " ".join(answer.split())[-SHOWN:].lstrip()
            yield warning("truncated", line, end=excerpt(end))


def check_closing(dataset: Dataset) -> Iterator[Finding]:
    """Answers without a full stop where most have one, but none that was cut."""
    rows = distinct(dataset)
    if not writes_answers(dataset) or len(rows) < MIN_EXAMPLES:
        return
    found = {line: closing_of(example.target) for line, example in rows}
    counts = Counter(found.values())
    total = counts[CLOSED] + counts[OPEN]
    if counts[OPEN] < MIN_ODD or counts[CLOSED] < MIN_USUAL * total:
        return
    cut = {finding.line for finding in check_truncated(dataset)}
    for line, closing in found.items():
        if closing == OPEN and line not in cut:
            yield warning("mixed_closing", line, count=counts[CLOSED], total=total)


def ends_midway(answer: str) -> bool:
    """Whether the text ends in a comma or in a word that needs another one."""
    if len(answer.split()) < CUT_WORDS:
        return False
    end = answer.rstrip()
    if end.endswith(_OPEN_ENDS):
        return True
    last = _LAST_WORD.search(end[-LONGEST_WORD:])
    return last is not None and _needs_more(last[0])


def _needs_more(word: str) -> bool:
    """Whether no sentence ends so; 'más', 'qué' and 'él' may, and so may initials."""
    return word in style_words("cut_words")


def _trails_off(answer: str) -> bool:
    return answer.rstrip().endswith(_DOTS) and len(answer.split()) >= CUT_WORDS


def _full_field(answers: list[str]) -> int:
    """Return the length at which a field seems to have cut, or 0."""
    lengths = Counter(map(len, answers))
    longest = max(lengths, default=0)
    if longest < FULL_FIELD or lengths[longest] < SAME_LENGTH:
        return 0
    return longest


def _fills(answer: str, full: int) -> bool:
    return bool(full) and len(answer) == full and closing_of(answer) == OPEN
